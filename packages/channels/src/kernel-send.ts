import type { Socket } from 'node:net'
import { descriptorOf, loadLibrary } from './kernel-calls.ts'

/** A file that the kernel can read by itself. */
export interface FileRun {
  /** An open descriptor of a regular file. */
  readonly descriptor: number
  /** Bytes before the next one to send. */
  readonly position: number
  /** Bytes left to send. */
  readonly left: number
  /** Says that the next bytes have been sent. */
  advance(bytes: number): void
}

/** Sends bytes of a file to a socket: how many, 0 at the end of the file, negative when the socket takes none now or anything is wrong. */
type SendFile = (socket: number, file: number, position: number, bytes: number) => number

/** The most that one call sends, in bytes. A call copies nothing and takes less than a millisecond when the file is in memory. */
const MOST_PER_CALL = 1024 * 1024
/** How long calls go on before other sessions get their turn, in milliseconds. */
const TURN_MS = 4
/** A call that takes longer has waited for a disk, in the one thread that serves everybody: this file goes on by buffers. */
const SLOW_MS = 10

/**
 * Sends a file from the page cache to a socket without copying it through this process: sendfile(2) by way of Node's
 * FFI, which is experimental, so that everything works without it. Measured on loopback: twice the speed of buffers.
 */
export class KernelSend {
  readonly #send: SendFile
  readonly #descriptor: number
  readonly #file: FileRun
  readonly #stream: Socket
  #slow = false

  private constructor(send: SendFile, descriptor: number, file: FileRun, stream: Socket) {
    this.#send = send
    this.#descriptor = descriptor
    this.#file = file
    this.#stream = stream
  }

  /** Undefined where there is no sendfile, or no descriptor of the socket. */
  static for(file: FileRun | undefined, stream: Socket): KernelSend | undefined {
    const send = file && loadSendFile()
    const descriptor = send && descriptorOf(stream)
    if (!send || descriptor === undefined) return undefined
    return new KernelSend(send, descriptor, file, stream)
  }

  /**
   * Sends as much as the socket takes now, for one turn at the most. Nothing else may wait to be written to the socket.
   * @returns the bytes sent; `more` when the turn was over before the socket was full
   */
  turn(): { bytes: number; more: boolean } {
    const begun = performance.now()
    let bytes = 0
    // The descriptor belongs to the socket: after its end another file may have the number.
    while (!this.#slow && this.#file.left > 0 && !this.#stream.destroyed) {
      const { descriptor, position, left } = this.#file
      const before = performance.now()
      if (before - begun > TURN_MS) return { bytes, more: true }
      const sent = this.#send(this.#descriptor, descriptor, position, Math.min(left, MOST_PER_CALL))
      this.#slow = performance.now() - before > SLOW_MS
      if (sent <= 0) break
      this.#file.advance(sent)
      bytes += sent
    }
    return { bytes, more: false }
  }

  /** True once the disk was slow: waiting for it is the thread pool's work. */
  get slow(): boolean {
    return this.#slow
  }
}

/** File systems and sockets of Linux's own are what sendfile is asked for; anything else says no and is sent by buffers. */
let loaded: SendFile | null | undefined

function loadSendFile(): SendFile | undefined {
  if (loaded === undefined) loaded = open() ?? null
  return loaded ?? undefined
}

function open(): SendFile | undefined {
  return loadLibrary(ffi => {
    const { functions } = ffi.dlopen(null, {
      sendfile: { arguments: ['i32', 'i32', 'pointer', 'u64'], return: 'i64' },
    })
    const offset = Buffer.alloc(8)
    const pointer = ffi.getRawPointer(offset)
    return (socket, file, position, bytes) => {
      offset.writeBigInt64LE(BigInt(position))
      return Number(functions.sendfile(socket, file, pointer, BigInt(bytes)))
    }
  })
}
