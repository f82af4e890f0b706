import type { Conditions, TimeWindow } from '@portolan/console/contract'
import { DAYS } from './rule-form.ts'

/** A condition as a chip shows it. */
export interface Chip {
  readonly key: keyof Conditions
  readonly label: string
  readonly values: readonly string[]
}

export const LABELS: Readonly<Record<keyof Conditions, string>> = {
  users: 'Users',
  groups: 'Groups',
  segments: 'Segments',
  segmentGroups: 'Segment groups',
  clientNetworks: 'Networks',
  deviceLabels: 'Device labels',
  times: 'Times',
}

const NAMES: Readonly<Record<(typeof DAYS)[number], string>> = {
  mon: 'Mon',
  tue: 'Tue',
  wed: 'Wed',
  thu: 'Thu',
  fri: 'Fri',
  sat: 'Sat',
  sun: 'Sun',
}

/** Days with those in a row drawn together: `Mon–Fri, Sun`. */
export function daysText(days: readonly TimeWindow['days'][number][]): string {
  const given = DAYS.map(day => days.includes(day))
  if (given.every(Boolean)) return 'every day'
  const parts: string[] = []
  for (let at = 0; at < DAYS.length; at++) {
    if (!given[at]) continue
    let end = at
    while (given[end + 1]) end++
    const [first, last] = [DAYS[at], DAYS[end]]
    if (first && last)
      parts.push(
        end === at
          ? NAMES[first]
          : end === at + 1
            ? `${NAMES[first]}, ${NAMES[last]}`
            : `${NAMES[first]}–${NAMES[last]}`,
      )
    at = end
  }
  return parts.join(', ')
}

/** A time window in a line: `Mon–Fri 08:00–18:00 Europe/Berlin`. */
export const timeWindowText = ({ days, from, to, timeZone }: TimeWindow): string =>
  `${daysText(days)} ${from}–${to}${to <= from ? ' of the next day' : ''} ${timeZone}`

/** The conditions of a rule: all have to hold, of each one of its values. */
export function chipsOf(when: Conditions): readonly Chip[] {
  const lists = (['users', 'groups', 'segments', 'segmentGroups', 'clientNetworks', 'deviceLabels'] as const)
    .filter(key => when[key] !== undefined)
    .map(key => ({ key, label: LABELS[key], values: when[key] ?? [] }))
  const times = when.times?.map(timeWindowText)
  return times ? [...lists, { key: 'times', label: LABELS.times, values: times }] : lists
}

/** Whether a rule says or names what is looked for. */
export function ruleHas(
  rule: { readonly name: string; readonly description?: string | undefined; readonly when: Conditions },
  search: string,
): boolean {
  const wanted = search.trim().toLowerCase()
  if (wanted === '') return true
  return [rule.name, rule.description ?? '', ...chipsOf(rule.when).flatMap(({ values }) => values)].some(
    text => text.toLowerCase().includes(wanted),
  )
}
