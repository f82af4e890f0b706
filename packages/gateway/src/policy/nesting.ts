import type { PortRange } from '../model/index.ts'
import { readApplication } from './application.ts'
import type { Claim, SegmentFinder } from './segment-finder.ts'

/** Which segments would get targets of another one if that were not there. */
export class Nesting {
  readonly #segments: readonly Claim[]
  readonly #finder: SegmentFinder
  readonly #known = new Map<number, readonly number[]>()

  constructor(segments: readonly Claim[], finder: SegmentFinder) {
    this.#segments = segments
    this.#finder = finder
  }

  /** Those that have an application of that segment, or a wider one, with a port of it. By their place in the configuration. */
  behind(segment: number): readonly number[] {
    const known = this.#known.get(segment)
    if (known) return known
    const { applications = [], ports = [] } = this.#segments[segment] ?? {}
    const found = new Set<number>()
    for (const text of applications) {
      const application = readApplication(text)
      if (application === undefined) continue
      for (const owner of [...this.#finder.owners(application), ...this.#finder.wider(application)]) {
        if (owner.segment !== segment && sharesPorts(ports, owner.ports)) found.add(owner.segment)
      }
    }
    const behind = [...found]
    this.#known.set(segment, behind)
    return behind
  }
}

const sharesPorts = (ports: readonly PortRange[], others: readonly PortRange[]) =>
  ports.some(({ from, to }) => others.some(other => from <= other.to && other.from <= to))
