import { aborted, FtpError } from './errors.ts'
import type { Session } from './session/session.ts'

const closed = () => new FtpError('FTP_CLOSED', 'The client was closed.', { phase: 'command' })

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
  /** Sessions open or being opened. */
  #count = 0
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
      if (this.#count < this.#most) {
        const opened = await this.#open(signal)
        if (opened) return opened
        continue
      }
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

  /** Undefined when the server allows no more than there are: then one of those has to do. */
  async #open(signal: AbortSignal): Promise<Session | undefined> {
    this.#count++
    try {
      const session = await this.#options.open(AbortSignal.any([signal, this.#end.signal]))
      if (this.#end.signal.aborted) session.destroy(closed())
      this.#all.add(session)
      return session
    } catch (error) {
      this.#count--
      const others = this.#count
      if (error instanceof FtpError && this.#saysLimit(error)) {
        this.#most = Math.max(1, Math.min(this.#most, others))
        this.#options.onLimit?.(this.#most, error)
        return undefined
      }
      // Whoever waits for a place may try for it.
      this.#waiters.shift()?.resolve('open')
      throw error
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
