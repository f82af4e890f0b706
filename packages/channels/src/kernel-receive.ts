import { closeSync, readSync, writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { descriptorOf, loadLibrary } from './kernel-calls.ts'

/** A file that the kernel can write by itself. */
export interface FileTarget {
  /** An open descriptor of a regular file. */
  readonly descriptor: number
  /** Where the next byte belongs. */
  readonly position: number
  /** Says that the next bytes have been written. */
  advance(bytes: number): void
}

/** splice(2): how many bytes were moved, 0 at the end of the input, negative when there are none now or anything is wrong. */
type Splice = (from: number, to: number, position: number | undefined, bytes: number) => number

/** The most that one call moves, in bytes: what the pipe between socket and file is asked to hold. */
const PIPE_SIZE = 1024 * 1024
/** How long calls go on before others get their turn, in milliseconds. */
const TURN_MS = 4
/** A call that takes longer has waited for a disk, in the one thread that serves everybody: this file goes on by buffers. */
const SLOW_MS = 20

/** Of fcntl.h and linux/fs.h. */
const O_CLOEXEC = 0x80000
const F_SETPIPE_SZ = 1031
const SPLICE_F_MOVE_NONBLOCK = 3

/**
 * Moves bytes from a socket into a file inside the kernel: splice(2) through a pipe, by way of Node's FFI, which is
 * experimental, so that everything works without it. The bytes are copied once instead of twice.
 */
export class KernelReceive implements Disposable {
  readonly #splice: Splice
  readonly #socket: number
  readonly #stream: Socket
  readonly #file: FileTarget
  readonly #pipe: { readonly out: number; readonly in: number }
  #slow = false

  private constructor(
    splice: Splice,
    pipe: { out: number; in: number },
    socket: number,
    stream: Socket,
    file: FileTarget,
  ) {
    this.#splice = splice
    this.#pipe = pipe
    this.#socket = socket
    this.#stream = stream
    this.#file = file
  }

  /** Undefined where there is no splice, or no descriptor of the socket. */
  static for(file: FileTarget | undefined, stream: Socket): KernelReceive | undefined {
    if (!file) return undefined
    const calls = loadCalls()
    const socket = descriptorOf(stream)
    const pipe = calls && socket !== undefined ? calls.pipe() : undefined
    if (!calls || socket === undefined || !pipe) return undefined
    return new KernelReceive(calls.splice, pipe, socket, stream, file)
  }

  /** True once the disk was slow: waiting for it is the thread pool's work. */
  get slow(): boolean {
    return this.#slow
  }

  /**
   * Moves what the socket holds, for one turn at the most. Everything received before has to be in the file.
   * @returns the bytes moved
   * @throws what the system says of a file that takes no more
   */
  turn(): number {
    const begun = performance.now()
    let bytes = 0
    while (!this.#slow && !this.#stream.destroyed) {
      const before = performance.now()
      if (before - begun > TURN_MS) break
      const held = this.#splice(this.#socket, this.#pipe.in, undefined, PIPE_SIZE)
      if (held <= 0) break
      this.#empty(held)
      bytes += held
      this.#slow = performance.now() - before > SLOW_MS
    }
    return bytes
  }

  [Symbol.dispose](): void {
    closeSync(this.#pipe.in)
    closeSync(this.#pipe.out)
  }

  /** The pipe is never left with bytes in it. */
  #empty(held: number): void {
    let left = held
    while (left > 0) {
      const moved = this.#splice(this.#pipe.out, this.#file.descriptor, this.#file.position, left)
      if (moved <= 0) return this.#emptyByHand(left)
      this.#file.advance(moved)
      left -= moved
    }
  }

  /** The file system does not splice, or the disk is full: writing tells, with the system's own error. */
  #emptyByHand(held: number): void {
    this.#slow = true
    const buffer = Buffer.allocUnsafe(64 * 1024)
    for (let left = held; left > 0; ) {
      const count = readSync(this.#pipe.out, buffer, 0, Math.min(buffer.length, left), null)
      for (let done = 0; done < count; ) {
        const written = writeSync(this.#file.descriptor, buffer, done, count - done, this.#file.position)
        this.#file.advance(written)
        done += written
      }
      left -= count
    }
  }
}

interface Calls {
  readonly splice: Splice
  pipe(): { out: number; in: number } | undefined
}

let loaded: Calls | null | undefined

function loadCalls(): Calls | undefined {
  if (loaded === undefined) loaded = open() ?? null
  return loaded ?? undefined
}

function open(): Calls | undefined {
  return loadLibrary(ffi => {
    const { functions } = ffi.dlopen(null, {
      splice: { arguments: ['i32', 'pointer', 'i32', 'pointer', 'u64', 'u32'], return: 'i64' },
      pipe2: { arguments: ['pointer', 'i32'], return: 'i32' },
      fcntl: { arguments: ['i32', 'i32', 'i32'], return: 'i32' },
    })
    const offset = Buffer.alloc(8)
    const pointer = ffi.getRawPointer(offset)
    const none = 0n
    return {
      splice(from, to, position, bytes) {
        if (position !== undefined) offset.writeBigInt64LE(BigInt(position))
        const at = position === undefined ? none : pointer
        return Number(functions.splice(from, none, to, at, BigInt(bytes), SPLICE_F_MOVE_NONBLOCK))
      },
      pipe() {
        const ends = Buffer.alloc(8)
        if (functions.pipe2(ffi.getRawPointer(ends), O_CLOEXEC) !== 0) return undefined
        const pipe = { out: ends.readInt32LE(0), in: ends.readInt32LE(4) }
        functions.fcntl(pipe.in, F_SETPIPE_SZ, PIPE_SIZE)
        return pipe
      },
    }
  })
}
