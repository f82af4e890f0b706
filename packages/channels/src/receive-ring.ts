import { type BufferPool, LARGE_BUFFER, SMALL_BUFFER } from './buffer-pool.ts'

/** Bytes after which a transfer is a long one and gets larger buffers. */
const LONG_AFTER = 32 * 1024 * 1024
/** A buffer with less room than this is full: reads stay large, and no piece that Node reads by itself is larger. */
const LEAST_ROOM = 64 * 1024
/** One buffer is filled while the other is being written. Measured: more of them bring nothing. */
const DEPTH = 2

interface Slot {
  buffer: Buffer
  /** Takes the buffer's place once the sink is done with it. */
  heir: Buffer | undefined
  filled: number
  state: 'filling' | 'waiting' | 'writing'
}

/** The buffers between a socket and a sink. Strictly in turn, so that the place of the next read is known before its memory is free. */
export class ReceiveRing {
  readonly #pool: BufferPool
  readonly #slots: Slot[] = []
  #filling = 0
  #writing = 0
  #received = 0

  constructor(pool: BufferPool) {
    this.#pool = pool
  }

  /** False while both buffers hold bytes that the sink has not taken: nothing may be read then. */
  get hasRoom(): boolean {
    return this.#slot(this.#filling).state === 'filling'
  }

  /** Bytes that wait for the sink. */
  get waiting(): number {
    let bytes = 0
    for (const slot of this.#slots) if (slot.state !== 'writing') bytes += slot.filled
    return bytes
  }

  /** The memory of the next read. While there is no room it is the memory of the read after the pause. */
  get room(): Buffer {
    const slot = this.#slot(this.#filling)
    return slot.state === 'filling' ? slot.buffer.subarray(slot.filled) : (slot.heir ?? slot.buffer)
  }

  /** So many bytes were read into {@link room}. */
  commit(bytes: number): void {
    const slot = this.#slot(this.#filling)
    slot.filled += bytes
    this.#received += bytes
    if (slot.buffer.length - slot.filled < LEAST_ROOM) this.#turn(slot)
  }

  /** Copies a piece in. @returns what had no room */
  copy(piece: Uint8Array): Uint8Array {
    let rest = piece
    while (rest.length > 0 && this.hasRoom) {
      const { room } = this
      const part = rest.subarray(0, room.length)
      room.set(part)
      this.commit(part.length)
      rest = rest.subarray(part.length)
    }
    return rest
  }

  /**
   * Takes the oldest bytes for the sink; undefined when none wait. Call {@link written} before the next.
   * @param partial - also a buffer that is not full. Only when nobody holds its {@link room}
   */
  takeOldest(partial: boolean): Buffer | undefined {
    const slot = this.#slots[this.#writing]
    if (!slot || slot.filled === 0 || slot.state === 'writing') return undefined
    if (slot.state === 'filling') {
      if (!partial) return undefined
      this.#turn(slot)
    }
    slot.state = 'writing'
    return slot.buffer.subarray(0, slot.filled)
  }

  /** The sink has taken what {@link takeOldest} gave: its buffer is free. */
  written(): void {
    const slot = this.#slots[this.#writing]
    if (slot?.state !== 'writing') throw new Error('nothing was being written')
    if (slot.heir) {
      this.#pool.give(slot.buffer)
      slot.buffer = slot.heir
      slot.heir = undefined
    }
    slot.filled = 0
    slot.state = 'filling'
    this.#writing = (this.#writing + 1) % DEPTH
  }

  /** Gives the buffers back, unless somebody may still use them: the sink after an error. */
  release(clean: boolean): void {
    if (clean) for (const { buffer } of this.#slots) this.#pool.give(buffer)
    this.#slots.length = 0
  }

  #turn(slot: Slot): void {
    slot.state = 'waiting'
    this.#filling = (this.#filling + 1) % DEPTH
    const next = this.#slot(this.#filling)
    if (this.#received > LONG_AFTER && next.buffer.length < LARGE_BUFFER)
      next.heir ??= this.#pool.take(LARGE_BUFFER)
    if (next.heir && next.state === 'filling') {
      this.#pool.give(next.buffer)
      next.buffer = next.heir
      next.heir = undefined
    }
  }

  #slot(index: number): Slot {
    let slot = this.#slots[index]
    if (!slot) {
      slot = { buffer: this.#pool.take(SMALL_BUFFER), heir: undefined, filled: 0, state: 'filling' }
      this.#slots[index] = slot
    }
    return slot
  }
}
