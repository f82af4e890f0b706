import type { Clock } from './clock.ts'

interface Timer {
  readonly time: number
  readonly callback: () => void
}

/** A clock that goes where a test says. */
export class TestClock implements Clock {
  #now: number
  readonly #timers = new Set<Timer>()

  constructor(now: number) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  at(time: number, callback: () => void): Disposable {
    const timer = { time, callback }
    this.#timers.add(timer)
    return { [Symbol.dispose]: () => this.#timers.delete(timer) }
  }

  /** Sets the clock, as an administrator or NTP does: timers go by time that passes, so none of them fires for it. */
  set(now: number): void {
    this.#now = now
  }

  /** Lets time pass, timer by timer. @param settled - resolves when what a timer has begun is done */
  async runTo(time: number, settled: () => Promise<void>): Promise<void> {
    await settled()
    for (let timer = this.#next(time); timer; timer = this.#next(time)) {
      this.#timers.delete(timer)
      this.#now = Math.max(this.#now, timer.time)
      timer.callback()
      await settled()
    }
    this.#now = Math.max(this.#now, time)
  }

  #next(until: number): Timer | undefined {
    const due = [...this.#timers].filter(timer => timer.time <= until)
    return due.sort((a, b) => a.time - b.time)[0]
  }
}
