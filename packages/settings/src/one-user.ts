import { checkGroup, checkUser } from './check/users.ts'
import type { Problem } from './errors.ts'
import { type ParseOptions, parseSettings, tryParse } from './parse.ts'
import type { GroupSettings, Settings, UserSettings } from './schema.ts'
import { writtenTree } from './written.ts'

/** What a user or a group is checked against. */
export interface OneOptions extends ParseOptions {
  /** The groups there are. Absent: those of `settings`. */
  readonly groups?: readonly GroupSettings[]
  /** The settings in force. Absent: what depends on them, such as whether a listener offers TLS, is not checked. */
  readonly settings?: Settings
  /** Milliseconds since 1970. Default: now. */
  readonly now?: number
}

/** A mistake of one user or group; its path is relative to it, such as `quota.bytes`. */
type Wrong = { readonly problems: readonly Problem[] }

/**
 * Checks one user by itself, as `users` of a settings file would have it. Whether it has a password is not looked at:
 * that of a user of the store is kept elsewhere.
 */
export function parseUser(
  input: unknown,
  options: OneOptions = {},
): { readonly user: UserSettings; readonly warnings: readonly Problem[] } | Wrong {
  const result = tryParse({ users: [input] }, options)
  if (result.kind === 'invalid') return { problems: relative(result.problems, 'users[0]') }
  const [user] = result.settings.users
  if (user === undefined) return { problems: [] }
  const { errors, warnings } = checkUser(user, 'users[0]', contextOf(options), options.now ?? Date.now())
  if (errors.length > 0) return { problems: relative(errors, 'users[0]') }
  return { user, warnings: relative(warnings, 'users[0]') }
}

/** Checks one group by itself, as `groups` of a settings file would have it. */
export function parseGroup(
  input: unknown,
  options: ParseOptions = {},
): { readonly group: GroupSettings; readonly warnings: readonly Problem[] } | Wrong {
  const result = tryParse({ groups: [input] }, options)
  if (result.kind === 'invalid') return { problems: relative(result.problems, 'groups[0]') }
  const [group] = result.settings.groups
  if (group === undefined) return { problems: [] }
  const { errors, warnings } = checkGroup(group, 'groups[0]')
  if (errors.length > 0) return { problems: relative(errors, 'groups[0]') }
  return { group, warnings: relative(warnings, 'groups[0]') }
}

/** A user as the file would write it: durations, sizes and rates as texts. Without the password. */
export function userAsInput({ password: _, ...user }: UserSettings): Record<string, unknown> {
  return writtenTree(['users', 0], user)
}

/** A group as the file would write it. */
export function groupAsInput(group: GroupSettings): Record<string, unknown> {
  return writtenTree(['groups', 0], group)
}

let withTls: Settings | undefined

/** Without settings a listener with TLS is taken for granted: what cannot be known is no mistake. */
function contextOf({ settings, groups }: OneOptions): Settings {
  withTls ??= parseSettings({ tls: { selfSigned: true } })
  const known = settings ?? withTls
  return groups === undefined ? known : { ...known, groups: [...groups] }
}

function relative(problems: readonly Problem[], root: string): Problem[] {
  return problems.map(problem => ({
    ...problem,
    path: problem.path.replace(root, '').replace(/^\./, ''),
  }))
}
