import type { Socket } from 'node:net'
import { type BufferPool, LARGE_BUFFER, SMALL_BUFFER } from './buffer-pool.ts'

/** Bytes after which a transfer is a long one and gets more and larger buffers. */
const LONG_AFTER = 32 * 1024 * 1024
/** Long transfers with large buffers at once; the others go on with small ones. Bounds the memory of many downloads. */
const MAX_LONG = 32
/** Buffers of a short and of a long transfer. Measured: a third small one brings nothing, a third large one 10 to 30 per cent. */
const SHORT_DEPTH = 2
const LONG_DEPTH = 3

/**
 * Sending transfers up to which each reads ahead of its socket. With more of them there is always one that can write,
 * and a buffer that waits for its turn is cold when it comes: the memory is the bottleneck then.
 */
const READ_AHEAD_UP_TO = 8

let rings = 0
let longRings = 0

interface Slot {
  buffer: Buffer
  /** Set while the socket holds the buffer. */
  written: Promise<void> | undefined
}

/**
 * The buffers between a source and a socket: one is filled while the others are being written. They are used again
 * and again, so that a file of any size costs the same memory. A buffer that the kernel takes at once is filled again
 * at once, while it is in the processor's cache.
 */
export class SendRing {
  readonly #stream: Socket
  readonly #pool: BufferPool
  readonly #onWritten: (bytes: number) => void
  readonly #onError: (error: NodeJS.ErrnoException) => void
  readonly #slots: Slot[] = []
  #at = 0
  #sent = 0
  #long = false

  constructor(
    stream: Socket,
    pool: BufferPool,
    tell: { written: (bytes: number) => void; error: (error: NodeJS.ErrnoException) => void },
  ) {
    rings++
    this.#stream = stream
    this.#pool = pool
    this.#onWritten = tell.written
    this.#onError = tell.error
  }

  /** The wait for the next buffer, undefined when it is free. */
  get busy(): Promise<void> | undefined {
    return this.#slots[this.#at]?.written
  }

  /** The buffer to fill next. Only when it is not {@link busy}. */
  get buffer(): Buffer {
    return this.#slot().buffer
  }

  /** Sends the first bytes of {@link buffer} and goes on to the next one. */
  send(bytes: number): void {
    const slot = this.#slot()
    const chunk = bytes === slot.buffer.length ? slot.buffer : slot.buffer.subarray(0, bytes)
    let done = () => {}
    let pending: Promise<void> | undefined
    this.#stream.write(chunk, error => {
      // Of a write that the kernel took at once the callback comes later, when the buffer may be on its way again.
      if (pending && slot.written === pending) slot.written = undefined
      if (error) this.#onError(error)
      else this.#onWritten(bytes)
      done()
    })
    this.#sent += bytes
    if (!this.#long && this.#sent > LONG_AFTER && longRings < MAX_LONG) this.#lengthen()
    // The kernel has everything, although the callback comes later.
    if (this.#stream.writableLength === 0) return
    pending = new Promise(resolve => {
      done = resolve
    })
    slot.written = pending
    this.#at = (this.#at + 1) % this.#depth
  }

  /** Waits until the socket has taken everything. */
  async flushed(): Promise<void> {
    for (const { written } of this.#slots) await written
  }

  /**
   * Gives up the buffers. After a broken stream the source may still be filling one and the socket sending another:
   * then they are not used again.
   * @param clean - nobody holds a buffer any more
   */
  release(clean: boolean): void {
    rings--
    if (this.#long) longRings--
    this.#long = false
    if (clean) for (const { buffer } of this.#slots) this.#pool.give(buffer)
    this.#slots.length = 0
  }

  get #depth(): number {
    if (rings > READ_AHEAD_UP_TO) return 1
    return this.#long ? LONG_DEPTH : SHORT_DEPTH
  }

  #slot(): Slot {
    const size = this.#long ? LARGE_BUFFER : SMALL_BUFFER
    let slot = this.#slots[this.#at]
    if (!slot) {
      slot = { buffer: this.#pool.take(size), written: undefined }
      this.#slots[this.#at] = slot
    } else if (slot.buffer.length !== size && !slot.written) {
      this.#pool.give(slot.buffer)
      slot.buffer = this.#pool.take(size)
    }
    return slot
  }

  #lengthen(): void {
    this.#long = true
    longRings++
  }
}
