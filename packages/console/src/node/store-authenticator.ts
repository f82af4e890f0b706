import { type Authenticator, SettingsAuthenticator, type UserRecord, verifyPassword } from '@portolan/server'
import { parseUser, type Settings } from '@portolan/settings'
import type { Store, UserRow } from '@portolan/store'

/** Where users come from. */
export interface StoreAuthenticatorOptions {
  readonly store: Pick<Store, 'users'>
  /** The settings in force: their users come after those of the store, and their groups are everybody's. */
  settings(): Pick<Settings, 'users' | 'groups'>
  /** Told of a user whose document cannot be used. */
  warn(text: string): void
}

/**
 * The users of the store, then those of the settings file. Rejects when the store cannot be asked: clients then get 421,
 * not 530, since their password may be right.
 */
export class StoreAuthenticator implements Authenticator {
  readonly #options: StoreAuthenticatorOptions
  #behind: { of: Pick<Settings, 'users' | 'groups'>; authenticator: SettingsAuthenticator } | undefined

  constructor(options: StoreAuthenticatorOptions) {
    this.#options = options
  }

  async requiresTls(name: string): Promise<boolean> {
    const user = await this.#find(name)
    if (!user) return this.#fallback().requiresTls(name)
    const { groups } = this.#options.settings()
    return user.requireTls || groups.some(group => group.requireTls && user.groups.includes(group.name))
  }

  async authenticate(ask: {
    user: string
    password: string
    address: string
  }): Promise<UserRecord | undefined> {
    const row = await this.#options.store.users.get(ask.user)
    if (!row) return this.#fallback().authenticate(ask)
    const user = this.#record(row)
    // Without a password of its own the work is that of an unknown name: the time must not tell which it is.
    if (!user || row.password === undefined) return this.#fallback().authenticate({ ...ask, user: '' })
    return (await verifyPassword(row.password, ask.password)) ? user : undefined
  }

  async lookup(name: string): Promise<UserRecord | undefined> {
    return (await this.#find(name)) ?? this.#fallback().lookup(name)
  }

  async #find(name: string): Promise<UserRecord | undefined> {
    const row = await this.#options.store.users.get(name)
    return row && this.#record(row)
  }

  #record(row: UserRow): UserRecord | undefined {
    const parsed = parseUser(row.document)
    if ('user' in parsed) return parsed.user
    const first = parsed.problems[0]
    this.#options.warn(
      `user ${row.name} cannot log in: its document in the store is not valid: ${first?.path ?? ''}: ${first?.message ?? ''}`,
    )
    return undefined
  }

  #fallback(): SettingsAuthenticator {
    const settings = this.#options.settings()
    if (this.#behind?.of !== settings) {
      this.#behind = {
        of: settings,
        authenticator: new SettingsAuthenticator(settings.users, settings.groups),
      }
    }
    return this.#behind.authenticator
  }
}
