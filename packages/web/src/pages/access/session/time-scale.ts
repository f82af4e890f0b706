/** A stretch of time in milliseconds since 1970; one moment when both are the same. */
interface Span {
  readonly from: number
  readonly to: number
}

/** A pause that is drawn shorter than it was. */
interface Pause {
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
  readonly pauses: readonly Pause[]
}

/** The longest pause that is drawn as long as it was, whatever else there is. */
const LEAST_PAUSE_MS = 2_000
/** A longer pause takes so much of the time in which something happened. */
const PAUSE_SHARE = 0.25

/**
 * A scale that draws busy stretches as long as they were and long pauses short, so that three transfers of a session of two hours
 * can be seen.
 */
export function timeScale(whole: Span, busy: readonly Span[]): TimeScale {
  const within = merged(
    [...busy, { from: whole.from, to: whole.from }, { from: whole.to, to: whole.to }].map(span => ({
      from: clamp(span.from, whole),
      to: clamp(span.to, whole),
    })),
  )
  const busyMs = within.reduce((sum, { from, to }) => sum + to - from, 0)
  const mostMs = Math.max(LEAST_PAUSE_MS, busyMs * PAUSE_SHARE)
  // Corners of the line that leads from time to place, in milliseconds of both.
  const corners: { at: number; drawn: number }[] = []
  const shortened: { from: number; to: number; ms: number }[] = []
  let drawn = 0
  for (const [index, span] of within.entries()) {
    const before = within[index - 1]
    if (before) {
      const ms = span.from - before.to
      const shown = Math.min(ms, mostMs)
      if (ms > mostMs) shortened.push({ from: drawn, to: drawn + shown, ms })
      drawn += shown
    }
    corners.push({ at: span.from, drawn })
    drawn += span.to - span.from
    corners.push({ at: span.to, drawn })
  }
  const total = drawn
  const share = (value: number) => (total === 0 ? 0 : value / total)
  return {
    place(at) {
      const moment = clamp(at, whole)
      const index = corners.findIndex(corner => corner.at >= moment)
      const next = corners[index]
      if (!next) return 1
      const last = corners[index - 1]
      if (!last || next.at === moment) return share(next.drawn)
      return share(last.drawn + ((moment - last.at) / (next.at - last.at)) * (next.drawn - last.drawn))
    },
    pauses: shortened.map(({ from, to, ms }) => ({ from: share(from), to: share(to), ms })),
  }
}

const clamp = (at: number, { from, to }: Span) => Math.min(Math.max(at, from), to)

function merged(spans: readonly Span[]): readonly Span[] {
  const result: { from: number; to: number }[] = []
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else result.push({ from, to: Math.max(from, to) })
  }
  return result
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
