/** How many may be inside at once. */
export interface GateLimits {
  readonly total: number
  readonly perAddress: number
}

/** Counts who is inside, all together and by address, and lets nobody in beyond the bounds. */
export class Gate {
  readonly #limits: GateLimits
  readonly #inside = new Map<string, number>()
  #total = 0

  constructor(limits: GateLimits) {
    this.#limits = limits
  }

  get inside(): number {
    return this.#total
  }

  /** Answers what lets out again (more than once does nothing more); undefined when it is full. */
  enter(address: string): (() => void) | undefined {
    const here = this.#inside.get(address) ?? 0
    if (this.#total >= this.#limits.total || here >= this.#limits.perAddress) return undefined
    this.#inside.set(address, here + 1)
    this.#total++
    let left = false
    return () => {
      if (left) return
      left = true
      this.#total--
      const rest = (this.#inside.get(address) ?? 1) - 1
      if (rest === 0) this.#inside.delete(address)
      else this.#inside.set(address, rest)
    }
  }
}
