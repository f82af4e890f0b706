import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FtpServer, hashPassword, type ServerEvent } from '@portolan/server'
import type { SettingsInput } from '@portolan/settings'
import { somePorts } from './testing-ftp.ts'

/** The login at every partner of a test. */
export const PARTNER_USER = 'acme'
export const PARTNER_PASSWORD = 'a secret of the partner'

/** A partner's FTP server, with TLS for whoever wants it. */
export interface Partner extends AsyncDisposable {
  readonly port: number
  /** The home of the one user, in which there is a folder `in`. */
  readonly home: string
  readonly events: readonly ServerEvent[]
}

/** Starts a partner on loopback. */
export async function startPartner(settings: SettingsInput = {}): Promise<Partner> {
  await using started = new AsyncDisposableStack()
  const home = await mkdtemp(join(tmpdir(), 'portolan-partner-'))
  started.defer(() => rm(home, { recursive: true, force: true }))
  await mkdir(join(home, 'in'))
  const server = started.use(
    new FtpServer({
      listeners: [{ host: '127.0.0.1', port: 0 }],
      passive: await somePorts(),
      tls: { selfSigned: true },
      users: [{ name: PARTNER_USER, password: await hashPassword(PARTNER_PASSWORD), home }],
      ...settings,
    }),
  )
  const events: ServerEvent[] = []
  server.on('event', event => events.push(event))
  await server.start()
  const owned = started.move()
  return {
    port: server.addresses[0]?.port ?? 0,
    home,
    events,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
