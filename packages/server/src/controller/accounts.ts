import { compileUserClasses } from '@portolan/channels'
import { type EffectiveUser, effectiveUser, type Settings } from '@portolan/settings'
import type { Account } from '../policy/account.ts'
import { isAnonymousName } from '../policy/anonymous-name.ts'
import type { UserRecord } from './authenticator.ts'

/** What makes accounts of users: groups and user classes. */
export class Accounts {
  readonly #groups: Settings['groups']
  readonly #classify: ReturnType<typeof compileUserClasses>
  readonly #anonymous: Settings['anonymous']

  constructor(settings: Pick<Settings, 'groups' | 'userClasses' | 'anonymous'>) {
    this.#groups = settings.groups
    this.#classify = compileUserClasses(settings.userClasses)
    this.#anonymous = settings.anonymous
  }

  isAnonymous(user: string): boolean {
    return this.#anonymous.enabled && isAnonymousName(user)
  }

  /** The account of a session of this user from this address. */
  of(user: UserRecord, address: string): Account {
    const whole = this.effective(user)
    const userClass = this.#classify({ user: user.name, groups: user.groups, address })
    return {
      user: user.name,
      groups: user.groups,
      anonymous: false,
      mounts: [
        ...whole.folders.filter(({ path }) => path !== '/'),
        { path: '/', folder: user.home, readOnly: false },
      ],
      permissions: whole.permissions,
      userClass: userClass.value,
      userClassBecause: userClass.because,
      ...(user.uploadRate !== undefined && { uploadRate: user.uploadRate }),
      ...(user.downloadRate !== undefined && { downloadRate: user.downloadRate }),
      quota: whole.quota !== undefined,
      ...(user.idleTimeout !== undefined && { idleTimeout: user.idleTimeout }),
    }
  }

  anonymous(address: string): Account | undefined {
    if (this.#anonymous.home === undefined) return undefined
    const userClass = this.#classify({ user: 'anonymous', groups: [], address })
    return {
      user: 'anonymous',
      groups: [],
      anonymous: true,
      mounts: [{ path: '/', folder: this.#anonymous.home, readOnly: true }],
      permissions: [{ path: '/', allow: 'readOnly' }],
      userClass: userClass.value,
      userClassBecause: userClass.because,
      quota: false,
    }
  }

  /** The user with what its groups add. */
  effective(user: UserRecord): EffectiveUser {
    return effectiveUser({ groups: this.#groups }, user)
  }
}
