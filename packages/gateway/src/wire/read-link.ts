import type { TLSSocket } from 'node:tls'
import { readInPlace } from '@portolan/channels'

/** What OpenSSL decrypts at once is one record. */
const RECORD_BYTES = 16_384

/** The memory of all links: what was read is passed on before anybody reads again. */
let memory: Buffer | undefined

/** Passes on what comes, as views that are valid during the call. The first call is in a later turn of the event loop. */
export function readLink(socket: TLSSocket, onBytes: (bytes: Buffer) => void): void {
  socket.pause()
  setImmediate(() => {
    if (socket.destroyed) return
    for (let piece: unknown = socket.read(); Buffer.isBuffer(piece); piece = socket.read()) onBytes(piece)
    memory ??= Buffer.allocUnsafeSlow(RECORD_BYTES)
    const shared = memory
    const direct = readInPlace(socket, {
      buffer: () => shared,
      onBytes(count) {
        onBytes(shared.subarray(0, count))
        return true
      },
    })
    if (!direct) socket.on('data', onBytes)
    socket.resume()
  })
}
