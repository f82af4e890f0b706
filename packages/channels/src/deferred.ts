/**
 * A promise that is settled from outside, once. Unlike `Promise.withResolvers` it knows whether it was settled, and a
 * rejection that nobody awaits (yet) is not an unhandled one.
 */
export class Deferred<T> {
  readonly promise: Promise<T>
  #settled = false
  readonly #resolve: (value: T) => void
  readonly #reject: (error: unknown) => void

  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    promise.catch(() => {})
    this.promise = promise
    this.#resolve = resolve
    this.#reject = reject
  }

  get settled(): boolean {
    return this.#settled
  }

  resolve(value: T): void {
    this.#settled = true
    this.#resolve(value)
  }

  reject(error: unknown): void {
    this.#settled = true
    this.#reject(error)
  }
}

/** Calls `then` when the signal fires, at once if it has fired. @returns takes the call back */
export function onAbort(signal: AbortSignal, then: () => void): () => void {
  if (signal.aborted) {
    then()
    return () => {}
  }
  signal.addEventListener('abort', then, { once: true })
  return () => signal.removeEventListener('abort', then)
}
