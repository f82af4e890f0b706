import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startAgent, startConnector, startEdge } from '@portolan/gateway'
import type { ApiClient } from '../support/console.ts'
import { findProgram, runProgram } from '../support/programs.ts'
import { makeScratch } from '../support/scratch.ts'
import { until } from '../support/within.ts'

/** A session that stays open for as long as pages are looked at: bytes per second, and bytes of the file. */
const SLOW = 24 * 1024
const SLOW_BYTES = 64 * 1024 * 1024
const WAIT_MS = 30_000
const VERSION = '0.1.0'

/** An FTP server that is reached through the access path. */
interface Target {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

interface AccessOptions {
  readonly api: ApiClient
  readonly target: Target
  /** The invitation of the edge. */
  readonly edge: string
  /** A user with the password, for an agent. */
  readonly user: { readonly name: string; readonly password: string }
}

interface Rows {
  readonly items: readonly { readonly SessionID: string; readonly Role: string }[]
}

/** An edge, two connectors and an agent, sessions that are over, and one that goes on until all of it is ended. */
export async function startAccessParts(options: AccessOptions): Promise<AsyncDisposable> {
  const { api, target, edge, user } = options
  await using started = new AsyncDisposableStack()
  const { path } = started.use(await makeScratch())
  const part = (name: string) => ({ folder: join(path, name), version: VERSION, onEvent: () => undefined })
  started.use(
    await startEdge({
      ...part('edge'),
      name: 'edge-1',
      invitation: edge,
      host: '127.0.0.1',
      port: 0,
      addresses: [],
    }),
  )
  // An edge says where it is found once it is connected; until then nobody can be invited.
  const invited = async () =>
    (await api.call('GET', '/access/agent-invitation')).status === 200 || 'the edge is not known'
  await until(invited, { limitMs: WAIT_MS, everyMs: 100 })
  const key = await api.must<{ invitation: string }>('POST', '/access/keys', {
    name: 'connectors-berlin',
    kind: 'connector',
    connectorGroup: 'berlin',
    maxUses: 3,
    networks: ['127.0.0.0/8'],
  })
  for (const name of ['berlin-1', 'berlin-2'])
    started.use(await startConnector({ ...part(name), name, invitation: key.invitation }))
  const { invitation } = await api.must<{ invitation: string }>('GET', '/access/agent-invitation')
  const socks = Promise.withResolvers<string>()
  started.use(
    await startAgent({
      ...part('agent'),
      user: user.name,
      device: `laptop-${user.name}`,
      labels: ['managed'],
      invitation,
      credentials: async () => ({ password: user.password }),
      intercept: { socks5: { host: '127.0.0.1', port: 0 } },
      onEvent: event => {
        if (event.type === 'listening') socks.resolve(event.address)
      },
    }),
  )
  started.use(await comeAndGo({ socks: await socks.promise, api, target, folder: path }))
  const owned = started.move()
  return { [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

interface Coming {
  /** Where the agent takes connections. */
  readonly socks: string
  readonly api: ApiClient
  readonly target: Target
  /** For files that are sent. */
  readonly folder: string
}

async function comeAndGo({ socks, api, target, folder }: Coming): Promise<AsyncDisposable> {
  const url = `ftp://${target.host}:${target.port}`
  const through = ['--silent', '--socks5-hostname', socks, '--user', `${target.user}:${target.password}`]
  const curl = (args: readonly string[]) => runProgram('curl', [...through, ...args], { cwd: folder })
  await until(async () => ((await curl([`${url}/`])).code === 0 ? true : 'the server is not reached'), {
    limitMs: WAIT_MS,
    everyMs: 250,
  })
  const lists = ['stock-1.csv', 'stock-2.csv', 'stock-3.csv']
  for (const [index, name] of lists.entries())
    await writeFile(join(folder, name), 'article;shelf;count\n'.repeat(2_000 * (index + 1)))
  await curl(['--upload-file', `{${lists.join(',')}}`, `${url}/in/`])
  await curl([`${url}/out/invoice-2026-1{0,1}.xml`])
  // Active mode does not go through connections that only go outwards.
  await curl(['--ftp-port', '-', '--max-time', '5', `${url}/out/invoice-2026-10.xml`])
  // A server that is not there.
  await curl(['--max-time', '5', 'ftp://127.0.0.3:2121/'])
  // An upload, which moves as slowly as it is sent: of a download much would be on its way at once.
  const slow = join(folder, 'archive-2026.tar')
  await writeFile(slow, '')
  await truncate(slow, SLOW_BYTES)
  const path = findProgram('curl')
  if (path === undefined) throw new Error('curl is not installed')
  const child = spawn(path, [...through, '--limit-rate', String(SLOW), '--upload-file', slow, `${url}/in/`], {
    stdio: 'ignore',
  })
  const ended = once(child, 'close')
  const live = async () => {
    const { items } = await api.must<Rows>('GET', '/access/streams/live')
    return items.some(({ Role }) => Role === 'data') || 'no data connection is open'
  }
  await until(live, { limitMs: WAIT_MS, everyMs: 250 })
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
