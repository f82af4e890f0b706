import type { Findings } from '../check.ts'
import { effectiveUser } from '../effective-user.ts'
import type { Problem } from '../errors.ts'
import { glob } from '../glob.ts'
import { parsePasswordHash } from '../password-hash.ts'
import type { GroupSettings, Settings, UserSettings } from '../schema.ts'
import { duplicates } from './duplicates.ts'
import { hasCertificate } from './tls.ts'

/** Names, passwords, groups, rules and folders of users. */
export function checkUsers(settings: Settings, now: number): Findings {
  const { users, groups } = settings
  const errors: Problem[] = [...duplicateNames('users', users), ...duplicateNames('groups', groups)]
  const warnings: Problem[] = []
  for (const [index, user] of users.entries()) {
    const path = `users[${index}]`
    const found = checkUser(user, path, settings, now)
    errors.push(...checkPassword(user, path), ...found.errors)
    warnings.push(...checkUse(user, path), ...found.warnings)
  }
  for (const [index, group] of groups.entries()) {
    const found = checkGroup(group, `groups[${index}]`)
    errors.push(...found.errors)
    warnings.push(...found.warnings)
  }
  return { errors, warnings }
}

/** One user, but for the password, which a user of the store does not have here. */
export function checkUser(user: UserSettings, path: string, settings: Settings, now: number): Findings {
  const errors = checkFolders(user, path)
  const { requireTls } = effectiveUser(settings, user)
  if (requireTls && user.enabled && !offersTls(settings)) {
    const message = `${user.name} may log in under TLS only, and no listener offers it: set a certificate, or requireTls: false`
    errors.push({ path: `${path}.requireTls`, message })
  }
  return {
    errors,
    warnings: [
      ...checkExpiry(user, path, now),
      ...checkPermissions(user, path),
      ...checkGroups(user, path, settings),
    ],
  }
}

/** One group. */
export function checkGroup(group: GroupSettings, path: string): Findings {
  return { errors: checkFolders(group, path), warnings: checkPermissions(group, path) }
}

function offersTls({ listeners, tls }: Settings): boolean {
  return hasCertificate(tls) && listeners.some(listener => listener.tls !== 'off')
}

function duplicateNames(section: string, items: readonly { name: string }[]): Problem[] {
  return duplicates(items.map(item => item.name)).map(({ index, first }) => ({
    path: `${section}[${index}].name`,
    message: `is the name of ${section}[${first}], too: names are unique`,
  }))
}

/** The text itself is never shown: it may be a password in the clear. */
function checkPassword({ password }: UserSettings, path: string): Problem[] {
  if (password === undefined || parsePasswordHash(password) !== undefined) return []
  const message =
    'must be an argon2id hash ($argon2id$v=19$m=…,t=…,p=…$salt$hash): `portolan hash-password` makes one'
  return [{ path: `${path}.password`, message }]
}

function checkUse(user: UserSettings, path: string): Problem[] {
  if (!user.enabled || user.password !== undefined) return []
  return [{ path, message: `${user.name} has no password, so nobody can log in under this name` }]
}

function checkExpiry({ enabled, name, expires }: UserSettings, path: string, now: number): Problem[] {
  if (!enabled || expires === undefined || Date.parse(expires) >= now) return []
  return [{ path: `${path}.expires`, message: `is over, so ${name} cannot log in any more` }]
}

type HasRules = Pick<UserSettings, 'permissions' | 'folders' | 'name'>

function checkFolders({ folders }: HasRules, path: string): Problem[] {
  const twice = duplicates(folders.map(folder => folder.path)).map(({ index, first }) => ({
    path: `${path}.folders[${index}].path`,
    message: `is the path of folders[${first}], too: only one folder can show up there`,
  }))
  const roots = [...folders.entries()].filter(([, folder]) => folder.path === '/')
  const message = 'is the place of the home folder: use a path below it, such as /shared'
  return [...twice, ...roots.map(([index]) => ({ path: `${path}.folders[${index}].path`, message }))]
}

function checkPermissions({ permissions }: HasRules, path: string): Problem[] {
  if (permissions === undefined) return []
  const twice = duplicates(permissions.map(rule => rule.path)).map(({ index, first }) => ({
    path: `${path}.permissions[${index}].path`,
    message: `has a rule already in permissions[${first}]: only that one counts`,
  }))
  const message =
    'no rule holds for /, so nothing is allowed there, not even a listing: add a rule with path /'
  const hasRoot = permissions.some(rule => rule.path === '/')
  return [...twice, ...(hasRoot ? [] : [{ path: `${path}.permissions`, message }])]
}

function checkGroups(user: UserSettings, path: string, { groups, userClasses }: Settings): Problem[] {
  const known = [
    ...groups.map(group => group.name),
    ...userClasses.flatMap(one => one.groups?.split(',') ?? []),
  ]
  const isKnown = (name: string) => known.some(pattern => glob(pattern.trim())(name))
  return [...user.groups.entries()]
    .filter(([, name]) => !isKnown(name))
    .map(([index, name]) => ({
      path: `${path}.groups[${index}]`,
      message: `no group and no user class knows ${name}, so it has no effect`,
    }))
}
