/** How long changes wait for company at the least and at the most, in milliseconds. */
const SHORTEST_MS = 100
const LONGEST_MS = 1_000
/** First and longest wait after a failure, in milliseconds. */
const RETRY_MS = 1_000
const RETRY_CEILING_MS = 30_000

/** Does one thing after the other, each once for all that asked for it meanwhile. */
export interface Coalesced<T> extends Disposable {
  add(item: T): void
  /** Resolves when all that was added before is done; rejects when it failed (it is tried again all the same). */
  done(): Promise<void>
}

/**
 * Collects items and handles them together, one batch at a time. What takes long is done less often: a wait is ten times as long as the
 * last batch took, from 100 ms to 1 s. A batch that fails is added again, after a wait.
 */
export function coalesce<T>(
  handle: (items: ReadonlySet<T>) => Promise<void>,
  failed: (error: unknown) => void,
): Coalesced<T> {
  let items = new Set<T>()
  let timer: NodeJS.Timeout | undefined
  let next = Promise.withResolvers<void>()
  let running: Promise<void> | undefined
  let tookMs = 0
  let retryMs = RETRY_MS
  let closed = false
  next.promise.catch(() => {})

  const plan = (ms: number) => {
    if (closed || running) return
    timer ??= setTimeout(run, ms)
    timer.unref()
  }
  const run = () => {
    timer = undefined
    const batch = items
    const { resolve, reject } = next
    items = new Set()
    next = Promise.withResolvers<void>()
    next.promise.catch(() => {})
    const began = performance.now()
    running = handle(batch).then(
      () => {
        retryMs = RETRY_MS
        resolve()
        settled(began)
      },
      error => {
        items = new Set([...batch, ...items])
        reject(error)
        failed(error)
        settled(began, retryMs)
        retryMs = Math.min(retryMs * 2, RETRY_CEILING_MS)
      },
    )
  }
  const settled = (began: number, wait?: number) => {
    tookMs = performance.now() - began
    running = undefined
    if (items.size > 0) plan(wait ?? Math.min(Math.max(tookMs * 10, SHORTEST_MS), LONGEST_MS))
  }

  return {
    add(item) {
      items.add(item)
      plan(Math.min(Math.max(tookMs * 10, SHORTEST_MS), LONGEST_MS))
    },
    async done() {
      if (items.size > 0) await next.promise
      else await running
    },
    [Symbol.dispose]() {
      closed = true
      clearTimeout(timer)
      next.reject(new Error('it was closed'))
    },
  }
}
