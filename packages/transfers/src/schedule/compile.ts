import { Cron, CronPattern } from 'croner'
import type { Schedule } from '../model/index.ts'

/** A schedule that is ready to be asked. */
export interface CompiledSchedule {
  /** The first time after this one, in milliseconds; undefined when there is none. */
  next(after: number): number | undefined
}

/** What of a schedule its times follow from. */
export type Times = Pick<Schedule, 'cron' | 'timeZone' | 'except'>

const FIELDS = { mode: '5-or-6-parts', paused: true } as const

const compiled = new WeakMap<Times, CompiledSchedule>()

/**
 * Makes a schedule ready; the same object is made ready once.
 *
 * A schedule that names hours means the time that a clock on the wall shows: a time that the clock skips runs at the moment
 * at which it goes on, and one that it shows twice runs the first time, however many fields have lists or steps. croner has
 * this rule for single times alone, so it is asked for times of the wall, and each is placed here. A schedule of every hour
 * means that so much time goes by: it runs on through an hour that comes twice, and what the clock skips is not made up for.
 * That is croner's own rule.
 *
 * @throws for a pattern or a time zone that does not exist
 */
export function compileSchedule(schedule: Times): CompiledSchedule {
  const known = compiled.get(schedule)
  if (known) return known
  const { cron, timeZone } = schedule
  const except = new Set(schedule.except)
  const made = isOfEveryHour(cron) ? everyHour(cron, timeZone, except) : wallTimes(cron, timeZone, except)
  compiled.set(schedule, made)
  return made
}

/** @throws for a pattern that is none */
function isOfEveryHour(cron: string): boolean {
  return new CronPattern(cron, undefined, FIELDS).hour.every(Boolean)
}

function everyHour(cron: string, timeZone: string, except: ReadonlySet<string>): CompiledSchedule {
  const job = new Cron(cron, { ...FIELDS, timezone: timeZone })
  return {
    next(after) {
      let from = after
      while (true) {
        const at = job.nextRun(new Date(from))?.getTime()
        if (at === undefined || except.size === 0) return at
        const day = zoned(at, timeZone).toPlainDate()
        if (!except.has(day.toString())) return at
        from = day.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds - 1
      }
    },
  }
}

const DAY = 86_400_000

function wallTimes(cron: string, timeZone: string, except: ReadonlySet<string>): CompiledSchedule {
  const job = new Cron(cron, { ...FIELDS, timezone: 'UTC' })
  return {
    next(after) {
      let wall = wallOf(after, timeZone)
      while (true) {
        const next = job.nextRun(new Date(wall))?.getTime()
        if (next === undefined) return undefined
        wall = next
        if (except.has(new Date(wall).toISOString().slice(0, 10))) {
          wall = Math.floor(wall / DAY) * DAY + DAY - 1
          continue
        }
        const at = momentOf(wall, timeZone)
        if (at > after) return at
        // The clock shows this hour for the second time: everything up to its end has been.
        const back = zoned(after, timeZone).add({ milliseconds: 1 }).getTimeZoneTransition('previous')
        if (back) wall = Math.max(wall, wallOf(back.epochMilliseconds - 1, timeZone))
      }
    },
  }
}

/** The moment at which the clock on the wall shows this for the first time, or goes on behind it. */
function momentOf(wall: number, timeZone: string): number {
  const earlier = zoned(wall, 'UTC')
    .toPlainDateTime()
    .toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  if (wallOf(earlier.epochMilliseconds, timeZone) === wall) return earlier.epochMilliseconds
  return earlier.getTimeZoneTransition('next')?.epochMilliseconds ?? earlier.epochMilliseconds
}

/** What the clock on the wall shows, as if it were UTC. */
function wallOf(at: number, timeZone: string): number {
  return at + zoned(at, timeZone).offsetNanoseconds / 1_000_000
}

const zoned = (at: number, timeZone: string) =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)
