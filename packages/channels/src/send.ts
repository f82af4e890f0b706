import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Endpoint } from '@portolan/protocol'
import { buffers } from './buffer-pool.ts'
import { IterableSource } from './byte-source.ts'
import type { ByteSource, PumpOptions } from './data-connection.ts'
import { type Delivery, endAndDeliver } from './delivery.ts'
import { KernelSend } from './kernel-send.ts'
import { SendRing } from './send-ring.ts'
import type { BreakCause, Peer, StreamEnd } from './stream-end.ts'
import { BROKEN, StreamGuard } from './stream-guard.ts'
import { sendState } from './tcp-state.ts'

/** The most that is taken from a throttled source at once, in bytes: keeps the rate even. */
const THROTTLED_PIECE = 32 * 1024
/** Files of fewer bytes go by one buffer: asking the kernel pays from here on. */
const KERNEL_FROM = 128 * 1024
/** What goes by buffer when the kernel found the socket full, in bytes. */
const ROOM_PIECE = 64 * 1024
/** Bytes a peer may send during our sending before it is read no further. They mean nothing; TCP slows it down. */
const MAX_DISCARDED = 1024 * 1024

/** What sending needs of a connection. */
export interface Outbound {
  /** The socket, or the TLSSocket above it. */
  readonly stream: Socket
  readonly peer: Peer
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly tls: boolean
  /** Why the connection was cut, if it was. */
  readonly cut: BreakCause | undefined
  /** Cuts the connection with RST. */
  destroy(cause: BreakCause): void
}

/** Sends a source and ends the stream, see `DataConnection.send`. */
export async function sendStream(
  outbound: Outbound,
  source: ByteSource | AsyncIterable<Uint8Array>,
  options: PumpOptions,
): Promise<StreamEnd> {
  // A Readable of Node has `read` as well, which means something else.
  const reader = Symbol.asyncIterator in source ? new IterableSource(source) : source
  const sending = new Sending(outbound, reader, options)
  try {
    return await sending.run()
  } finally {
    if (reader !== source && reader instanceof IterableSource) reader.stop()
  }
}

type Waiting = 'source' | 'throttle' | 'peer' | 'end'

class Sending {
  readonly #outbound: Outbound
  readonly #source: ByteSource
  readonly #options: PumpOptions
  readonly #guard: StreamGuard
  readonly #ring: SendRing
  #waiting: Waiting = 'source'
  #bytes = 0
  #peerEnded: boolean
  #discarded = 0
  /** What the kernel had to send when nothing moved the last time. */
  #outstanding: number | undefined

  constructor(outbound: Outbound, source: ByteSource, options: PumpOptions) {
    this.#outbound = outbound
    this.#source = source
    this.#options = options
    this.#peerEnded = outbound.stream.readableEnded
    this.#guard = new StreamGuard(outbound.stream, {
      signal: options.signal,
      // Asked twice before a stall is believed, see #onQuiet.
      quietMs: Math.max(1, options.stallMs / 2),
      destroy: cause => outbound.destroy(cause),
      onQuiet: () => this.#onQuiet(),
      explain: error => this.#explain(error),
      cutBy: () => outbound.cut,
    })
    this.#ring = new SendRing(outbound.stream, buffers, {
      written: bytes => this.#onWritten(bytes),
      // The socket emits the error too; this is for one that was gone before the write.
      error: error => this.#guard.fail(outbound.cut ?? this.#explain(error) ?? GONE),
    })
    outbound.stream.on('data', this.#onData).on('end', this.#onEnd)
    outbound.stream.resume()
  }

  async run(): Promise<StreamEnd> {
    let clean = false
    try {
      await this.#pump()
      clean = true
      await this.#guard.wait(this.#finish())
    } catch (error) {
      if (error !== BROKEN) {
        this.#guard.fail({ code: 'aborted', text: 'what was to be sent could not be read' })
        throw error
      }
    } finally {
      this.#ring.release(clean)
      this.#guard.release()
      this.#outbound.stream.off('data', this.#onData).off('end', this.#onEnd)
    }
    const { cause } = this.#guard
    return cause ? { kind: 'broken', bytes: this.#bytes, cause } : { kind: 'clean', bytes: this.#bytes }
  }

  async #pump(): Promise<void> {
    const { throttle } = this.#options
    const kernel = this.#kernelSend()
    for (;;) {
      if (kernel && !kernel.slow && (await this.#sendByKernel(kernel))) continue
      const { busy } = this.#ring
      if (busy) {
        this.#waiting = 'peer'
        await this.#guard.wait(busy)
      }
      this.#waiting = 'source'
      const { buffer } = this.#ring
      const count = await this.#guard.wait(this.#source.read(this.#pieceOf(buffer, kernel)))
      if (count === 0) break
      const pause = throttle?.(count)
      if (pause) {
        this.#waiting = 'throttle'
        await this.#guard.wait(pause)
      }
      this.#ring.send(count)
    }
    this.#waiting = 'peer'
    await this.#guard.wait(this.#ring.flushed())
  }

  /** The kernel sends what is sent as it stands: in the clear, at full speed, and long enough to be worth it. */
  #kernelSend(): KernelSend | undefined {
    const { file } = this.#source
    const plain = !this.#outbound.tls && !this.#options.throttle
    return plain && file && file.left > KERNEL_FROM ? KernelSend.for(file, this.#outbound.stream) : undefined
  }

  /**
   * Lets the kernel send until the socket is full. Then a small piece goes by buffer, and when the socket has taken
   * that one, there is room again: it is how Node tells.
   * @returns true when the socket may take more
   */
  async #sendByKernel(kernel: KernelSend): Promise<boolean> {
    this.#waiting = 'peer'
    await this.#guard.wait(this.#ring.flushed())
    const { bytes, more } = kernel.turn()
    if (bytes > 0) this.#onWritten(bytes)
    if (more) await this.#guard.wait(nextTurn())
    return more
  }

  #pieceOf(buffer: Buffer, kernel: KernelSend | undefined): Buffer {
    if (this.#options.throttle) return buffer.subarray(0, THROTTLED_PIECE)
    return kernel && !kernel.slow ? buffer.subarray(0, ROOM_PIECE) : buffer
  }

  async #finish(): Promise<void> {
    const { stream, local, remote } = this.#outbound
    this.#waiting = 'end'
    this.#guard.expectClose()
    const delivery: Delivery = await endAndDeliver(stream, { local, remote, stallMs: this.#options.stallMs })
    if (delivery === 'late') this.#guard.fail(this.#stalled())
  }

  #onWritten(bytes: number): void {
    this.#bytes += bytes
    this.#outstanding = undefined
    this.#options.onProgress?.(this.#bytes)
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#discarded += chunk.length
    if (this.#discarded > MAX_DISCARDED) this.#outbound.stream.pause()
  }

  readonly #onEnd = (): void => {
    this.#peerEnded = true
  }

  /**
   * Nothing moved between us and the kernel. The kernel may still be sending: it asks for more only when a third of
   * its buffer, which may be megabytes, has been acknowledged, and over a slow line that takes minutes.
   */
  async #onQuiet(): Promise<BreakCause | undefined> {
    const { local, remote } = this.#outbound
    const { stallMs } = this.#options
    // The throttle is ours, and the end has its own bound.
    if (this.#waiting === 'throttle' || this.#waiting === 'end') return undefined
    const before = this.#outstanding
    const state = this.#waiting === 'peer' ? await sendState(local, remote) : undefined
    const now = state?.kind === 'outstanding' ? state.bytes : Number.POSITIVE_INFINITY
    this.#outstanding = now
    if (before === undefined || now < before) return undefined
    return this.#waiting === 'source'
      ? { code: 'stalled', text: `nothing could be read from the file for ${seconds(stallMs)} seconds` }
      : this.#stalled()
  }

  #stalled(): BreakCause {
    const { peer } = this.#outbound
    return { code: 'stalled', text: `the ${peer} took no byte for ${seconds(this.#options.stallMs)} seconds` }
  }

  #explain(error: NodeJS.ErrnoException): BreakCause | undefined {
    const { peer } = this.#outbound
    // A client that knows the size closes with its last byte, and its kernel answers our close_notify with RST: curl
    // does. In the clear there is nothing left to be answered so, and a RST means that bytes were lost.
    if (this.#outbound.tls && this.#outbound.stream.writableFinished) return undefined
    if (error.code === 'EPIPE' || this.#peerEnded) {
      return { code: 'peer-closed', text: `the ${peer} closed the data connection before it had everything` }
    }
    if (error.code === 'ETIMEDOUT')
      return { code: 'stalled', text: `the ${peer} could not be reached any more` }
    if (error.code?.startsWith('ERR_SSL')) return { code: 'tls', text: `TLS failed: ${error.message}` }
    return { code: 'reset', text: `the ${peer} reset the data connection` }
  }
}

const GONE: BreakCause = { code: 'reset', text: 'the data connection is gone' }

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10
}
