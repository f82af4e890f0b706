import { aborted, FtpError } from './errors.ts'
import type { Session } from './session/session.ts'

const closed = () => new FtpError('FTP_CLOSED', 'The client was closed.', { phase: 'command' })

/** Milliseconds without a new session after one could not be opened while others stand. */
const PAUSE_MS = 5_000

/** What a pool needs of its client. */
export interface PoolOptions {
  /** The most sessions at once. */
  readonly most: number
  open(signal: AbortSignal): Promise<Session>
  /** The server allows so many and no more: learnt from a 421 or 530. */
  onLimit?(sessions: number, error: FtpError): void
}

interface Waiter {
  resolve(session: Session | 'open'): void
  reject(error: unknown): void
}

/**
 * Sessions that are used in turn. It opens as many as are asked for at once, up to its bound, and fewer when the server
 * says that there are too many: whoever has none then waits for one to be given back. Nobody holds a session while waiting
 * for another, so that nothing can lock.
 */
export class SessionPool implements AsyncDisposable {
  readonly #options: PoolOptions
  readonly #idle: Session[] = []
  readonly #all = new Set<Session>()
  readonly #waiters: Waiter[] = []
  /** Those being opened. */
  readonly #opening = new Set<AbortController>()
  /** Sessions open or being opened. */
  #count = 0
  /** When another may be opened, after one could not be. */
  #notBefore = 0
  #most: number
  /** Fires when the pool is closed. */
  readonly #end = new AbortController()

  constructor(options: PoolOptions) {
    this.#options = options
    this.#most = options.most
  }

  /** How many sessions may be open at once. */
  get most(): number {
    return this.#most
  }

  /** Never above what the server has been found to allow. */
  widen(most: number, allowed = Number.POSITIVE_INFINITY): void {
    this.#most = Math.max(this.#most, Math.min(most, allowed))
  }

  /** Runs something on a session of its own. */
  async use<T>(signal: AbortSignal, run: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#take(signal)
    try {
      return await run(session)
    } finally {
      this.#giveBack(session)
    }
  }

  /** QUIT to all that are idle; those in use are ended. */
  async close(): Promise<void> {
    const error = closed()
    this.#end.abort(error)
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error)
    const idle = this.#idle.splice(0)
    for (const session of this.#all) if (!idle.includes(session)) session.destroy(error)
    await Promise.all(idle.map(session => session.close()))
    this.#all.clear()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #take(signal: AbortSignal): Promise<Session> {
    for (;;) {
      if (signal.aborted) {
        // The place that this one was called for is another’s now.
        this.#waiters.shift()?.resolve('open')
        throw aborted('connect', signal)
      }
      if (this.#end.signal.aborted) throw closed()
      const idle = this.#takeIdle()
      if (idle) {
        if (await idle.inStep()) return idle
        this.#giveBack(idle)
        continue
      }
      if (this.#mayOpen) this.#open()
      const given = await this.#wait(signal)
      if (given === 'open') continue
      if (await given.inStep()) return given
      this.#giveBack(given)
    }
  }

  /** The session used last: its data connection may be agreed on already. */
  #takeIdle(): Session | undefined {
    for (let session = this.#idle.pop(); session; session = this.#idle.pop()) {
      if (session.usable) return session
      this.#forget(session)
    }
    return undefined
  }

  /** One more session for each that waits, up to the bound. */
  get #mayOpen(): boolean {
    const wanted = this.#opening.size <= this.#waiters.length
    return wanted && this.#count < this.#most && performance.now() >= this.#notBefore
  }

  /** Opens a session for whoever waits longest. Nobody waits for this one alone: one that is given back before does as well. */
  #open(): void {
    const stop = new AbortController()
    this.#opening.add(stop)
    this.#count++
    this.#options.open(AbortSignal.any([stop.signal, this.#end.signal])).then(
      session => {
        this.#opening.delete(stop)
        if (this.#end.signal.aborted) session.destroy(closed())
        this.#all.add(session)
        this.#giveBack(session)
      },
      (error: unknown) => {
        this.#opening.delete(stop)
        this.#count--
        this.#notOpened(error)
      },
    )
  }

  /** Where other sessions stand, those do the work; else whoever waits longest is told. */
  #notOpened(error: unknown): void {
    if (error instanceof FtpError && this.#saysLimit(error)) {
      this.#most = Math.max(1, Math.min(this.#most, this.#count))
      this.#options.onLimit?.(this.#most, error)
    } else if (this.#all.size > 0) {
      this.#notBefore = performance.now() + PAUSE_MS
    } else {
      this.#waiters.shift()?.reject(error)
      // The next one tries for itself.
      if (this.#opening.size < this.#waiters.length && this.#count < this.#most) this.#open()
    }
  }

  /** A login that is refused where the same one was accepted before is a limit in other words. */
  #saysLimit({ code }: FtpError): boolean {
    return (code === 'FTP_BUSY' && this.#count > 0) || (code === 'FTP_LOGIN' && this.#all.size > 0)
  }

  #wait(signal: AbortSignal): Promise<Session | 'open'> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        const at = this.#waiters.indexOf(waiter)
        if (at >= 0) this.#waiters.splice(at, 1)
        if (this.#opening.size > this.#waiters.length) [...this.#opening].at(-1)?.abort(signal.reason)
        reject(aborted('connect', signal))
      }
      const done = () => signal.removeEventListener('abort', stop)
      const waiter: Waiter = {
        resolve(session) {
          done()
          resolve(session)
        },
        reject(error) {
          done()
          reject(error)
        },
      }
      this.#waiters.push(waiter)
      signal.addEventListener('abort', stop, { once: true })
    })
  }

  #giveBack(session: Session): void {
    if (!session.usable) {
      this.#forget(session)
      this.#waiters.shift()?.resolve('open')
      return
    }
    const waiter = this.#waiters.shift()
    if (waiter) waiter.resolve(session)
    else this.#idle.push(session)
  }

  #forget(session: Session): void {
    if (!this.#all.delete(session)) return
    session.dropAhead()
    this.#count--
  }
}
