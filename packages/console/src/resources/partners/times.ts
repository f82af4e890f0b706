import type { Schedule } from '@portolan/transfers'
import type { Coming, FieldProblem } from '../../contract/index.ts'
import type { Partners } from './partners.ts'

/** Times of a schedule that are shown ahead. */
const SHOWN = 5
/** Times that the calendar tells at most. */
const MOST_COMING = 2_000

type Times = Pick<Schedule, 'cron' | 'timeZone' | 'except'>

/** The next times of a schedule that is saved; none when it cannot be read any more. */
export async function nextOf(schedule: Times, now: number): Promise<number[]> {
  const { nextTimes } = await import('@portolan/transfers')
  try {
    return nextTimes(schedule, now, SHOWN)
  } catch {
    // A time zone that this machine does not know: the warnings tell.
    return []
  }
}

/** What a schedule that is being written would do. */
export async function trySchedule(
  schedule: Times,
  now: number,
): Promise<{ next: number[]; problems: FieldProblem[] }> {
  const { checkSchedule, nextTimes } = await import('@portolan/transfers')
  const checked = checkSchedule(schedule, now)
  if ('problems' in checked) return { next: [], problems: [...checked.problems] }
  return { next: nextTimes(checked.value, now, SHOWN), problems: [] }
}

/** The times of all schedules that are on, after `from` and up to `to`, in their order. */
export async function comingOf(
  transfers: Partners['transfers'],
  { from, to }: { from: number; to: number },
): Promise<Coming> {
  if (!transfers.some(({ value }) => value.enabled && value.schedule)) return { items: [], complete: true }
  const { comingRuns } = await import('@portolan/transfers')
  const { items, complete } = comingRuns(
    transfers.map(({ value }) => value),
    from,
    to,
    MOST_COMING,
  )
  return { items: [...items], complete }
}
