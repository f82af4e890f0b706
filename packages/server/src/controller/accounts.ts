import { compileUserClasses } from '@portolan/channels'
import type { GroupSettings, Settings } from '@portolan/settings'
import type { Account, Mount } from '../policy/account.ts'
import { isAnonymousName } from '../policy/anonymous-name.ts'
import type { PermissionRule } from '../policy/permissions.ts'
import type { UserRecord } from './authenticator.ts'

/** What makes accounts of users: groups and user classes. */
export class Accounts {
  readonly #groups: ReadonlyMap<string, GroupSettings>
  readonly #classify: ReturnType<typeof compileUserClasses>
  readonly #anonymous: Settings['anonymous']

  constructor(settings: Pick<Settings, 'groups' | 'userClasses' | 'anonymous'>) {
    this.#groups = new Map(settings.groups.map(group => [group.name, group]))
    this.#classify = compileUserClasses(settings.userClasses)
    this.#anonymous = settings.anonymous
  }

  isAnonymous(user: string): boolean {
    return this.#anonymous.enabled && isAnonymousName(user)
  }

  /** The account of a session of this user from this address. */
  of(user: UserRecord, address: string): Account {
    const groups = user.groups.flatMap(name => this.#groups.get(name) ?? [])
    const userClass = this.#classify({ user: user.name, groups: user.groups, address })
    return {
      user: user.name,
      groups: user.groups,
      anonymous: false,
      mounts: mountsOf(user, groups),
      permissions: permissionsOf(user, groups),
      userClass: userClass.value,
      userClassBecause: userClass.because,
      ...(user.uploadRate !== undefined && { uploadRate: user.uploadRate }),
      ...(user.downloadRate !== undefined && { downloadRate: user.downloadRate }),
      quota: this.quotaOf(user) !== undefined,
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

  /** The user's own quota, else the first of its groups'. */
  quotaOf(user: UserRecord): UserRecord['quota'] {
    return (
      user.quota ?? user.groups.map(name => this.#groups.get(name)?.quota).find(quota => quota !== undefined)
    )
  }
}

/** The home at `/`, the user's virtual folders, and those of its groups that the user has none of its own in place of. */
function mountsOf(user: UserRecord, groups: readonly GroupSettings[]): Mount[] {
  const mounts = new Map<string, Mount>()
  for (const group of groups) for (const folder of group.folders) mounts.set(folder.path, folder)
  for (const folder of user.folders) mounts.set(folder.path, folder)
  mounts.set('/', { path: '/', folder: user.home, readOnly: false })
  return [...mounts.values()]
}

/** The user's rules before those of the groups; a user without any rule may do everything. */
function permissionsOf(user: UserRecord, groups: readonly GroupSettings[]): readonly PermissionRule[] {
  const rules = [...(user.permissions ?? []), ...groups.flatMap(group => group.permissions ?? [])]
  const silent = user.permissions === undefined && groups.every(group => group.permissions === undefined)
  return silent ? [{ path: '/', allow: 'all' }] : rules
}
