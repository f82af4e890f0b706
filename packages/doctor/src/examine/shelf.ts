import { FtpError, type Session } from '@portolan/client'

/** What the server said when it let no more sessions in. */
export type SessionLimit = string

/** Sessions for steps that do not wait for one another: opened as needed, used again, as many as the server lets in. */
export class SessionShelf implements AsyncDisposable {
  readonly #open: () => Promise<Session>
  readonly #idle: Session[]
  readonly #waiting: (() => void)[] = []
  #most: number
  #out = 0
  #peak = 1
  #limit: SessionLimit | undefined

  /** @param first - the session that is there already */
  constructor(first: Session, open: () => Promise<Session>, most: number) {
    this.#open = open
    this.#idle = [first]
    this.#most = most
  }

  /** The most sessions that were open at once. */
  get peak(): number {
    return this.#peak
  }

  get limit(): SessionLimit | undefined {
    return this.#limit
  }

  /** Runs something with a session that nobody else has. @throws {FtpError} when none can be had */
  async use<T>(run: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#take()
    try {
      return await run(session)
    } finally {
      this.#out--
      if (session.usable) this.#idle.push(session)
      this.#waiting.shift()?.()
    }
  }

  async #take(): Promise<Session> {
    for (;;) {
      while (this.#out >= this.#most) {
        const { promise, resolve } = Promise.withResolvers<void>()
        this.#waiting.push(resolve)
        await promise
      }
      this.#out++
      const idle = this.#idle.pop()
      if (idle?.usable) return idle
      try {
        const session = await this.#open()
        this.#peak = Math.max(this.#peak, this.#out + this.#idle.length)
        return session
      } catch (error) {
        this.#out--
        if (!(error instanceof FtpError) || !isLimit(error) || this.#out === 0) {
          this.#waiting.shift()?.()
          throw error
        }
        // As many as there are; this one waits for one of them.
        this.#limit = error.message
        this.#most = this.#out
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#idle.splice(0).map(session => session.close()))
  }
}

function isLimit({ code, reply }: FtpError): boolean {
  return code === 'FTP_BUSY' || code === 'FTP_LOGIN' || reply?.code === 421
}
