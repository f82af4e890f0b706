/** What a user may do under a path. */
export const PERMISSIONS = [
  'read',
  'write',
  'append',
  'delete',
  'rename',
  'list',
  'makeFolder',
  'removeFolder',
  'attributes',
  'link',
] as const

export type Permission = (typeof PERMISSIONS)[number]

/** Permissions of a folder and everything below it, unless a deeper rule says otherwise. */
export interface PermissionRule {
  /** Absolute, normalised virtual path. */
  readonly path: string
  readonly allow: readonly Permission[] | 'all' | 'readOnly' | 'none'
}

/** Answers whether something is allowed on a path. */
export type PermissionCheck = (path: string, permission: Permission) => boolean

const READ_ONLY: ReadonlySet<Permission> = new Set<Permission>(['read', 'list'])
const ALL: ReadonlySet<Permission> = new Set<Permission>(PERMISSIONS)
const NONE: ReadonlySet<Permission> = new Set<Permission>()

/**
 * Compiles rules into a check. The rule with the deepest path that holds the asked path decides alone; two rules
 * with the same path: the later one. Nothing is allowed where no rule matches.
 * @param readOnly - folders where no rule allows more than reading
 */
export function compilePermissions(
  rules: readonly PermissionRule[],
  readOnly: readonly string[] = [],
): PermissionCheck {
  const sorted = rules
    .map((rule, index) => ({ path: rule.path, index, set: toSet(rule.allow) }))
    .sort((a, b) => b.path.length - a.path.length || b.index - a.index)
  return (path, permission) => {
    if (!READ_ONLY.has(permission) && readOnly.some(folder => holds(folder, path))) return false
    return sorted.find(rule => holds(rule.path, path))?.set.has(permission) ?? false
  }
}

/** True when a path is the folder, or below it. */
function holds(folder: string, path: string): boolean {
  return folder === '/' || path === folder || (path.startsWith(folder) && path[folder.length] === '/')
}

function toSet(allow: PermissionRule['allow']): ReadonlySet<Permission> {
  if (allow === 'all') return ALL
  if (allow === 'readOnly') return READ_ONLY
  if (allow === 'none') return NONE
  return new Set(allow)
}
