/** A whole number from 0 up to, but not including, `below`. Every value has to be equally likely. */
export type RandomBelow = (below: number) => number

/**
 * The free ones among the numbers 0 to `size - 1`. Taking one picks each free number with the same likelihood, in one
 * draw and constant time, however few are left.
 *
 * It is a shuffle that stops early: places 0 to `free - 1` hold the free numbers. A place holds its own number unless
 * the maps say otherwise, so an untouched set of any size costs nothing.
 */
export class FreeSet {
  readonly #size: number
  #free: number
  readonly #numberAt = new Map<number, number>()
  readonly #placeOf = new Map<number, number>()

  constructor(size: number) {
    this.#size = size
    this.#free = size
  }

  /** How many are free. */
  get free(): number {
    return this.#free
  }

  /** How many are taken. */
  get taken(): number {
    return this.#size - this.#free
  }

  has(number: number): boolean {
    return this.#place(number) < this.#free
  }

  /** Takes one of the free numbers, each with the same likelihood; undefined when none is free. */
  takeAny(random: RandomBelow): number | undefined {
    if (this.#free === 0) return undefined
    const number = this.#number(random(this.#free))
    this.take(number)
    return number
  }

  /** Takes this number. @returns false when it was taken already */
  take(number: number): boolean {
    if (!this.has(number)) return false
    this.#free--
    this.#swap(this.#place(number), this.#free)
    return true
  }

  /** Makes this number free. @returns false when it was free already */
  give(number: number): boolean {
    if (this.has(number)) return false
    this.#swap(this.#place(number), this.#free)
    this.#free++
    if (this.#free === this.#size) {
      this.#numberAt.clear()
      this.#placeOf.clear()
    }
    return true
  }

  #number(place: number): number {
    return this.#numberAt.get(place) ?? place
  }

  #place(number: number): number {
    return this.#placeOf.get(number) ?? number
  }

  #swap(a: number, b: number): void {
    const first = this.#number(a)
    const second = this.#number(b)
    this.#put(a, second)
    this.#put(b, first)
  }

  #put(place: number, number: number): void {
    if (place === number) {
      this.#numberAt.delete(place)
      this.#placeOf.delete(number)
    } else {
      this.#numberAt.set(place, number)
      this.#placeOf.set(number, place)
    }
  }
}
