import type { TimeWindow } from '../model/index.ts'
import { type ZoneClock, zoneClock } from './zone-clock.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

/** Whether a window holds, and how long that stays so. */
interface WindowState {
  readonly holds: boolean
  /** Milliseconds since 1970; Infinity: always. */
  readonly until: number
}

/** Answers for a moment, in milliseconds since 1970. */
export type CompiledWindow = (now: number) => WindowState

/**
 * Makes a window ready. It holds while a clock on the wall of its zone shows a time from `from` on and before `to`, on one of its days; an
 * end that is not after the begin is on the day after. So a time that the clock skips in spring is not there, and one that it shows
 * twice in autumn is there twice.
 * @param clock - of its zone; windows of one zone may have one
 * @throws {RangeError} for a time zone that does not exist
 */
export function compileWindow(
  { days, from, to, timeZone }: TimeWindow,
  clock: ZoneClock = zoneClock(timeZone),
): CompiledWindow {
  const onDay = DAYS.map(day => days.includes(day))
  const begin = minutesOf(from)
  const end = minutesOf(to) > begin ? minutesOf(to) : minutesOf(to) + 1_440
  /** `wall` is what the clock shows, as if it were UTC. */
  const holdsAt = (wall: number) => {
    const day = Math.floor(wall / DAY)
    const minute = (wall - day * DAY) / MINUTE
    // 1970-01-01 was a Thursday.
    const isOn = (at: number) => onDay[(((at + 4) % 7) + 7) % 7] === true
    return (isOn(day) && minute >= begin && minute < end) || (isOn(day - 1) && minute + 1_440 < end)
  }
  const marks = [...new Set([begin, end % 1_440])].map(minute => minute * MINUTE)
  return now => {
    let { offset, until } = clock.now(now)
    const holds = holdsAt(now + offset)
    // A window comes at least once a week; two, for the days and hours that a clock may skip.
    for (let at = now; at < now + 15 * DAY; ) {
      const wall = at + offset
      at = Math.max(at + 1, Math.min(until, ...marks.map(mark => nextOf(mark, wall) - offset)))
      if (at >= until) ({ offset, until } = clock.read(at))
      if (holdsAt(at + offset) !== holds) return { holds, until: at }
    }
    return { holds, until: Number.POSITIVE_INFINITY }
  }
}

/** The first time after `wall` at which the clock shows that time of the day. */
const nextOf = (mark: number, wall: number) => mark + (Math.floor((wall - mark) / DAY) + 1) * DAY

function minutesOf(text: string): number {
  const [hours, minutes] = text.split(':')
  return Number(hours) * 60 + Number(minutes)
}
