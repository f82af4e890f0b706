import type { GroupSettings, Settings, UserSettings } from './schema.ts'

/** What is allowed on a path and below it. */
export type PermissionRule = NonNullable<UserSettings['permissions']>[number]

/** A user with what the groups add. */
export interface EffectiveUser extends UserSettings {
  /** Never absent; one rule for each path at most. */
  readonly permissions: PermissionRule[]
}

/**
 * A user together with the groups: the rules and virtual folders of the user come before those of a group with the
 * same path, an earlier group before a later one; the quota is the user's own or else that of the first group that has one;
 * TLS is required when any of them requires it. Without any rule everything is allowed.
 */
export function effectiveUser({ groups }: Pick<Settings, 'groups'>, user: UserSettings): EffectiveUser {
  const own = user.groups.flatMap(name => groups.filter(group => group.name === name))
  const ownFirst: readonly (UserSettings | GroupSettings)[] = [user, ...own]
  const permissions = firstByPath(ownFirst.flatMap(one => one.permissions ?? []))
  const quota = ownFirst.find(one => one.quota !== undefined)?.quota
  return {
    ...user,
    permissions: ownFirst.some(one => one.permissions !== undefined)
      ? permissions
      : [{ path: '/', allow: 'all' }],
    folders: firstByPath(ownFirst.flatMap(one => one.folders)),
    ...(quota !== undefined && { quota }),
    requireTls: ownFirst.some(one => one.requireTls),
  }
}

const firstByPath = <T extends { path: string }>(items: readonly T[]): T[] =>
  items.filter((item, index) => items.findIndex(other => other.path === item.path) === index)
