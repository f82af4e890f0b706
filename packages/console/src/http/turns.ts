import { Problem } from './problem.ts'

/** Lets few do something at once and few wait for it; who comes beyond is told so at once. */
export class Turns {
  readonly #atOnce: number
  readonly #mostWaiting: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(atOnce: number, mostWaiting: number) {
    this.#atOnce = atOnce
    this.#mostWaiting = mostWaiting
  }

  /** @throws {Problem} 503 `AUTH_BUSY` */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#atOnce) this.#running++
    else await this.#queue()
    try {
      return await work()
    } finally {
      // The place goes to the next one in line, and is free only when there is none.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running--
    }
  }

  #queue(): Promise<void> {
    if (this.#waiting.length >= this.#mostWaiting) {
      const text = 'Too many people sign in at once. Try again in a few seconds.'
      throw new Problem(503, 'AUTH_BUSY', text, undefined, { headers: { 'retry-after': '5' } })
    }
    return new Promise(resolve => this.#waiting.push(resolve))
  }
}
