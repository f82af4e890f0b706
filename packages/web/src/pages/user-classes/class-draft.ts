import type { UserClass } from '@portolan/console/contract'
import { type Keyed, keyed } from '../../components/keyed.ts'

/** A class as its row holds it: texts, empty for what is absent. */
export interface ClassRow {
  readonly name: string
  readonly enabled: boolean
  readonly users: string
  readonly groups: string
  readonly from: string
}

export const rowOf = ({ name, enabled, users, groups, from }: UserClass): Keyed<ClassRow> =>
  keyed({ name, enabled, users: textOf(users), groups: textOf(groups), from: textOf(from) })

export const emptyRow = (): Keyed<ClassRow> =>
  keyed({ name: '', enabled: true, users: '', groups: '', from: '' })

/** Patterns are shown as one text with commas, which the settings take, too. */
const textOf = (patterns: string | readonly string[] | undefined): string =>
  typeof patterns === 'string' ? patterns : (patterns?.join(', ') ?? '')

/** The class as the API takes it. */
export function classOf({ name, enabled, users, groups, from }: ClassRow): UserClass {
  return {
    name: name.trim(),
    enabled,
    ...(users.trim() !== '' && { users: users.trim() }),
    ...(groups.trim() !== '' && { groups: groups.trim() }),
    ...(from.trim() !== '' && { from: from.trim() }),
  }
}

/** Whether two lists of classes say the same. */
export const sameClasses = (one: readonly ClassRow[], other: readonly ClassRow[]): boolean =>
  JSON.stringify(one.map(classOf)) === JSON.stringify(other.map(classOf))

/** Which sessions a class takes, as a sentence. */
export function sentenceOf(row: ClassRow): string {
  const parts = [
    row.users.trim() === '' ? 'every user' : `users ${row.users.trim()}`,
    row.groups.trim() !== '' && `in groups ${row.groups.trim()}`,
    row.from.trim() !== '' && `from ${row.from.trim()}`,
  ]
  return parts.filter(Boolean).join(' ')
}

/** The mistakes of an answer by row and field: `classes[2].name`, or `userClasses[2].name` of the settings. */
export function problemsOfRow(
  errors: readonly { readonly path: string; readonly message: string }[],
  place: number,
): Readonly<Record<string, string>> {
  const found = errors.flatMap(({ path, message }) => {
    const parts = /^(?:classes|userClasses)(?:\[(\d+)\]|\.(\d+))(?:\.(\w+))?/.exec(path)
    return parts && Number(parts[1] ?? parts[2]) === place ? [[parts[3] ?? 'name', message] as const] : []
  })
  return Object.fromEntries(found)
}
