import type { Socket } from 'node:net'
import type { GatewayEnd, Status, StatusCode } from '../codes.ts'
import { giveChunk } from './chunks.ts'
import type { Joined, JoinTimes } from './joined.ts'
import { closeWithReset, lingerOff, lingerZero } from './linger.ts'
import { type PlainTarget, readPlain } from './read-plain.ts'
import { SendQueue } from './send-queue.ts'
import { statusOf } from './status.ts'
import { atTurnEnd } from './turn-end.ts'
import type { StreamSink, WireStream } from './types.ts'

export interface JoinSocketOptions {
  /** Whose socket it is. */
  readonly socketIs: 'client' | 'server'
  /** Milliseconds for which the socket may take nothing while bytes wait for it. Default 5 minutes. */
  readonly stallMs?: number
}

const STALL_MS = 300_000
/** Bytes that are with the system at once: what tells whether the socket takes anything. */
const MAX_AT_SYSTEM = 262_144
/** So many bytes do not wait for the end of the turn. */
const WORTH_WRITING = 65_536

/** What the peer of the socket is blamed with. */
const CODES = {
  client: { finished: 'AGT_FINISHED', otherFinished: 'SRV_FINISHED', reset: 'AGT_CLIENT_RESET' },
  server: { finished: 'SRV_FINISHED', otherFinished: 'AGT_FINISHED', reset: 'SRV_RESET' },
} as const satisfies Record<string, Record<string, StatusCode>>

/**
 * Joins a stream and a plain socket: FIN of the socket becomes END, END becomes FIN when all bytes are written, and everything else
 * that ends the one breaks the other, the socket by RST.
 */
export function joinSocket(stream: WireStream, socket: Socket, options: JoinSocketOptions): Joined {
  return new SocketJoin(stream, socket, options)
}

class SocketJoin implements Joined, StreamSink, PlainTarget {
  readonly #stream: WireStream
  readonly #socket: Socket
  readonly #codes: (typeof CODES)['client' | 'server']
  readonly #isClient: boolean
  readonly #stallMs: number
  readonly #ended = Promise.withResolvers<GatewayEnd>()
  readonly #times = { firstSent: 0, lastSent: 0, firstReceived: 0, lastReceived: 0 }
  #isOver = false
  /** Who was complete first. */
  #first: 'socket' | 'stream' | undefined
  #socketEnded = false
  #streamEnded = false
  #delivered = false
  /** Bytes that wait for the system. */
  readonly #waiting = new SendQueue()
  #flushes = false
  #atSystem = 0
  #finSent = false
  #movedAt = 0
  #stall: NodeJS.Timeout | undefined

  constructor(stream: WireStream, socket: Socket, { socketIs, stallMs = STALL_MS }: JoinSocketOptions) {
    this.#stream = stream
    this.#socket = socket
    this.#codes = CODES[socketIs]
    this.#isClient = socketIs === 'client'
    this.#stallMs = stallMs
    socket.allowHalfOpen = true
    socket.setNoDelay(true)
    lingerZero(socket)
    socket.on('error', error => this.#breakSocket(error.message))
    socket.on('close', () => this.#onClose())
    socket.on('end', () => this.#onSocketEnd())
    socket.pause()
    readPlain(socket, this)
    stream.attach(this)
    if (socket.destroyed) this.#onClose()
    else if (socket.readableEnded) this.#onSocketEnd()
    else if (stream.room > 0) socket.resume()
  }

  get ended(): Promise<GatewayEnd> {
    return this.#ended.promise
  }

  get sent(): number {
    return this.#isClient ? this.#stream.sent : this.#stream.received
  }

  get received(): number {
    return this.#isClient ? this.#stream.received : this.#stream.sent
  }

  get lastMovedAt(): number {
    return this.#stream.lastMovedAt
  }

  get times(): JoinTimes {
    return this.#times
  }

  abort(status: Status): void {
    this.#stream.reset(status)
  }

  onData(bytes: Buffer): void {
    this.#moved(!this.#isClient)
    this.#waiting.append(bytes)
    if (this.#waiting.bytes >= WORTH_WRITING) this.#flush()
    else this.#flushSoon()
  }

  onEnd(): void {
    this.#streamEnded = true
    this.#first ??= 'stream'
    this.#flushSoon()
  }

  onReset(status: Status): void {
    closeWithReset(this.#socket)
    this.#finish('abort', status)
  }

  onRoom(): void {
    if (!this.#socketEnded) this.#socket.resume()
  }

  onDelivered(): void {
    this.#delivered = true
    this.#checkClean()
  }

  onBytes(bytes: Buffer, owned: boolean): boolean {
    this.#moved(this.#isClient)
    return this.#stream.write(bytes, owned)
  }

  #onSocketEnd(): void {
    if (this.#socketEnded || this.#isOver) return
    this.#socketEnded = true
    this.#first ??= 'socket'
    // After the second end Node closes the socket, and what waits in the kernel is still to be delivered.
    if (this.#finSent) lingerOff(this.#socket)
    this.#stream.end()
  }

  #flushSoon(): void {
    if (this.#flushes) return
    this.#flushes = true
    atTurnEnd(() => {
      this.#flushes = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#isOver) return
    const corks = this.#waiting.bytes > WORTH_WRITING
    if (corks) this.#socket.cork()
    while (this.#atSystem < MAX_AT_SYSTEM) {
      const next = this.#waiting.takeBare()
      if (!next) break
      if (this.#atSystem === 0) this.#movedAt = performance.now()
      this.#atSystem += next.bytes.length
      this.#socket.write(next.bytes, error => this.#onWritten(next.bytes.length, next.chunk, error))
    }
    if (corks) this.#socket.uncork()
    if (this.#atSystem > 0) this.#stall ??= setTimeout(() => this.#checkStall(), this.#stallMs).unref()
    else if (this.#streamEnded && !this.#finSent) this.#sendFin()
  }

  #onWritten(bytes: number, chunk: Buffer | undefined, error: Error | null | undefined): void {
    // After an error the system may still hold the chunk.
    if (error) return
    if (chunk) giveChunk(chunk)
    if (this.#isOver) return
    this.#atSystem -= bytes
    this.#movedAt = performance.now()
    this.#stream.consumed(bytes)
    if (this.#waiting.isEmpty && !this.#streamEnded) return
    if (this.#atSystem < MAX_AT_SYSTEM / 2) this.#flushSoon()
  }

  #sendFin(): void {
    this.#finSent = true
    // Everything is with the kernel. Only if nothing more comes from there, the socket is cleanly over with its FIN.
    if (this.#socketEnded) lingerOff(this.#socket)
    this.#socket.end(() => this.#checkClean())
  }

  #onClose(): void {
    clearTimeout(this.#stall)
    if (!this.#socketEnded || !this.#finSent) this.#breakSocket('it was closed')
    else this.#checkClean()
  }

  #breakSocket(why: string): void {
    if (this.#isOver) return
    const { code, text } = statusOf(this.#codes.reset)
    this.#breakOff({ code, text: `${text} (${why})` })
  }

  /** Breaks both, also when the stream has come to its end already. */
  #breakOff(status: Status): void {
    this.#stream.reset(status)
    closeWithReset(this.#socket)
    this.#finish('abort', status)
  }

  #checkStall(): void {
    this.#stall = undefined
    if (this.#isOver || this.#atSystem === 0) return
    const left = this.#movedAt + this.#stallMs - performance.now()
    if (left <= 0) this.#breakOff(statusOf('EDG_STALLED'))
    else this.#stall = setTimeout(() => this.#checkStall(), left).unref()
  }

  #checkClean(): void {
    if (!this.#delivered || !this.#socketEnded || !this.#finSent || !this.#socket.writableFinished) return
    const { finished, otherFinished } = this.#codes
    this.#finish('clean', statusOf(this.#first === 'socket' ? finished : otherFinished))
  }

  #finish(kind: 'clean' | 'abort', status: Status): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#stall)
    this.#waiting.clear()
    const { sent, received } = this
    this.#ended.resolve({ kind, status, sent, received })
  }

  #moved(isSent: boolean): void {
    const now = Date.now()
    const times = this.#times
    if (isSent) {
      times.firstSent ||= now
      times.lastSent = now
    } else {
      times.firstReceived ||= now
      times.lastReceived = now
    }
  }
}
