import type { PortRange } from '../model/index.ts'

export const portsText = ({ from, to }: PortRange) => (from === to ? `${from}` : `${from}-${to}`)

export const overlaps = (a: PortRange, b: PortRange) => a.from <= b.to && b.from <= a.to

/** The first range of one list that shares a port with the other. */
export function sharedPorts(
  ranges: readonly PortRange[],
  others: readonly PortRange[],
): PortRange | undefined {
  for (const range of ranges) {
    const other = others.find(one => overlaps(range, one))
    if (other) return { from: Math.max(range.from, other.from), to: Math.min(range.to, other.to) }
  }
  return undefined
}

/** How many ports there are in ranges that do not overlap. */
export const countPorts = (ranges: readonly PortRange[]) =>
  ranges.reduce((count, { from, to }) => count + to - from + 1, 0)
