/** Time, as what waits for it sees it: tests have one of their own, in which a day takes a moment. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls back once that time has come; soon when it is past. Disposing it before takes it back. */
  at(time: number, callback: () => void): Disposable
}

/** Timers of Node hold 31 bits of milliseconds, and fire at once beyond that. */
const LONGEST_MS = 2_147_483_647

/** The clock of the machine. Its timers do not keep the process alive, and do not follow a clock that is set. */
export const systemClock: Clock = {
  now: () => Date.now(),
  at(time, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(time - Date.now(), 0), LONGEST_MS)).unref()
    return { [Symbol.dispose]: () => clearTimeout(timer) }
  },
}
