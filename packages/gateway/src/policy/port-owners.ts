import type { PortRange } from '../model/index.ts'

/** One segment that has an application. */
export interface Owner {
  /** Its place in the configuration: of two that have the same port, the first counts. */
  readonly segment: number
  /** The application as it was written. */
  readonly application: string
  readonly ports: readonly PortRange[]
}

interface OwnedRange extends PortRange {
  readonly owner: Owner
}

/** From so many segments of one application on, their ports are sorted. */
const WORTH_SORTING = 8

const sorted = new WeakMap<readonly Owner[], readonly OwnedRange[] | 'overlapping'>()

/** The first owner that has the port. */
export function ownerOf(owners: readonly Owner[], port: number): Owner | undefined {
  if (owners.length >= WORTH_SORTING) {
    const ranges = sorted.get(owners) ?? sortPorts(owners)
    sorted.set(owners, ranges)
    if (ranges !== 'overlapping') return search(ranges, port)
  }
  return owners.find(({ ports }) => ports.some(({ from, to }) => from <= port && port <= to))
}

/** Segments of the same application do not share ports where they were checked; those that do are gone through in their order. */
function sortPorts(owners: readonly Owner[]): readonly OwnedRange[] | 'overlapping' {
  const ranges = owners
    .flatMap(owner => owner.ports.map(({ from, to }) => ({ from, to, owner })))
    .sort((a, b) => a.from - b.from)
  const isOverlapping = ranges.some(({ from }, index) => from <= (ranges[index - 1]?.to ?? 0))
  return isOverlapping ? 'overlapping' : ranges
}

function search(ranges: readonly OwnedRange[], port: number): Owner | undefined {
  let low = 0
  let high = ranges.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const range = ranges[middle]
    if (range === undefined) return undefined
    if (port < range.from) high = middle - 1
    else if (port > range.to) low = middle + 1
    else return range.owner
  }
  return undefined
}
