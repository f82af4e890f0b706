import { SILENT_MS } from './bounds.ts'

/** A connector as the choice sees it. */
export interface Candidate {
  /** The member's id. */
  readonly id: string
  readonly group: string
  /** Of its group; 0: only when no other can. */
  readonly weight: number
  /** Streams that this edge has on it. */
  readonly streams: number
  /** Streams that its group allows it. */
  readonly maxStreams: number
  readonly draining: boolean
  /** Milliseconds since it was heard of. */
  readonly silentMs: number
  /** Of the server that is asked for. */
  readonly health: 'up' | 'down' | 'unknown'
}

/**
 * The connector for a stream that is not pinned. Those that drain or are full are out. Of the others, the best: one that was heard
 * of just now, that does not see the server down, whose group has a weight, that sees the server up. Among equals a group by its
 * weight, and in it the connector with the fewest streams.
 *
 * @param random - from 0 to below 1
 */
export function chooseConnector<T extends Candidate>(
  candidates: readonly T[],
  random: () => number = Math.random,
): T | undefined {
  const able = candidates.filter(({ draining, streams, maxStreams }) => !draining && streams < maxStreams)
  const best = Math.min(...able.map(rank))
  const equals = able.filter(candidate => rank(candidate) === best)

  const weights = new Map(equals.map(({ group, weight }) => [group, weight]))
  const group = pickByWeight([...weights], random)
  let least: T[] = []
  for (const candidate of equals) {
    if (candidate.group !== group) continue
    const fewest = least[0]?.streams ?? Number.POSITIVE_INFINITY
    if (candidate.streams < fewest) least = [candidate]
    else if (candidate.streams === fewest) least.push(candidate)
  }
  return least[Math.floor(random() * least.length)]
}

/** The lower, the better. */
function rank({ silentMs, health, weight }: Candidate): number {
  return (
    (silentMs > SILENT_MS ? 8 : 0) +
    (health === 'down' ? 4 : 0) +
    (weight === 0 ? 2 : 0) +
    (health === 'up' ? 0 : 1)
  )
}

/** Groups without weight are equal among themselves. */
function pickByWeight(groups: readonly (readonly [string, number])[], random: () => number) {
  const total = groups.reduce((sum, [, weight]) => sum + weight, 0)
  if (total === 0) return groups[Math.floor(random() * groups.length)]?.[0]
  let at = random() * total
  for (const [group, weight] of groups) {
    at -= weight
    if (at < 0) return group
  }
  return groups.at(-1)?.[0]
}
