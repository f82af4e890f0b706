import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Serving, servePortolan } from './command.ts'
import { freePorts } from './ports.ts'

/** The administrator that {@link serveConsole} makes. */
export const ADMIN = { name: 'admin', password: `a long password ${randomBytes(6).toString('hex')}` }

const ANY_PORTS = ['--listen', '127.0.0.1:0', '--console', '127.0.0.1:0', '--workers', '1']

/** An answer of the API. */
interface ApiAnswer {
  readonly status: number
  readonly body: unknown
}

/** Somebody signed in to the API. */
export interface ApiClient {
  /** The session's cookie, as `name=value`. */
  readonly cookie: string
  call(method: string, path: string, body?: unknown): Promise<ApiAnswer>
  /** @throws {Error} with the problem's sentence unless the answer is a 2xx */
  must<T>(method: string, path: string, body?: unknown): Promise<T>
}

/** A node with its console, run by the command. */
export interface ServedConsole extends Serving {
  /** Without a slash at its end. */
  readonly url: string
  readonly setupUrl: string | undefined
  readonly ftpPort: number
}

/**
 * Starts `portolan serve` with a console on free ports, in the data folder of the scratch folder `cwd`. A settings file is made
 * there unless there is one: it names passive ports that are free, since what a flag has set the console cannot change.
 * @param args - beside those of `places` and `--log`
 * @param options.places - where it listens; default any free ports, with one worker
 */
export async function serveConsole(
  args: readonly string[],
  { cwd, places = ANY_PORTS }: { cwd: string; places?: readonly string[] },
): Promise<ServedConsole> {
  const file = join(cwd, 'data', 'portolan.yaml')
  if (!existsSync(file)) await writeSettings(file)
  const serving = await servePortolan([...places, '--log', 'json', ...args], { cwd })
  const url = serving.lines.flatMap(line => /^console (\S+)$/.exec(line)?.[1] ?? [])[0]
  if (url === undefined) throw new Error(`no console in: ${serving.lines.join('\n')}`)
  const setupUrl = serving.lines.flatMap(line => /(https?:\S+\/setup#\S+)/.exec(line)?.[1] ?? [])[0]
  return {
    ...serving,
    url,
    setupUrl,
    ftpPort: serving.ports[0] ?? 0,
    stop: serving.stop,
    [Symbol.asyncDispose]: () => serving[Symbol.asyncDispose](),
  }
}

async function writeSettings(file: string): Promise<void> {
  const { basePort, numberOfPorts } = await freePorts(24)
  await mkdir(join(file, '..'), { recursive: true })
  const text = `passive: { basePort: ${basePort}, numberOfPorts: ${numberOfPorts} }
tls: { selfSigned: true }
server: { dataFolder: . }
`
  await writeFile(file, text)
}

/** Makes the administrator by the set-up link, and signs in. */
export async function setUp({ url, setupUrl }: Pick<ServedConsole, 'url' | 'setupUrl'>): Promise<ApiClient> {
  const token = setupUrl?.split('#')[1]
  if (token === undefined) throw new Error('the node has an administrator already')
  return enter(url, '/setup', { token, ...ADMIN })
}

/** Signs in. @throws {Error} with the problem's sentence */
export function signIn(
  url: string,
  who: { name: string; password: string; realm?: 'administrator' | 'user' } = ADMIN,
): Promise<ApiClient> {
  return enter(url, '/auth/login', { realm: 'administrator', ...who })
}

async function enter(url: string, path: string, body: unknown): Promise<ApiClient> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  })
  const answer: unknown = await response.json()
  if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`)
  const cookie = response.headers.getSetCookie().map(line => line.split(';')[0])[0] ?? ''
  const csrf = isRecord(answer) ? String(answer.csrf) : ''
  return apiClient(url, cookie, csrf)
}

function apiClient(url: string, cookie: string, csrf: string): ApiClient {
  const call = async (method: string, path: string, body?: unknown): Promise<ApiAnswer> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        cookie,
        origin: url,
        'x-csrf-token': csrf,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    })
    const text = await response.text()
    const parsed: unknown = text === '' ? undefined : JSON.parse(text)
    return { status: response.status, body: parsed }
  }
  return {
    cookie,
    call,
    async must<T>(method: string, path: string, body?: unknown) {
      const answer = await call(method, path, body)
      if (answer.status < 300) return answer.body as T
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    },
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
