import { setImmediate as nextTurn } from 'node:timers/promises'

/** A call that takes longer than this waited for a disk, or for the processor. Milliseconds. */
const SLOW_MS = 2
/** A call that takes longer than this ends calls on the event loop at once. Milliseconds. */
const TOO_SLOW_MS = 15
/** That many slow calls among {@link WINDOW} end calls on the event loop. */
const STRIKES = 3
const WINDOW = 64
/** How long calls then stay off the event loop; twice as long each time, at most the second figure. Milliseconds. */
const PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/**
 * Decides whether short file calls run on the event loop.
 *
 * A call that finds its answer in the kernel's cache takes 1 to 5 microseconds, through the thread pool 30 and more.
 * So such calls (lookups, `fstat`, the only read of a small file) are made directly while they are quick. Where they
 * wait for a disk they go to the thread pool: at once for file systems of the network, after a few slow calls elsewhere.
 * Calls that change the disk never run here: a journal can hold them for long.
 */
export class Pace {
  readonly #allowed: boolean
  readonly #now: () => number
  #calls = 0
  #strikes = 0
  #pauseMs = PAUSE_MS
  #pausedUntil = 0

  /**
   * @param allowed - false where a call may wait for another machine
   * @param now - milliseconds of any clock
   */
  constructor(allowed: boolean, now: () => number = () => performance.now()) {
    this.#allowed = allowed
    this.#now = now
  }

  /** True where calls never wait for another machine. */
  get local(): boolean {
    return this.#allowed
  }

  /** Whether the next short call may run on the event loop. */
  get quick(): boolean {
    return this.#allowed && (this.#pausedUntil === 0 || this.#now() >= this.#pausedUntil)
  }

  /** Makes a call on the event loop and judges it. */
  run<T>(call: () => T): T {
    const before = this.#now()
    try {
      return call()
    } finally {
      this.judge(this.#now() - before)
    }
  }

  /** Judges a call made on the event loop that took `ms`. */
  judge(ms: number): void {
    this.#calls += 1
    if (ms > SLOW_MS) {
      this.#strikes += 1
      if (ms > TOO_SLOW_MS || this.#strikes >= STRIKES) this.#pause()
    } else if (this.#calls >= WINDOW) {
      // One preemption among many calls says nothing about the disk.
      if (this.#strikes === 0) this.#pauseMs = PAUSE_MS
      this.#calls = 0
      this.#strikes = 0
    }
  }

  #pause(): void {
    this.#pausedUntil = this.#now() + this.#pauseMs
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS)
    this.#calls = 0
    // After the pause one more slow call is enough.
    this.#strikes = STRIKES - 1
  }
}

/** Lets the event loop turn when the work since its last turn has taken its share. */
export class TimeSlice {
  readonly #ms: number
  readonly #now: () => number
  #from: number

  /** @param ms - longest work between two turns of the event loop, in milliseconds */
  constructor(ms: number, now: () => number = () => performance.now()) {
    this.#ms = ms
    this.#now = now
    this.#from = now()
  }

  /** Whether the share is used up at that time. */
  overAt(now: number): boolean {
    return now - this.#from > this.#ms
  }

  /** Waits for the event loop to turn, and begins a new share. */
  async turn(): Promise<void> {
    await nextTurn()
    this.#from = this.#now()
  }
}
