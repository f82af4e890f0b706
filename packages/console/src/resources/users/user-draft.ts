import { parseUser, type Settings, suggest, type UserSettings, userAsInput } from '@portolan/settings'
import type { JsonValue } from '@portolan/store'
import type { FieldProblem, UserWrite, user } from '../../contract/index.ts'
import { Problem } from '../../http/problem.ts'
import { folderProblem, isThere, newFolderProblem } from './folder-check.ts'
import { mistakes, virtualFolderProblems, withoutAbsent } from './shared-parts.ts'
import { nameProblem, passwordProblem } from './user-name.ts'
import { asJson } from './user-view.ts'

/** What is sent beside the settings of a user. */
const BESIDE: ReadonlySet<string> = new Set(['password', 'revision', 'createHome', 'kick'])
/** What an answer tells and nobody sets: passed over, so that what was read can be sent back. */
const TOLD_ONLY: ReadonlySet<string> = new Set([
  'origin',
  'hasPassword',
  'createdAt',
  'changedAt',
  'changedBy',
  'lastLoginAt',
  'lastLoginFrom',
] satisfies (keyof typeof user.shape)[])

/** A user that can be saved. */
export interface UserDraft {
  readonly settings: UserSettings
  /** The settings as the file writes them. */
  readonly document: JsonValue
  /** Whether the home is still to be made. */
  readonly makesHome: boolean
}

/** What a draft is checked against. */
export interface DraftSurroundings {
  readonly dataFolder: string
  readonly inForce: Settings
  /** Names of all groups there are. */
  readonly groups: readonly string[]
  /** The home of a user who is given none. Absent: one has to be given. */
  readonly defaultHome?: string
}

/**
 * Checks a user by the schema of settings and by what is there: groups, folders.
 * @throws {Problem} 422 `USER_INVALID` with every mistake, by field
 */
export async function draftUser(write: UserWrite, around: DraftSurroundings): Promise<UserDraft> {
  const errors: FieldProblem[] = []
  const add = (path: string, message: string | undefined) => {
    if (message !== undefined) errors.push({ path, message })
  }
  add('name', nameProblem(write.name) ?? anonymousProblem(write.name, around.inForce))
  if (typeof write.password === 'string') add('password', passwordProblem(write.password))
  const given = { ...write, home: write.home ?? around.defaultHome }
  const fields = Object.entries(given).filter(([name]) => !BESIDE.has(name) && !TOLD_ONLY.has(name))
  const parsed = parseUser(withoutAbsent(Object.fromEntries(fields)), { settings: around.inForce })
  if ('problems' in parsed) {
    // Of a name that cannot be used nothing else is made either: the home would only repeat it.
    const known = new Set([...errors.map(({ path }) => path), ...(write.home === undefined ? ['home'] : [])])
    const own = parsed.problems.filter(({ path }) => !known.has(path))
    throw invalid(write.name, [...errors, ...own])
  }
  const settings = parsed.user
  for (const [place, group] of settings.groups.entries())
    add(`groups[${place}]`, groupProblem(group, around.groups))
  const makesHome = write.home === undefined || (write.createHome === true && !(await isThere(settings.home)))
  if (write.home !== undefined) {
    const check = makesHome ? newFolderProblem : folderProblem
    add('home', await check(settings.home, around.dataFolder))
  }
  errors.push(...(await virtualFolderProblems(settings.folders, around.dataFolder)))
  if (errors.length > 0) throw invalid(write.name, errors)
  return { settings, document: asJson(userAsInput(settings)), makesHome }
}

/** RFC 1635: whoever logs in so is a guest, before any user is looked for. */
function anonymousProblem(name: string, { anonymous }: Settings): string | undefined {
  return anonymous.enabled && /^(anonymous|ftp)$/i.test(name)
    ? 'is that of guests, as long as anonymous.enabled is true'
    : undefined
}

function invalid(name: string, errors: readonly FieldProblem[]): Problem {
  return new Problem(422, 'USER_INVALID', mistakes(`the user ${name}`, errors), errors)
}

function groupProblem(group: string, groups: readonly string[]): string | undefined {
  if (groups.includes(group)) return undefined
  const near = suggest(group, groups)
  const hint = near === undefined ? 'make it first' : `did you mean ${near}?`
  return `there is no group ${group}: ${hint}`
}
