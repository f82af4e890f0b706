import type { TLSSocket } from 'node:tls'
import type { Status } from '../codes.ts'
import { FRAME, HEADER_BYTES } from '../wire/types.ts'

/** How long the other side has to read why, in milliseconds. */
const LINGER_MS = 2_000

/** Says by one GOAWAY frame why a member is not let in, and closes. */
export function refuseLink(socket: TLSSocket, status: Status): void {
  const payload = Buffer.from(JSON.stringify(status))
  const frame = Buffer.alloc(HEADER_BYTES + payload.length)
  frame[0] = FRAME.goaway
  frame.writeUIntBE(payload.length, 1, 3)
  payload.copy(frame, HEADER_BYTES)
  sayLast(socket, frame)
}

/**
 * Says one last thing, and closes within two seconds. What the other side sends meanwhile is read and dropped: a reset would take the word
 * away before it is read.
 */
export function sayLast(socket: TLSSocket, word: Buffer | string): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.on('error', () => socket.destroy())
  socket.once('close', () => clearTimeout(timer))
  socket.resume()
  socket.end(word)
}
