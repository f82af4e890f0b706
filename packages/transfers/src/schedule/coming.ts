import type { Transfer } from '../model/index.ts'
import { DueHeap } from './due-heap.ts'
import { nextTimes } from './times.ts'

/** A run that a schedule will make. */
export interface ComingRun {
  readonly transfer: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/**
 * The runs that schedules will make after `from`, up to `to` and with it, in order; disabled transfers make none, and
 * those whose schedule cannot be used.
 * `complete` is false when there are more than `most`.
 */
export function comingRuns(
  definitions: readonly Transfer[],
  from: number,
  to: number,
  most: number,
): { readonly items: readonly ComingRun[]; readonly complete: boolean } {
  const heap = new DueHeap<Transfer>()
  const push = (definition: Transfer, after: number) => {
    const at = nextOf(definition, after)
    if (at !== undefined && at <= to) heap.push({ at, what: definition })
  }
  for (const definition of definitions) push(definition, from)
  const items: ComingRun[] = []
  for (let due = heap.take(to); due; due = heap.take(to)) {
    if (items.length >= most) return { items, complete: false }
    items.push({ transfer: due.what.name, at: due.at })
    push(due.what, due.at)
  }
  return { items, complete: true }
}

function nextOf({ enabled, schedule }: Transfer, after: number): number | undefined {
  if (!enabled || !schedule) return undefined
  try {
    return nextTimes(schedule, after, 1)[0]
  } catch {
    // A time zone that this machine does not know.
    return undefined
  }
}
