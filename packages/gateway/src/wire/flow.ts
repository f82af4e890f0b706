import type { WindowSettings } from './types.ts'

export const DEFAULT_WINDOWS: WindowSettings = { initial: 262_144, max: 8_388_608 }
/** What all streams of a link may hold together, in bytes, beside {@link LEAST_WINDOW} for each. */
export const LINK_WINDOWS = 134_217_728
/** A stream has at least this much, in bytes, however many there are beside it. */
export const LEAST_WINDOW = 32_768

/**
 * What may be under way on a link however short it is: what passes in so many milliseconds, within these bounds in bytes. Measured: with
 * less it is slower on a machine that has other work, with more small streams wait longer.
 */
const SHORT_MS = 20
const LEAST_UNDER_WAY = 262_144
const MUCH_UNDER_WAY = 1_048_576
/** One's share of it, in bytes, however many there are. */
const LEAST_SHARE = 65_536
/** Programs, too, need time until they have their turn: what is taken for the round trip at least, in milliseconds. */
const LINK_TURN_MS = 1
const STREAM_TURN_MS = 4
/** Milliseconds over which the rate of a link is measured, at least. */
const MEASURE_MS = 10
/** So much credit is given at once, in bytes, unless the window is small or large. */
const WORTH_A_WORD = 65_536
/** Longer without a judgement is a pause, not a rate, in milliseconds. */
const PAUSE_MS = 1_000

/**
 * What the windows of a link's streams have in common: the memory that they share, of which one may have a quarter of what is left, so
 * that there is always some; and how much is worth having under way, which is twice of what passes in a round trip.
 */
export class LinkFlow {
  readonly #roundTripMs: () => number
  #left = LINK_WINDOWS
  #underWay = MUCH_UNDER_WAY
  #active = 1
  /** The measurement that runs. */
  #epoch = 1
  #since = 0
  #bytes = 0
  #seen = 0

  /** @param roundTripMs - of the link without load, 0 when it is not known yet */
  constructor(roundTripMs: () => number) {
    this.#roundTripMs = roundTripMs
  }

  get roundTripMs(): number {
    return this.#roundTripMs()
  }

  get isShort(): boolean {
    return this.#left < LINK_WINDOWS / 2
  }

  /** What is good for one stream of those that are active, in bytes. */
  get share(): number {
    return Math.max(LEAST_SHARE, Math.floor(this.#underWay / this.#active))
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

  /**
   * Bytes of a stream passed.
   * @param epoch - what the last call for that stream has answered, 0 for its first
   */
  passed(bytes: number, epoch: number, now: number): number {
    const elapsed = now - this.#since
    if (elapsed >= Math.max(MEASURE_MS, 2 * this.#roundTripMs())) {
      const rate = this.#bytes / elapsed
      const short = Math.min(MUCH_UNDER_WAY, Math.max(LEAST_UNDER_WAY, SHORT_MS * rate))
      this.#underWay = Math.max(short, 2 * rate * Math.max(LINK_TURN_MS, this.#roundTripMs()))
      this.#active = Math.max(1, this.#seen)
      this.#epoch += 1
      this.#since = now
      this.#bytes = 0
      this.#seen = 0
    }
    this.#bytes += bytes
    if (epoch !== this.#epoch) this.#seen += 1
    return this.#epoch
  }
}

/**
 * What the other side may send on a stream. The window grows for a reader that keeps up, to twice of what it takes in a round trip, and
 * to its share of the link. It shrinks when others come, or when the memory of the link is short.
 */
export class ReceiveWindow {
  readonly #settings: WindowSettings
  readonly #link: LinkFlow
  #size: number
  /** Bytes that may still come. */
  #granted = 0
  /** Bytes that came and are not consumed. */
  #held = 0
  #since = 0
  #passed = 0
  #unreported = 0
  #epoch = 0

  constructor(settings: WindowSettings, link: LinkFlow) {
    this.#settings = settings
    this.#link = link
    this.#size = link.take(settings.initial, Math.min(settings.initial, LEAST_WINDOW))
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
    this.#unreported += bytes
    return this.#free >= Math.max(this.#size / 8, Math.min(this.#size / 4, WORTH_A_WORD))
  }

  /** Gives what is free: so many more bytes may come. */
  grant(now = performance.now()): number {
    if (this.#unreported > 0) {
      this.#epoch = this.#link.passed(this.#unreported, this.#epoch, now)
      this.#unreported = 0
      this.#judge(now)
    }
    const bytes = Math.max(0, this.#free)
    this.#granted += bytes
    return bytes
  }

  /** The stream is over: its memory is for others. */
  release(): void {
    this.#link.give(this.#size)
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
      const turn = Math.max(STREAM_TURN_MS, this.#link.roundTripMs)
      const own = (2 * this.#passed * turn) / (elapsed || 1)
      const { share } = this.#link
      const wanted = Math.min(own, share, 2 * this.#size, this.#settings.max)
      if (wanted > this.#size) this.#size += this.#link.take(Math.floor(wanted) - this.#size, 0)
      else if (share < 0.75 * this.#size) this.#shrink(share)
      else if (own < this.#size / 4 && this.#link.isShort) this.#shrink(this.#size / 2)
      this.#since = now
      this.#passed = 0
    }
  }

  #shrink(wanted: number): void {
    const size = Math.max(Math.min(LEAST_SHARE, this.#settings.initial), Math.floor(wanted))
    if (size >= this.#size) return
    this.#link.give(this.#size - size)
    this.#size = size
  }
}
