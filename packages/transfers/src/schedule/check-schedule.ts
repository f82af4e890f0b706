import { suggest } from '@portolan/settings'
import { CronPattern } from 'croner'
import { type Checked, Findings } from '../check/problem.ts'
import { readShape } from '../check/shape.ts'
import { type Schedule, schedule as scheduleSchema } from '../model/index.ts'
import { nextTimes } from './times.ts'

/** Judges a schedule. `now` is where its next time is looked for. */
export function checkSchedule(input: unknown, now: number = Date.now()): Checked<Schedule> {
  const read = readShape(scheduleSchema, input)
  if ('problems' in read) return read
  const { value } = read
  const findings = new Findings()
  const pattern = patternProblem(value.cron)
  if (pattern !== undefined) findings.refuse(['cron'], pattern)
  const zone = zoneProblem(value.timeZone)
  if (zone !== undefined) findings.refuse(['timeZone'], zone)
  if (pattern === undefined && zone === undefined && nextTimes(value, now, 1).length === 0) {
    findings.refuse(['cron'], 'never comes: there is no such day, or none that is not left out')
  }
  return findings.of(value)
}

function patternProblem(cron: string): string | undefined {
  try {
    new CronPattern(cron, undefined, { mode: '5-or-6-parts' })
    return undefined
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).replace(/^CronPattern: |\.$/g, '')
    return `is no schedule (${why}): write minute, hour, day, month and day of the week, such as 30 6 * * 1-5; with seconds, these first`
  }
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
