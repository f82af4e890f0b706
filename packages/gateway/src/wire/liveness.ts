import { encodeFrame } from './frames.ts'
import { FRAME } from './types.ts'

/** PINGs without an answer that are remembered; at one each second more than any link waits. */
const MAX_OPEN = 128
/** How much the shortest round trip grows with every PING, so that a path that has become longer is believed after minutes. */
const FORGETTING = 1.002
/** An answer may take so many times as long as silence may last: it waits behind what a slow line carries. */
const ANSWER_FACTOR = 6

export interface LivenessOptions {
  /** Milliseconds between two PINGs. */
  readonly pingMs: number
  /** Milliseconds of silence after which the link is lost. */
  readonly lostMs: number
  send(frame: Buffer): void
  /** Whether frames before this one still wait for the socket. */
  isBlocked(): boolean
  onLost(why: string): void
  onAnswered(ping: number): void
}

/** Sends a PING each second, and finds out that nobody is there any more. */
export class Liveness {
  readonly #options: LivenessOptions
  readonly #timer: NodeJS.Timeout
  /** When each PING without an answer was sent. */
  readonly #open = new Map<number, number>()
  readonly #waiting = new Map<number, () => void>()
  #sent = 0
  #heardAt = performance.now()
  #lookedAt = performance.now()
  #roundTripMs: number | undefined
  #shortestMs = 0

  constructor(options: LivenessOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#look(), options.pingMs)
    this.#timer.unref()
    this.#ping()
  }

  /** The number of the next PING. */
  get nextPing(): number {
    return this.#sent + 1
  }

  get silentMs(): number {
    return performance.now() - this.#heardAt
  }

  /** Of the last PING that was answered. */
  get roundTripMs(): number | undefined {
    return this.#roundTripMs
  }

  /** The shortest of the last minutes, in milliseconds: that of the path without what waits on it. 0: not known yet. */
  get shortestMs(): number {
    return this.#shortestMs
  }

  heard(): void {
    this.#heardAt = performance.now()
  }

  /** Calls back when the other side has answered a PING that is sent now. @returns takes the wish back */
  ask(onAnswer: () => void): () => void {
    const ping = this.#ping()
    this.#waiting.set(ping, onAnswer)
    return () => this.#waiting.delete(ping)
  }

  /** @returns false when no such PING was sent */
  pong(payload: Buffer): boolean {
    const ping = Number(payload.readBigUInt64BE())
    const sentAt = this.#open.get(ping)
    if (sentAt === undefined) return false
    const ms = performance.now() - sentAt
    this.#roundTripMs = ms
    this.#shortestMs = this.#shortestMs === 0 ? ms : Math.min(ms, this.#shortestMs * FORGETTING)
    for (const earlier of this.#open.keys()) {
      if (earlier > ping) break
      this.#open.delete(earlier)
    }
    this.#options.onAnswered(ping)
    for (const [waiting, onAnswer] of this.#waiting) {
      if (waiting > ping) break
      this.#waiting.delete(waiting)
      onAnswer()
    }
    return true
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#waiting.clear()
  }

  #ping(): number {
    this.#sent += 1
    const payload = Buffer.alloc(8)
    payload.writeBigUInt64BE(BigInt(this.#sent))
    this.#open.set(this.#sent, performance.now())
    if (this.#open.size > MAX_OPEN)
      for (const oldest of this.#open.keys()) {
        this.#open.delete(oldest)
        break
      }
    this.#options.send(encodeFrame(FRAME.ping, 0, payload))
    return this.#sent
  }

  #look(): void {
    const { pingMs, lostMs, isBlocked, onLost } = this.#options
    const now = performance.now()
    const slept = now - this.#lookedAt > 3 * pingMs
    this.#lookedAt = now
    // A machine that slept, or a program that was stopped, has not read yet what came meanwhile.
    if (slept) return
    const silent = now - this.#heardAt
    if (silent >= lostMs) {
      onLost(`nothing came for ${Math.round(silent / 1_000)} seconds`)
      return
    }
    const [oldest] = this.#open.values()
    if (oldest !== undefined && now - oldest >= ANSWER_FACTOR * lostMs) {
      onLost(`no answer came for ${Math.round((now - oldest) / 1_000)} seconds`)
      return
    }
    if (!isBlocked()) this.#ping()
  }
}
