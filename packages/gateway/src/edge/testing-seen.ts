/** Things that happened, in order, and the wish to wait for one. For tests. */
export class Seen<T> {
  readonly all: T[] = []
  #waiting = new Set<() => void>()

  readonly add = (item: T): void => {
    this.all.push(item)
    for (const look of [...this.#waiting]) look()
  }

  /** The first that fits, also one that has happened already. Rejects after 10 s. */
  async find(fits: (item: T) => boolean, what = 'what was waited for'): Promise<T> {
    return await this.when(all => all.find(fits), what)
  }

  /** Waits until a look at all of them yields something. Rejects after 10 s. */
  when<R>(look: (all: readonly T[]) => R | undefined, what = 'what was waited for'): Promise<R> {
    return new Promise((resolve, reject) => {
      const again = () => {
        const found = look(this.all)
        if (found === undefined || found === false) return
        clearTimeout(timer)
        this.#waiting.delete(again)
        resolve(found)
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(again)
        reject(new Error(`${what} did not happen; ${JSON.stringify(this.all.slice(-5))} did`))
      }, 10_000)
      this.#waiting.add(again)
      again()
    })
  }
}
