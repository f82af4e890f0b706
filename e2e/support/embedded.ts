import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Authenticator, FtpServer } from '@portolan/server'
import { parseSettings, type Settings, type SettingsInput } from '@portolan/settings'
import { EventLog } from './events.ts'
import { type FreePorts, freePorts } from './ports.ts'
import { makeScratch } from './scratch.ts'

/** The password of everybody at an embedded server. */
export const PASSWORD = 'open sesame'

/** Settings as one writes them. */
export type PartialSettings = Exclude<SettingsInput, Settings>

export interface EmbeddedOptions {
  /** Beside a passive range that is free; a listener at 127.0.0.1 unless they name some. */
  readonly settings?: PartialSettings
  /** Default 16. */
  readonly passivePorts?: number
  /** Workers in processes of their own: `server.workers` of them. Default false. */
  readonly processes?: boolean
  /** What there is to say of a user beside name and home; default nothing. */
  readonly about?: (user: string) => UserFields
}

/** Settings of a user beside its name, password and home. */
export type UserFields = Omit<NonNullable<PartialSettings['users']>[number], 'name' | 'home' | 'password'>

/** A server in the process of the test, at which everybody has an account: the home is made at the first login. */
export interface Embedded extends AsyncDisposable {
  readonly server: FtpServer
  readonly events: EventLog
  readonly passive: FreePorts
  /** What it was started with, to be changed and reloaded. */
  readonly settings: PartialSettings
  /** The folder that holds the homes. */
  readonly folder: string
  home(user: string): string
  /** Where a listener accepts; default the first. */
  at(name?: string): { host: string; port: number }
}

export async function startEmbedded(options: EmbeddedOptions = {}): Promise<Embedded> {
  await using starting = new AsyncDisposableStack()
  const { path: folder } = starting.use(await makeScratch())
  const passive = await freePorts(options.passivePorts ?? 16)
  const home = (user: string) => join(folder, user)
  const settings: PartialSettings = {
    listeners: [{ host: '127.0.0.1', port: 0 }],
    ...options.settings,
    passive: { ...passive, ...options.settings?.passive },
  }
  const server = starting.use(
    new FtpServer(settings, {
      processes: options.processes ?? false,
      authenticator: openHouse(home, options.about ?? (() => ({}))),
    }),
  )
  const events = new EventLog(server)
  await server.start()
  const kept = starting.move()
  return {
    server,
    events,
    passive,
    settings,
    folder,
    home,
    at(name) {
      const found = server.addresses.find(address => name === undefined || address.name === name)
      if (!found) throw new Error(`the server has no listener ${name}`)
      return { host: found.host, port: found.port }
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** Lets anybody in who knows the password, without the work of a password hash. */
function openHouse(home: (user: string) => string, about: (user: string) => UserFields): Authenticator {
  const record = (name: string) => {
    const { users } = parseSettings({ users: [{ name, home: home(name), ...about(name) }] })
    return users[0]
  }
  return {
    requiresTls: async user => record(user)?.requireTls ?? false,
    async authenticate({ user, password }) {
      if (password !== PASSWORD || user.startsWith('nobody')) return undefined
      await mkdir(home(user), { recursive: true })
      return record(user)
    },
  }
}
