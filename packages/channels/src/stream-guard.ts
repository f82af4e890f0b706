import type { Socket } from 'node:net'
import { type BreakCause, isBreakCause } from './stream-end.ts'

/** Thrown by {@link StreamGuard.wait} when the stream broke meanwhile; {@link StreamGuard.cause} says why. */
export const BROKEN: unique symbol = Symbol('the stream is broken')

/** What the guard needs to know. */
export interface GuardOptions {
  /** Fires with a {@link BreakCause} as its reason. */
  readonly signal: AbortSignal
  /** Milliseconds without activity on the socket after which {@link onQuiet} is asked. */
  readonly quietMs: number
  /** Cuts the connection. */
  destroy(cause: BreakCause): void
  /** Nothing moved for `quietMs`: answers what that means, or undefined to wait for as long again. */
  onQuiet(): BreakCause | undefined | Promise<BreakCause | undefined>
  /** What an error of the socket means; undefined when it means nothing any more. */
  explain(error: NodeJS.ErrnoException): BreakCause | undefined
  /** Why the owner of the connection cut it, if it did. */
  cutBy(): BreakCause | undefined
}

/**
 * Watches one socket while bytes move. Whatever ends the stream first - an error, a signal, silence - becomes its one
 * cause, cuts the connection and ends the wait that is under way.
 */
export class StreamGuard {
  readonly #stream: Socket
  readonly #options: GuardOptions
  #cause: BreakCause | undefined
  #interrupt: ((reason: typeof BROKEN) => void) | undefined
  #mayClose = false

  constructor(stream: Socket, options: GuardOptions) {
    this.#stream = stream
    this.#options = options
    stream.on('error', this.#onError).on('close', this.#onClose).on('timeout', this.#onTimeout)
    // The socket's own timer costs nothing per chunk, and it knows of writes that the kernel takes in parts.
    stream.setTimeout(options.quietMs)
    options.signal.addEventListener('abort', this.#onAbort, { once: true })
    if (options.signal.aborted) this.#onAbort()
    else if (stream.destroyed) this.#onClose()
  }

  /** What broke the stream, if anything did. */
  get cause(): BreakCause | undefined {
    return this.#cause
  }

  /** From now on a socket that closes has done its duty. */
  expectClose(): void {
    this.#mayClose = true
  }

  /** Breaks the stream, unless it is broken already. */
  fail(cause: BreakCause): void {
    if (this.#cause) return
    this.#cause = cause
    this.#options.destroy(cause)
    this.#interrupt?.(BROKEN)
  }

  /** Waits for the work, but no longer than the stream stands. One wait at a time. Throws {@link BROKEN}. */
  wait<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#cause) {
        work.catch(() => {})
        return reject(BROKEN)
      }
      this.#interrupt = reject
      work.then(
        value => {
          this.#interrupt = undefined
          resolve(value)
        },
        error => {
          this.#interrupt = undefined
          reject(error)
        },
      )
    })
  }

  /** Watches no longer. */
  release(): void {
    this.#stream.off('error', this.#onError).off('close', this.#onClose).off('timeout', this.#onTimeout)
    this.#stream.setTimeout(0)
    this.#options.signal.removeEventListener('abort', this.#onAbort)
  }

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    const cause = this.#options.cutBy() ?? this.#options.explain(error)
    if (cause) this.fail(cause)
  }

  readonly #onClose = (): void => {
    const cut = this.#options.cutBy()
    if (cut) this.fail(cut)
    else if (!this.#mayClose) this.fail({ code: 'reset', text: 'the data connection is gone' })
  }

  readonly #onAbort = (): void => this.fail(causeOf(this.#options.signal))

  readonly #onTimeout = async (): Promise<void> => {
    const cause = await this.#options.onQuiet()
    if (cause) this.fail(cause)
    else if (!this.#cause) this.#stream.setTimeout(this.#options.quietMs)
  }
}

/** The reason of a signal, where it is a {@link BreakCause}; else one that says that we ended it. */
function causeOf(signal: AbortSignal): BreakCause {
  const reason: unknown = signal.reason
  if (isBreakCause(reason)) return reason
  return { code: 'aborted', text: reason instanceof Error ? reason.message : 'the transfer was ended' }
}
