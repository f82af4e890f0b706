import { suggest } from '@portolan/settings'
import type { Conditions } from '../model/index.ts'
import type { AccessConfig } from '../policy/types.ts'
import { networkProblem } from './application.ts'
import type { Findings } from './findings.ts'
import { namesOf, unknownName } from './references.ts'

/** What the conditions of rules are judged against. */
export interface PolicyContext extends Pick<AccessConfig, 'segments' | 'segmentGroups'> {
  /** The names of the groups of users that there are; absent: they are not judged. */
  readonly userGroups?: readonly string[]
}

/** What is looked up for each rule. */
export interface Known {
  /** The segment group of each segment. */
  readonly groupOf: ReadonlyMap<string, string>
  readonly segmentGroups: ReadonlySet<string>
  readonly userGroups: ReadonlySet<string> | undefined
}

export const knownOf = ({ segments, segmentGroups, userGroups }: PolicyContext): Known => ({
  groupOf: new Map(segments.map(({ name, segmentGroup }) => [name, segmentGroup])),
  segmentGroups: new Set(namesOf(segmentGroups)),
  userGroups: userGroups && new Set(userGroups),
})

/** Judges the conditions of one rule. `at` is where they stand. */
export function checkConditions(
  when: Conditions,
  at: readonly PropertyKey[],
  known: Known,
  findings: Findings,
): void {
  const each = (
    key: keyof Conditions,
    judge: (value: string) => string | undefined,
    tell: 'refuse' | 'warn' = 'refuse',
  ) => {
    for (const [index, value] of (when[key] ?? []).entries()) {
      const problem = typeof value === 'string' ? judge(value) : undefined
      if (problem !== undefined) findings[tell]([...at, key, index], problem)
    }
  }
  each('users', usersProblem)
  const there =
    (what: string, names: { has(name: string): boolean; keys(): Iterable<string> }) => (name: string) =>
      names.has(name) ? undefined : unknownName(what, name, [...names.keys()])
  each('segments', there('segment', known.groupOf))
  each('segmentGroups', there('segment group', known.segmentGroups))
  each('clientNetworks', networkProblem)
  const { userGroups } = known
  // Groups come from a file as well, and may be made later.
  if (userGroups) each('groups', there('group', userGroups), 'warn')
  for (const [index, { timeZone }] of (when.times ?? []).entries()) {
    const problem = zoneProblem(timeZone)
    if (problem !== undefined) findings.refuse([...at, 'times', index, 'timeZone'], problem)
  }
  const { segments, segmentGroups } = when
  if (
    segments &&
    segmentGroups &&
    segments.every(name => !segmentGroups.includes(known.groupOf.get(name) ?? ''))
  ) {
    findings.warn(
      [...at, 'segmentGroups'],
      'has no group of the segments that are named, so the rule never fits: both have to',
    )
  }
}

function usersProblem(list: string): string | undefined {
  const isWhole = list.split(',').every(item => item.trim() !== '')
  return isWhole
    ? undefined
    : 'has an empty item: separate user names by one comma, and write * for everybody'
}

function zoneProblem(zone: string): string | undefined {
  // Offsets such as +02:00 know no summer time, so they are not taken for a place.
  if (/^[A-Za-z]/.test(zone) && isZone(zone)) return undefined
  const near = suggest(zone, ['UTC', ...Intl.supportedValuesOf('timeZone')])
  return `is no time zone; ${near === undefined ? 'write one such as Europe/Berlin or UTC' : `did you mean ${near}?`}`
}

function isZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    return false
  }
}
