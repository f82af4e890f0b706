import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import type { SettingsInput } from '@portolan/settings'
import type { ServerEvent } from '../events.ts'
import type { FileAccess, FileAccessErrorCode } from '../file-access.ts'
import { FtpServer } from '../server.ts'

type UserChange = Partial<Omit<NonNullable<SettingsInput['users']>[number], 'name' | 'home'>>

/** What a test changes of the server and of its one user, `ann`. */
export interface ServedOptions {
  readonly user?: UserChange
  readonly settings?: Pick<SettingsInput, 'timeouts' | 'bans'>
  /** What is set for FTP. */
  readonly uploadMode?: 'atomic' | 'direct'
  /** Files of the home, by their path in it. */
  readonly files?: Readonly<Record<string, string>>
}

/** A running server with one user, whose home is a new folder of this machine; `shared` stands beside it. */
export async function served(t: TestContext, options: ServedOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'files-'))
  const home = join(folder, 'home')
  const shared = join(folder, 'shared')
  mkdirSync(home)
  mkdirSync(shared)
  const put = (root: string, path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  for (const [path, text] of Object.entries(options.files ?? {})) put(home, path, text)
  const settings = (user: UserChange = {}): SettingsInput => ({
    listeners: [{ host: '127.0.0.1', port: 0, tls: 'off' }],
    passive: { enabled: false },
    uploads: { durable: false, mode: options.uploadMode ?? 'atomic' },
    ...options.settings,
    users: [{ name: 'ann', home, ...options.user, ...user }],
  })
  const server = new FtpServer(settings())
  const events: ServerEvent[] = []
  server.on('event', event => events.push(event))
  await server.start()
  t.after(async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  })
  return {
    server,
    home,
    shared,
    /** Those of one type, in order. */
    events: <T extends ServerEvent['type']>(type: T) =>
      events.filter((event): event is Extract<ServerEvent, { type: T }> => event.type === type),
    /** The files of the user, from this machine. */
    open: (address = '127.0.0.1') => server.openFiles({ user: 'ann', address }),
    change: (user: UserChange) => server.reload(settings(user)),
    put: (path: string, text: string) => put(home, path, text),
    text: (path: string) => readFileSync(join(home, path), 'utf8'),
    has: (path: string) => existsSync(join(home, path)),
    /** Everything in a folder of the home, unpublished uploads included. */
    names: (path = '/') => readdirSync(join(home, path)).sort(),
  }
}

/** The work fails with that code, in a sentence that names no folder of this machine. */
export async function fails(work: Promise<unknown>, code: FileAccessErrorCode): Promise<Error> {
  const error = await work.then(
    () => assert.fail(`it went well instead of failing with ${code}`),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof Error && 'code' in error, String(error))
  assert.equal(error.code, code, error.message)
  assert.match(error.message, /^[A-Z].*\.$/s)
  assert.doesNotMatch(error.message, /\/tmp|\/proc/)
  return error
}

/** Uploads a text. */
export function upload(
  access: FileAccess,
  path: string,
  text: string,
  options: { overwrite?: boolean; size?: number } = {},
) {
  return access.upload(path, Readable.from([Buffer.from(text)]), {
    overwrite: false,
    signal: new AbortController().signal,
    ...options,
  })
}

/** Downloads a text. */
export async function download(access: FileAccess, path: string): Promise<string> {
  const { body } = await access.download(path)
  return (await buffer(body)).toString()
}
