import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/** Bytes of leftover TLS records that are skipped after CCC. A close_notify has some 30. */
const MAX_SKIPPED = 64 * 1024
const RECORD_HEADER = 5

/**
 * Stands between the socket and the TLSSocket of a control connection, so that TLS can end and the connection go on in
 * the clear (CCC, RFC 4217 section 12.3). A TLSSocket that sits on the socket itself never lets go of it. Costs 5 KB for
 * each session.
 */
export class ControlLink extends Duplex {
  readonly #socket: Socket
  #state: 'linked' | 'parting' | 'parted' = 'linked'

  constructor(socket: Socket) {
    super({ allowHalfOpen: true, autoDestroy: false })
    this.#socket = socket
    socket
      .on('data', this.#onData)
      .on('end', this.#onEnd)
      .on('error', this.#onError)
      .on('close', this.#onClose)
    socket.pause()
  }

  override pause(): this {
    if (this.#state === 'linked') this.#socket.pause()
    return this
  }

  override resume(): this {
    if (this.#state === 'linked') this.#socket.resume()
    return this
  }

  /**
   * Ends TLS and keeps the socket. Call it after close_notify was written; nothing the peer still sends under TLS is
   * read: its close_notify, if it sends one, is skipped. Resolves when the peer has sent its first bytes in the clear.
   * They wait in the socket, which is paused.
   */
  part(): Promise<Socket> {
    const socket = this.#socket
    this.#state = 'parting'
    socket.off('data', this.#onData).off('end', this.#onEnd)
    return new Promise(resolve => {
      let bytes: Buffer = Buffer.alloc(0)
      const done = () => {
        socket.off('data', onData).off('end', done).off('close', done)
        socket.pause()
        if (bytes.length > 0) socket.unshift(bytes)
        this.#state = 'parted'
        socket.off('error', this.#onError).off('close', this.#onClose)
        resolve(socket)
      }
      const onData = (piece: Buffer) => {
        bytes = skipRecords(bytes.length === 0 ? piece : Buffer.concat([bytes, piece]))
        const [type] = bytes
        if (type === undefined || (isRecordType(type) && bytes.length < MAX_SKIPPED)) return
        done()
      }
      socket.on('data', onData).on('end', done).on('close', done)
      socket.resume()
    })
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#state === 'linked') this.#socket.end(() => done())
    else done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.#state !== 'parted') this.#socket.destroy()
    done(error)
  }

  readonly #onData = (piece: Buffer): void => {
    this.emit('data', piece)
  }

  readonly #onEnd = (): void => {
    this.emit('end')
  }

  readonly #onError = (error: Error): void => {
    this.destroy(error)
  }

  readonly #onClose = (): void => {
    this.destroy()
  }
}

/** Leaves out the whole TLS records at the start. What follows is part of a record, or in the clear. */
function skipRecords(bytes: Buffer): Buffer {
  let at = 0
  while (bytes.length - at >= RECORD_HEADER && isRecordType(bytes[at])) {
    const end = at + RECORD_HEADER + bytes.readUInt16BE(at + 3)
    if (end > bytes.length) break
    at = end
  }
  return bytes.subarray(at)
}

/** change_cipher_spec to heartbeat. No FTP command begins with such a byte. */
function isRecordType(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 20 && byte <= 24
}
