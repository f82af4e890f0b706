import type { PermissionRule } from '@portolan/console/contract'

/** What can be allowed on a path, and what it means to a person. */
export const PERMISSIONS = [
  ['read', 'Download'],
  ['write', 'Upload'],
  ['append', 'Append'],
  ['delete', 'Delete files'],
  ['rename', 'Rename'],
  ['list', 'List'],
  ['makeFolder', 'Make folders'],
  ['removeFolder', 'Remove folders'],
  ['attributes', 'Set times and modes'],
  ['link', 'Follow links'],
] as const

const ALL: readonly string[] = PERMISSIONS.map(([name]) => name)
const READ_ONLY: readonly string[] = ['read', 'list']

type Allow = PermissionRule['allow']

/** How a rule is shown: one of the short forms, or a selection. */
export type AllowKind = 'all' | 'readOnly' | 'none' | 'some'

/** The permissions that a rule gives. */
export function allowed(allow: Allow): readonly string[] {
  if (allow === 'all') return ALL
  if (allow === 'readOnly') return READ_ONLY
  return allow === 'none' ? [] : allow
}

/** The short form of a set of permissions, or the list in the order of the settings. */
export function shortest(permissions: readonly string[]): Allow {
  const has = new Set(permissions)
  const list = ALL.filter(name => has.has(name))
  if (list.length === ALL.length) return 'all'
  if (list.length === 0) return 'none'
  return list.length === READ_ONLY.length && READ_ONLY.every(name => has.has(name)) ? 'readOnly' : list
}

export const kindOf = (allow: Allow): AllowKind => (typeof allow === 'string' ? allow : 'some')
