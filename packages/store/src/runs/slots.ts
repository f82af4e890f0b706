/** Sessions of a site at once when nothing else is said. */
const PER_SITE = 2

/** A run as far as others have to make way for it. */
export interface Claim {
  readonly sites: readonly string[]
  readonly exclusive: string | null
}

/**
 * What is left of each site's bound, and which texts are taken. A run whose lease has run out keeps its place until
 * somebody takes it over: its node may still be at it.
 */
export class Slots {
  readonly #perSite: Readonly<Record<string, number>>
  /** Runs by site, those included whose lease has run out. */
  readonly #held = new Map<string, number>()
  /** The same without them. */
  readonly #live = new Map<string, number>()
  readonly #exclusives = new Set<string>()

  constructor(perSite: Readonly<Record<string, number>>) {
    this.#perSite = perSite
  }

  /** Texts that are taken. */
  get exclusives(): ReadonlySet<string> {
    return this.#exclusives
  }

  /** Notes a run that is running. */
  hold(run: Claim, live: boolean): void {
    count(this.#held, run)
    if (live) count(this.#live, run)
    if (run.exclusive !== null) this.#exclusives.add(run.exclusive)
  }

  /** How many more runs with these sites may begin. */
  free(sites: readonly string[]): number {
    return this.#left(this.#held, sites)
  }

  /** Takes a place for a run that waits; false when there is none. */
  take(run: Claim): boolean {
    if (this.free(run.sites) <= 0) return false
    if (run.exclusive !== null && this.#exclusives.has(run.exclusive)) return false
    this.hold(run, true)
    return true
  }

  /** Takes over a run whose lease has run out; false when the bound has become lower meanwhile. */
  takeOver(run: Claim): boolean {
    if (this.#left(this.#live, run.sites) <= 0) return false
    count(this.#live, run)
    return true
  }

  #left(counts: ReadonlyMap<string, number>, sites: readonly string[]): number {
    let least = Number.POSITIVE_INFINITY
    for (const site of sites) {
      const bound = Object.hasOwn(this.#perSite, site) ? this.#perSite[site] : undefined
      least = Math.min(least, (bound ?? PER_SITE) - (counts.get(site) ?? 0))
    }
    return least
  }
}

function count(counts: Map<string, number>, { sites }: Claim): void {
  for (const site of new Set(sites)) counts.set(site, (counts.get(site) ?? 0) + 1)
}
