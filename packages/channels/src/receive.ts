import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { buffers } from './buffer-pool.ts'
import type { ByteSink, PumpOptions } from './data-connection.ts'
import { Deferred } from './deferred.ts'
import { KernelReceive } from './kernel-receive.ts'
import { decryptInto, type ReadTarget, readInto } from './read-into.ts'
import { ReceiveRing } from './receive-ring.ts'
import { Spill } from './spill.ts'
import type { BreakCause, Peer, StreamEnd } from './stream-end.ts'
import { BROKEN, StreamGuard } from './stream-guard.ts'
import type { TlsTap } from './tls-tap.ts'

/** The most that is read at once from a throttled client, in bytes: keeps the rate even. */
const THROTTLED_PIECE = 32 * 1024
/** Bytes after which a file is long enough for the kernel's way to pay. */
const KERNEL_AFTER = 1024 * 1024
/** What is read by buffer when the kernel takes what comes behind it, in bytes. */
const KERNEL_PIECE = 64 * 1024
/** Bytes of small pieces that go to the sink at once; fewer wait until the socket has nothing more to read just now. */
const WORTH_WRITING = 128 * 1024
/** Milliseconds that a sink may take for its last bytes after the stream broke. */
const SETTLE_MS = 10_000

/** What receiving needs of a connection. */
export interface Inbound {
  /** The socket, or the TLSSocket above it. */
  stream: Socket
  readonly peer: Peer
  /** Sees the end of TCP under TLS. Absent in the clear, and where nobody asked to tell an end from a truncation. */
  readonly tap: TlsTap | undefined
  /** True when no TLS is between us and the socket. */
  readonly plain: boolean
  /** Why the connection was cut, if it was. */
  readonly cut: BreakCause | undefined
  /** The socket was moved to a faster one, which is to be used from now on. */
  moved(socket: Socket): void
  /** Cuts the connection with RST. */
  destroy(cause: BreakCause): void
}

/** Receives until the peer ends, see `DataConnection.receive`. */
export async function receiveStream(
  inbound: Inbound,
  sink: ByteSink,
  options: PumpOptions,
): Promise<StreamEnd> {
  return new Receiving(inbound, sink, options).run()
}

/**
 * How bytes get into the ring. `socket`: read there by the kernel. `tls`: decrypted there by OpenSSL, a piece at a time.
 * `copied`: taken from `data` events, where the others are not possible.
 */
type Way = 'socket' | 'tls' | 'copied'

class Receiving implements ReadTarget {
  readonly #inbound: Inbound
  readonly #sink: ByteSink
  readonly #options: PumpOptions
  readonly #guard: StreamGuard
  readonly #ring = new ReceiveRing(buffers)
  readonly #spill = new Spill(buffers)
  readonly #done = new Deferred<void>()
  #way: Way = 'copied'
  /** Null where there is none. */
  #kernel: KernelReceive | null | undefined
  #stream: Socket
  /** The next read goes into the spill. */
  #spilling = false
  #received = 0
  #written = 0
  #paused = false
  #throttled = false
  #ended = false
  #finSeen = false
  #flush: NodeJS.Immediate | undefined
  /** The write under way; undefined while the sink is idle. Answers whether the sink took it. */
  #writing: Promise<boolean> | undefined
  #writingSince = 0

  constructor(inbound: Inbound, sink: ByteSink, options: PumpOptions) {
    this.#inbound = inbound
    this.#sink = sink
    this.#options = options
    this.#stream = inbound.stream
    this.#openWay()
    this.#guard = new StreamGuard(this.#stream, {
      signal: options.signal,
      quietMs: options.stallMs,
      destroy: cause => inbound.destroy(cause),
      onQuiet: () => this.#onQuiet(),
      // What comes after the peer's end takes nothing away: a client that closes without reading our last TLS records resets.
      explain: error => (this.#ended ? undefined : explain(error, inbound.peer)),
      cutBy: () => inbound.cut,
    })
    this.#stream.on('end', this.#onEnd)
    if (this.#way === 'copied') this.#stream.on('data', this.#onData)
    inbound.tap?.on('fin', this.#onFin)
    if (this.#stream.readableEnded) this.#onEnd()
    if (inbound.tap?.ended) this.#onFin()
  }

  async run(): Promise<StreamEnd> {
    let clean = false
    try {
      this.#start()
      await this.#guard.wait(this.#done.promise)
      clean = true
    } catch (error) {
      if (error !== BROKEN) {
        this.#guard.fail({ code: 'aborted', text: 'what was received could not be stored' })
        throw error
      }
      clean = await this.#settle()
    } finally {
      clearImmediate(this.#flush)
      this.#kernel?.[Symbol.dispose]()
      this.#stream.off('end', this.#onEnd).off('data', this.#onData)
      this.#inbound.tap?.off('fin', this.#onFin)
      this.#guard.release()
      this.#ring.release(clean)
      this.#spill.release(clean)
    }
    const { cause } = this.#guard
    return cause ? { kind: 'broken', bytes: this.#written, cause } : { kind: 'clean', bytes: this.#written }
  }

  buffer(): Uint8Array {
    // A socket stops when it is told to, so it may be given memory that is free only after the pause.
    this.#spilling = this.#way === 'tls' && (!this.#spill.empty || !this.#ring.hasRoom)
    const room = this.#spilling ? this.#spill.room : this.#ring.room
    if (this.#options.throttle) return room.subarray(0, THROTTLED_PIECE)
    return this.#kernel && !this.#kernel.slow ? room.subarray(0, KERNEL_PIECE) : room
  }

  onBytes(count: number): boolean {
    if (this.#spilling) {
      this.#spill.commit(count)
      this.#spill.drain(bytes => this.#ring.copy(bytes))
    } else {
      this.#ring.commit(count)
    }
    this.#received += count
    // In this callback the place of the next read is not fixed yet: a buffer that is not full may go, too.
    if (this.#way === 'socket' || this.#ring.waiting >= WORTH_WRITING) this.#feed(true)
    this.#progress(count + this.#receiveByKernel())
    return this.#mayRead()
  }

  /** What came behind the piece that was just read goes into the file without passing through here. */
  #receiveByKernel(): number {
    if (this.#way !== 'socket' || this.#writing || this.#guard.cause) return 0
    if (this.#kernel === undefined && this.#received > KERNEL_AFTER) this.#kernel = this.#openKernel()
    const kernel = this.#kernel
    if (!kernel || kernel.slow) return 0
    try {
      const bytes = kernel.turn()
      this.#received += bytes
      this.#written += bytes
      return bytes
    } catch (error) {
      this.#writing = Promise.resolve(false)
      this.#done.reject(error)
      return 0
    }
  }

  #openKernel(): KernelReceive | null {
    const { file, writeNow } = this.#sink
    const atFullSpeed = writeNow && !this.#options.throttle
    return (atFullSpeed && KernelReceive.for(file, this.#stream)) || null
  }

  /** Finds the fastest way into the ring that this connection and this Node have. */
  #openWay(): void {
    const { stream, plain } = this.#inbound
    const heir = plain ? readInto(stream, this) : undefined
    if (heir) {
      this.#way = 'socket'
      this.#stream = heir
      this.#inbound.moved(heir)
    } else if (stream instanceof TLSSocket) {
      // Many clients send their first bytes together with the end of the handshake.
      for (let piece: unknown = stream.read(); Buffer.isBuffer(piece); piece = stream.read())
        this.#take(piece)
      this.#way = 'tls'
      if (!decryptInto(stream, this)) this.#way = 'copied'
    }
  }

  #start(): void {
    if (this.#guard.cause) return
    if (this.#received > 0) this.#progress(0)
    this.#feed(this.#ended || this.#way === 'copied')
    if (this.#mayRead()) this.#stream.resume()
  }

  readonly #onData = (piece: Buffer): void => {
    this.#take(piece)
    this.#progress(piece.length)
    if (this.#ring.waiting >= WORTH_WRITING) this.#feed(true)
    else this.#flush ??= setImmediate(() => this.#feedRest())
    if (!this.#mayRead()) this.#stream.pause()
    if (this.#finSeen) this.#checkFin()
  }

  readonly #onEnd = (): void => {
    this.#ended = true
    this.#guard.expectClose()
    this.#feed(true)
  }

  /** TCP has ended. Everything that came is decrypted by now: unless close_notify was in it, the end is not the peer's. */
  readonly #onFin = (): void => {
    this.#finSeen = true
    this.#checkFin()
  }

  #checkFin(): void {
    setImmediate(() => {
      if (this.#ended || this.#paused || this.#stream.readableLength > 0) return
      this.#guard.fail({
        code: 'truncated',
        text: 'TCP ended without the close_notify of TLS, so the end of the file cannot be trusted',
      })
    })
  }

  #progress(count: number): void {
    this.#options.onProgress?.(this.#received)
    const pause = this.#options.throttle?.(count)
    if (!pause) return
    this.#throttled = true
    pause.then(
      () => {
        this.#throttled = false
        this.#readOn()
      },
      error => this.#done.reject(error),
    )
  }

  /** Copies a piece into the ring; what has no room there waits in the spill. */
  #take(piece: Uint8Array): void {
    this.#received += piece.length
    this.#spill.put(this.#ring.copy(piece))
  }

  /** Settles whether we pause. */
  #mayRead(): boolean {
    this.#paused = this.#throttled || !this.#spill.empty || !this.#ring.hasRoom
    return !this.#paused
  }

  #readOn(): void {
    if (!this.#paused || this.#guard.cause) return
    this.#spill.drain(bytes => this.#ring.copy(bytes))
    if (!this.#mayRead()) return
    this.#stream.resume()
    if (this.#finSeen) this.#checkFin()
  }

  #feedRest(): void {
    this.#flush = undefined
    this.#feed(true)
  }

  /** Gives the sink its next bytes, if it is idle and there are any. */
  #feed(partial: boolean): void {
    while (!this.#writing && !this.#guard.cause) {
      const chunk = this.#ring.takeOldest(partial)
      if (chunk) {
        if (!this.#writeNow(chunk)) this.#writing = this.#write(chunk)
      } else {
        if (this.#ended && this.#spill.empty) this.#done.resolve()
        return
      }
    }
  }

  /** Lets the sink take a chunk without a wait, if it likes to. */
  #writeNow(chunk: Buffer): boolean {
    try {
      if (!this.#sink.writeNow?.(chunk)) return false
    } catch (error) {
      this.#writing = Promise.resolve(false)
      this.#done.reject(error)
      return true
    }
    this.#written += chunk.length
    this.#ring.written()
    return true
  }

  async #write(chunk: Buffer): Promise<boolean> {
    this.#writingSince = performance.now()
    try {
      await this.#sink.write(chunk)
    } catch (error) {
      this.#done.reject(error)
      return false
    }
    this.#writing = undefined
    this.#written += chunk.length
    this.#ring.written()
    this.#readOn()
    this.#feed(this.#ended || this.#way === 'copied')
    return true
  }

  /**
   * The stream broke. What came before is true all the same: it goes to the sink, so that a client that resumes need
   * not send it again.
   * @returns whether the sink took it, so that nobody holds a buffer any more
   */
  async #settle(): Promise<boolean> {
    const give = async () => {
      if ((await this.#writing) === false) return false
      for (;;) {
        this.#spill.drain(bytes => this.#ring.copy(bytes))
        const chunk = this.#ring.takeOldest(true)
        if (!chunk) return true
        if (!(await this.#write(chunk))) return false
      }
    }
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<boolean>(resolve => {
      timer = setTimeout(resolve, SETTLE_MS, false)
    })
    try {
      return await Promise.race([give(), late])
    } finally {
      clearTimeout(timer)
    }
  }

  #onQuiet(): BreakCause | undefined {
    const { stallMs } = this.#options
    if (this.#throttled) return undefined
    if (this.#writing) {
      if (performance.now() - this.#writingSince < stallMs) return undefined
      return { code: 'stalled', text: `the storage took no byte for ${seconds(stallMs)} seconds` }
    }
    return { code: 'stalled', text: `the ${this.#inbound.peer} sent no byte for ${seconds(stallMs)} seconds` }
  }
}

function explain(error: NodeJS.ErrnoException, peer: Peer): BreakCause {
  if (error.code === 'ETIMEDOUT')
    return { code: 'stalled', text: `the ${peer} could not be reached any more` }
  if (error.code?.startsWith('ERR_SSL') || error.code === 'EPROTO') {
    return { code: 'tls', text: `TLS failed: ${error.message}` }
  }
  return { code: 'reset', text: `the ${peer} reset the data connection` }
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10
}
