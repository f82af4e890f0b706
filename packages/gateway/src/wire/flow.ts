import type { WindowSettings } from './types.ts'

export const DEFAULT_WINDOWS: WindowSettings = { initial: 262_144, max: 8_388_608 }
/** What all streams of a link may hold together, in bytes, beside {@link LEAST_WINDOW} for each. */
export const LINK_WINDOWS = 134_217_728
/** A stream has at least this much, in bytes, however many there are beside it. */
export const LEAST_WINDOW = 32_768
/** A shorter round trip is taken for this one, in milliseconds: programs, too, need time until they have their turn. */
const LEAST_ROUND_TRIP_MS = 2
/** Longer without a judgement is a pause, not a rate, in milliseconds. */
const PAUSE_MS = 1_000

/** The memory that the windows of a link's streams share. One may have a quarter of what is left, so there is always some. */
export class WindowBudget {
  #left: number

  constructor(bytes = LINK_WINDOWS) {
    this.#left = bytes
  }

  get isShort(): boolean {
    return this.#left < LINK_WINDOWS / 2
  }

  /** @returns what is given, between `least` and `wanted` */
  take(wanted: number, least: number): number {
    const given = Math.min(wanted, Math.max(least, Math.floor(this.#left / 4)))
    this.#left -= given
    return given
  }

  give(bytes: number): void {
    this.#left += bytes
  }
}

/**
 * What the other side may send on a stream. The window grows when a reader keeps up and the round trip holds it back: to twice
 * of what passes in one round trip. It shrinks only when the link's memory is short.
 */
export class ReceiveWindow {
  readonly #settings: WindowSettings
  readonly #budget: WindowBudget
  readonly #roundTripMs: () => number
  #size: number
  /** Bytes that may still come. */
  #granted = 0
  /** Bytes that came and are not consumed. */
  #held = 0
  #since = 0
  #passed = 0

  /** @param roundTripMs - of the link without load, 0 when it is not known yet */
  constructor(settings: WindowSettings, budget: WindowBudget, roundTripMs: () => number) {
    this.#settings = settings
    this.#budget = budget
    this.#roundTripMs = roundTripMs
    this.#size = budget.take(settings.initial, Math.min(settings.initial, LEAST_WINDOW))
  }

  get size(): number {
    return this.#size
  }

  get granted(): number {
    return this.#granted
  }

  get held(): number {
    return this.#held
  }

  /** @returns false when the other side had no credit for them */
  received(bytes: number): boolean {
    if (bytes > this.#granted) return false
    this.#granted -= bytes
    this.#held += bytes
    return true
  }

  /** @returns whether enough is free for it to be worth a word */
  consumed(bytes: number): boolean {
    this.#held = Math.max(0, this.#held - bytes)
    this.#passed += bytes
    return this.#free >= this.#size / 4
  }

  /** Gives what is free: so many more bytes may come. */
  grant(now = performance.now()): number {
    this.#judge(now)
    const bytes = Math.max(0, this.#free)
    this.#granted += bytes
    return bytes
  }

  /** The stream is over: its memory is for others. */
  release(): void {
    this.#budget.give(this.#size)
    this.#size = 0
  }

  get #free(): number {
    return this.#size - this.#granted - this.#held
  }

  #judge(now: number): void {
    const elapsed = now - this.#since
    if (this.#since === 0 || elapsed > PAUSE_MS) {
      this.#since = now
      this.#passed = 0
    } else if (this.#passed >= this.#size / 2) {
      const wanted = (2 * this.#passed * Math.max(LEAST_ROUND_TRIP_MS, this.#roundTripMs())) / (elapsed || 1)
      if (wanted > this.#size) this.#grow(Math.min(wanted, 2 * this.#size, this.#settings.max))
      else if (wanted < this.#size / 4 && this.#budget.isShort) this.#shrink()
      this.#since = now
      this.#passed = 0
    }
  }

  #grow(wanted: number): void {
    if (wanted > this.#size) this.#size += this.#budget.take(Math.floor(wanted) - this.#size, 0)
  }

  #shrink(): void {
    const size = Math.max(LEAST_WINDOW, Math.floor(this.#size / 2))
    if (size >= this.#size) return
    this.#budget.give(this.#size - size)
    this.#size = size
  }
}
