import { isSpeed, type Target, type Unit } from './works/work.ts'

/** One measurement, or why there is none. */
export type Sample =
  | {
      readonly kind: 'measured'
      readonly round: number
      readonly value: number
      readonly detail: Readonly<Record<string, number>>
    }
  | { readonly kind: 'failed'; readonly round: number; readonly reason: string }

/** What one server reached in one work. */
export type Figure =
  | { readonly kind: 'reached'; readonly value: number; readonly samples: readonly Sample[] }
  | { readonly kind: 'left out'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly samples: readonly Sample[] }

/** What stands in the last columns of a row. */
export interface Verdict {
  /**
   * The subject's figure to the best peer's; above 1 is better in every unit. With a target of kind `times` it is the
   * plain quotient to that one peer, which then is `best`.
   */
  readonly ratio?: number
  readonly best?: string
  readonly reached?: boolean
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no median of nothing')
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2
}

/** The median of the rounds. A single broken round spoils it: a server that fails now and then is not faster. */
export function figureOf(samples: readonly Sample[]): Figure {
  const failed = samples.find(sample => sample.kind === 'failed')
  if (failed !== undefined) return { kind: 'failed', reason: failed.reason, samples }
  const values = samples.flatMap(sample => (sample.kind === 'measured' ? [sample.value] : []))
  if (values.length === 0) return { kind: 'left out', reason: 'not measured' }
  return { kind: 'reached', value: median(values), samples }
}

/** Compares the subject with the peers of the same run. */
export function verdictOf(
  work: { readonly unit: Unit; readonly target?: Target },
  subject: Figure | undefined,
  peers: ReadonlyMap<string, Figure>,
): Verdict {
  if (work.target?.kind === 'floor') return verdictOfFloor(work.target, subject, peers)
  if (work.target?.kind === 'times') return verdictOfTimes(work.target, subject, peers)
  const best = bestOf(work.unit, peers)
  if (subject?.kind !== 'reached') {
    return {
      ...(best === undefined ? {} : { best: best.name }),
      ...(subject?.kind === 'failed' && work.target !== undefined ? { reached: false } : {}),
    }
  }
  const ratio = best === undefined ? undefined : ratioOf(work.unit, subject.value, best.value)
  const reached = isReached(work.target, subject.value, ratio)
  return {
    ...(best === undefined ? {} : { best: best.name }),
    ...(ratio === undefined ? {} : { ratio }),
    ...(reached === undefined ? {} : { reached }),
  }
}

function verdictOfTimes(
  { of, atMost }: { readonly of: string; readonly atMost: number },
  subject: Figure | undefined,
  peers: ReadonlyMap<string, Figure>,
): Verdict {
  if (subject?.kind !== 'reached') return { best: of, ...(subject?.kind === 'failed' && { reached: false }) }
  const peer = peers.get(of)
  if (peer?.kind !== 'reached' || peer.value <= 0) return { best: of }
  const ratio = subject.value / peer.value
  return { best: of, ratio, reached: Math.round(ratio * 100) <= Math.round(atMost * 100) }
}

function verdictOfFloor(
  { atLeast = 0, of }: { readonly atLeast?: number; readonly of?: string },
  subject: Figure | undefined,
  peers: ReadonlyMap<string, Figure>,
): Verdict {
  if (subject?.kind !== 'reached')
    return { ...(of && { best: of }), ...(subject?.kind === 'failed' && { reached: false }) }
  const enough = Math.round(subject.value) >= atLeast
  if (of === undefined) return { reached: enough }
  const peer = peers.get(of)
  if (peer?.kind !== 'reached' || peer.value <= 0) return { best: of, ...(!enough && { reached: false }) }
  const ratio = subject.value / peer.value
  return { best: of, ratio, reached: enough && Math.round(ratio * 100) >= 100 }
}

function bestOf(unit: Unit, peers: ReadonlyMap<string, Figure>): { name: string; value: number } | undefined {
  let best: { name: string; value: number } | undefined
  for (const [name, figure] of peers) {
    if (figure.kind !== 'reached') continue
    const better =
      best === undefined || (isSpeed(unit) ? figure.value > best.value : figure.value < best.value)
    if (better) best = { name, value: figure.value }
  }
  return best
}

function ratioOf(unit: Unit, ours: number, theirs: number): number | undefined {
  const [above, below] = isSpeed(unit) ? [ours, theirs] : [theirs, ours]
  return below > 0 ? above / below : undefined
}

function isReached(
  target: Target | undefined,
  value: number,
  ratio: number | undefined,
): boolean | undefined {
  if (target?.kind === 'value') return value <= target.atMost
  if (target?.kind !== 'ratio') return undefined
  // Rounded as it is printed, so that the table never says "1.00, missed".
  return ratio === undefined ? undefined : Math.round(ratio * 100) >= Math.round(target.atLeast * 100)
}
