/** Something that is due at a time. */
export interface Due<T> {
  readonly at: number
  readonly what: T
}

/** What is due next, of many: a binary heap. */
export class DueHeap<T> {
  readonly #rows: Due<T>[] = []

  get next(): Due<T> | undefined {
    return this.#rows[0]
  }

  clear(): void {
    this.#rows.length = 0
  }

  push(due: Due<T>): void {
    const rows = this.#rows
    let place = rows.length
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = rows[above]
      if (parent === undefined || parent.at <= due.at) break
      rows[place] = parent
      place = above
    }
    rows[place] = due
  }

  /** Takes the next one, if its time is not after `until`. */
  take(until: number): Due<T> | undefined {
    const rows = this.#rows
    const first = rows[0]
    if (first === undefined || first.at > until) return undefined
    const last = rows.pop()
    if (last !== undefined && rows.length > 0) this.#sink(last)
    return first
  }

  #sink(due: Due<T>): void {
    const rows = this.#rows
    let place = 0
    while (true) {
      const left = place * 2 + 1
      const right = rows[left + 1]
      const below = right !== undefined && right.at < (rows[left]?.at ?? 0) ? left + 1 : left
      const child = rows[below]
      if (child === undefined || child.at >= due.at) break
      rows[place] = child
      place = below
    }
    rows[place] = due
  }
}
