/** A stretch of time in milliseconds since 1970; one moment when both are the same. */
interface Span {
  readonly from: number
  readonly to: number
}

/** The time between two moments at which something happened, as it is drawn. */
interface Stretch {
  /** Where it is drawn, from 0 to 1. */
  readonly from: number
  readonly to: number
  /** How long it was. */
  readonly ms: number
}

/** Where moments are drawn. */
export interface TimeScale {
  /** From 0, the begin, to 1, the end. Never falls. */
  place(at: number): number
  readonly stretches: readonly Stretch[]
}

/** Up to about this long, twice the time is drawn twice as wide; from there on it counts less and less. */
const UNIT_MS = 5

/**
 * A scale that draws what follows each other closely apart, and long waits short, so that the commands of a moment and three transfers
 * of a session of two hours can be seen in one picture. In order it keeps everything; lengths it does not.
 * @param moments milliseconds since 1970 at which something happened
 */
export function timeScale(whole: Span, moments: readonly number[]): TimeScale {
  const clamp = (at: number) => Math.min(Math.max(at, whole.from), whole.to)
  const times = [...new Set([whole.from, ...moments.map(clamp), whole.to])].sort((a, b) => a - b)
  const widths = times.map((time, index) => Math.log1p((time - (times[index - 1] ?? time)) / UNIT_MS))
  const total = widths.reduce((sum, width) => sum + width, 0)
  let drawn = 0
  const corners = times.map((at, index) => {
    drawn += widths[index] ?? 0
    return { at, place: at === whole.to ? 1 : drawn / total }
  })
  // What has no length is drawn at its begin.
  if (total === 0) return { place: () => 0, stretches: [] }
  return {
    place(at) {
      const moment = clamp(at)
      const next = corners[firstNotBefore(corners, moment)]
      const last = corners[firstNotBefore(corners, moment) - 1]
      if (!next || !last || next.at === moment) return next?.place ?? 1
      return last.place + ((moment - last.at) / (next.at - last.at)) * (next.place - last.place)
    },
    stretches: corners.slice(1).map(({ at, place }, index) => ({
      from: corners[index]?.place ?? 0,
      to: place,
      ms: at - (corners[index]?.at ?? at),
    })),
  }
}

function firstNotBefore(corners: readonly { readonly at: number }[], moment: number): number {
  let low = 0
  let high = corners.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((corners[middle]?.at ?? 0) < moment) low = middle + 1
    else high = middle
  }
  return low
}

/** The lane of each span, from 0: the first one that is free again. Spans have to be in the order of their begin. */
export function lanesOf(spans: readonly Span[]): readonly number[] {
  const ends: number[] = []
  return spans.map(({ from, to }) => {
    const free = ends.findIndex(end => end < from)
    const lane = free < 0 ? ends.length : free
    ends[lane] = to
    return lane
  })
}
