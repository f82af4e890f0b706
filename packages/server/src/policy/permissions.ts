import type { UserSettings } from '@portolan/settings'

/** Permissions of a folder and everything below it, unless a deeper rule says otherwise. */
export type PermissionRule = NonNullable<UserSettings['permissions']>[number]

/** What a user may do under a path. */
export type Permission = Exclude<PermissionRule['allow'], string>[number]

/** Answers whether something is allowed on a path. */
export type PermissionCheck = (path: string, permission: Permission) => boolean

const READ_ONLY: ReadonlySet<Permission> = new Set<Permission>(['read', 'list'])

/**
 * Compiles rules into a check. The rule with the deepest path that holds the asked path decides alone; of two rules
 * with the same path, the first. Nothing is allowed where no rule matches.
 * @param readOnly - folders where no rule allows more than reading
 */
export function compilePermissions(
  rules: readonly PermissionRule[],
  readOnly: readonly string[] = [],
): PermissionCheck {
  const deepestFirst = rules
    .map(rule => ({ path: rule.path, allows: allowing(rule.allow) }))
    .sort((a, b) => b.path.length - a.path.length)
  return (path, permission) => {
    if (!READ_ONLY.has(permission) && readOnly.some(folder => holds(folder, path))) return false
    return deepestFirst.find(rule => holds(rule.path, path))?.allows(permission) ?? false
  }
}

/** True when a path is the folder, or below it. */
function holds(folder: string, path: string): boolean {
  return folder === '/' || path === folder || (path.startsWith(folder) && path[folder.length] === '/')
}

function allowing(allow: PermissionRule['allow']): (permission: Permission) => boolean {
  if (allow === 'all') return () => true
  if (allow === 'none') return () => false
  const set: ReadonlySet<Permission> = allow === 'readOnly' ? READ_ONLY : new Set(allow)
  return permission => set.has(permission)
}
