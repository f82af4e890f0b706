import type { Socket } from 'node:net'
import { readInPlace } from '@portolan/channels'
import { CHUNK_BYTES, giveChunk, takeChunk } from './chunks.ts'
import { HEADER_BYTES, MAX_DATA } from './types.ts'

/** What goes on in its own memory; less is copied, so that the memory is there for the next read. */
const WORTH_KEEPING = 16_384

/** Where the bytes of a socket go. Answers false to read no further until `resume()`. */
export interface PlainTarget {
  /** Valid during the call, unless `owned`: then the bytes are the payload of a chunk that is the target's now. */
  onBytes(bytes: Buffer, owned: boolean): boolean
}

/** Where sockets read that have little to say: nobody keeps what is in it. */
let shared: Buffer | undefined

/**
 * Reads a plain socket. One that has much to say reads straight into the chunks that go out again, the others into memory that they
 * share, so that thousands of quiet ones hold none.
 */
export function readPlain(socket: Socket, target: PlainTarget): void {
  for (let piece: unknown = socket.read(); Buffer.isBuffer(piece); piece = socket.read())
    target.onBytes(piece, false)
  const reader = new Reader(target)
  if (readInPlace(socket, reader)) socket.once('close', () => reader.release())
  else
    socket.on('data', (bytes: Buffer) => {
      if (!target.onBytes(bytes, false)) socket.pause()
    })
}

class Reader {
  readonly #target: PlainTarget
  /** A chunk of its own, while there is much to read. */
  #chunk: Buffer | undefined
  readonly #shared: Buffer
  #memory: Buffer

  constructor(target: PlainTarget) {
    this.#target = target
    shared ??= Buffer.allocUnsafeSlow(CHUNK_BYTES)
    this.#shared = shared.subarray(HEADER_BYTES)
    this.#memory = this.#shared
  }

  buffer(): Uint8Array {
    return this.#memory
  }

  onBytes(count: number): boolean {
    const bytes = this.#memory.subarray(0, count)
    const isOwn = this.#chunk !== undefined
    const isMuch = count >= WORTH_KEEPING
    if (isOwn && isMuch) {
      this.#own()
      return this.#target.onBytes(bytes, true)
    }
    const goesOn = this.#target.onBytes(bytes, false)
    if (!isOwn && count === MAX_DATA) this.#own()
    else if (isOwn) this.release()
    return goesOn
  }

  release(): void {
    if (this.#chunk) giveChunk(this.#chunk)
    this.#chunk = undefined
    this.#memory = this.#shared
  }

  #own(): void {
    this.#chunk = takeChunk()
    this.#memory = this.#chunk.subarray(HEADER_BYTES)
  }
}
