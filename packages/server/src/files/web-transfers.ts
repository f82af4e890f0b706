import { FileAccessError } from '../file-access.ts'

/** Files that are open for the web client at once, over all users. */
const MAX_OPEN = 256
/** Of one user: the page keeps to three uploads, a browser to six requests. */
const MAX_OPEN_OF_USER = 24
/** How long transfers that are broken off may take to be gone. */
const LAST_MS = 3_000

/** A place for one open file. Fires when the server stops. */
export interface WebTransfer extends Disposable {
  readonly signal: AbortSignal
}

/** Counts the open files of the web client, and ends them when the server stops. */
export class WebTransfers {
  readonly #open = new Map<AbortController, string>()
  readonly #perUser = new Map<string, number>()
  #closed = false
  #onEmpty: (() => void) | undefined

  /** @throws {FileAccessError} `FILE_BUSY` */
  begin(user: string): WebTransfer {
    if (this.#closed) throw new FileAccessError('FILE_BUSY', 'The server is stopping. Try again in a moment.')
    const mine = this.#perUser.get(user) ?? 0
    if (mine >= MAX_OPEN_OF_USER) {
      throw new FileAccessError(
        'FILE_BUSY',
        `You have ${mine} transfers under way. Wait until one has ended.`,
      )
    }
    if (this.#open.size >= MAX_OPEN) {
      throw new FileAccessError(
        'FILE_BUSY',
        'The server has too many transfers under way. Try again in a moment.',
      )
    }
    const abort = new AbortController()
    this.#open.set(abort, user)
    this.#perUser.set(user, mine + 1)
    return { signal: abort.signal, [Symbol.dispose]: () => this.#end(abort, user) }
  }

  /** Lets what is under way end within `ms` milliseconds, then breaks it off. Nothing begins any more. */
  async close(ms: number): Promise<void> {
    this.#closed = true
    if (this.#open.size === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#onEmpty = resolve
    const cut = setTimeout(() => {
      const reason = new FileAccessError('FILE_BROKEN', 'The server is stopping.')
      for (const abort of this.#open.keys()) abort.abort(reason)
    }, ms)
    const last = setTimeout(resolve, ms + LAST_MS)
    await promise
    clearTimeout(cut)
    clearTimeout(last)
  }

  #end(abort: AbortController, user: string): void {
    if (!this.#open.delete(abort)) return
    const left = (this.#perUser.get(user) ?? 1) - 1
    if (left > 0) this.#perUser.set(user, left)
    else this.#perUser.delete(user)
    if (this.#open.size === 0) this.#onEmpty?.()
  }
}
