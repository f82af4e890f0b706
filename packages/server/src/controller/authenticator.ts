import type { UserSettings } from '@portolan/settings'
import { hashPassword, verifyPassword } from '../password.ts'

/** Somebody who may log in, as the settings describe users. */
export type UserRecord = UserSettings

/** Tells who somebody is. The settings' users are the first of these; directories and databases are others. */
export interface Authenticator {
  /** Whether a name may only log in under TLS: asked at USER, before a password travels. Unknown names: false. */
  requiresTls(user: string): Promise<boolean>
  /**
   * The user, when the password is right. It has to take the same time for unknown names.
   * @throws when it cannot be told, such as when a directory does not answer: the client then gets 421, not 530
   */
  authenticate(ask: { user: string; password: string; address: string }): Promise<UserRecord | undefined>
  /**
   * The user as it is now, without a password, for somebody who has shown it before. Without this method nobody can use
   * the web client. @throws when it cannot be told
   */
  lookup?(user: string): Promise<UserRecord | undefined>
}

/** The users of the settings. */
export class SettingsAuthenticator implements Authenticator {
  readonly #users: ReadonlyMap<string, UserRecord>
  readonly #tlsGroups: ReadonlySet<string>
  #decoy: Promise<string> | undefined

  constructor(users: readonly UserRecord[], groups: readonly { name: string; requireTls: boolean }[]) {
    this.#users = new Map(users.map(user => [user.name, user]))
    this.#tlsGroups = new Set(groups.filter(group => group.requireTls).map(group => group.name))
  }

  async requiresTls(name: string): Promise<boolean> {
    const user = this.#users.get(name)
    return !!user && (user.requireTls || user.groups.some(group => this.#tlsGroups.has(group)))
  }

  async lookup(name: string): Promise<UserRecord | undefined> {
    return this.#users.get(name)
  }

  async authenticate({
    user: name,
    password,
  }: {
    user: string
    password: string
  }): Promise<UserRecord | undefined> {
    const user = this.#users.get(name)
    if (user?.password !== undefined) {
      return (await verifyPassword(user.password, password)) ? user : undefined
    }
    // As much work as for a user who exists: the time of the answer must not tell which names do.
    this.#decoy ??= hashPassword('no such user')
    await verifyPassword(await this.#decoy, password)
    return undefined
  }
}
