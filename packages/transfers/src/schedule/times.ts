import { compileSchedule, type Times } from './compile.ts'

/** The next times after `from`, in milliseconds, `from` itself left out. */
export function nextTimes(schedule: Times, from: number, count: number): number[] {
  return timesBetween(schedule, from, Number.POSITIVE_INFINITY, count)
}

/** The times after `from`, up to `to` and with it, in order; the first `most` of them. */
export function timesBetween(schedule: Times, from: number, to: number, most: number): number[] {
  const compiled = compileSchedule(schedule)
  const times: number[] = []
  let at = compiled.next(from)
  while (at !== undefined && at <= to && times.length < most) {
    times.push(at)
    at = compiled.next(at)
  }
  return times
}

const MINUTE = 60_000

/** The last time after `from`, up to `to` and with it. Looks backwards, so that it takes no longer for a `from` of years ago. */
export function lastTime(schedule: Times, from: number, to: number): number | undefined {
  let end = to
  for (let width = MINUTE; end > from; width *= 2) {
    const start = Math.max(from, end - width)
    const last = timesBetween(schedule, start, end, Number.POSITIVE_INFINITY).at(-1)
    if (last !== undefined) return last
    end = start
  }
  return undefined
}
