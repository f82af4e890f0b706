import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A request of SOCKS 5 without a login, for a name or an address as text. */
export function socksRequest(host: string, port: number, command = 1): Buffer {
  const name = Buffer.from(host)
  const head = Buffer.from([5, 1, 0, 5, command, 0, 3, name.length])
  return Buffer.concat([head, name, Buffer.from([port >> 8, port & 255])])
}

/** Reads so many bytes, or what there is before the end. What comes beyond them stays. */
export async function readBytes(socket: Socket, count: number): Promise<Buffer> {
  let seen: Buffer = Buffer.alloc(0)
  while (seen.length < count && !socket.readableEnded && !socket.destroyed) {
    const chunk: unknown = socket.read()
    if (Buffer.isBuffer(chunk)) seen = Buffer.concat([seen, chunk])
    else await Promise.race([once(socket, 'readable'), once(socket, 'end'), once(socket, 'close')])
  }
  if (seen.length > count) socket.unshift(seen.subarray(count))
  return seen.subarray(0, count)
}

/** Asks a SOCKS 5 server for a target; answers the socket and the code of its reply, undefined when there was none. */
export async function askSocks(
  at: { host: string; port: number },
  host: string,
  port: number,
): Promise<{ socket: Socket; reply: number | undefined }> {
  const socket = connect({ ...at, allowHalfOpen: true })
  socket.on('error', () => {})
  socket.write(socksRequest(host, port))
  return { socket, reply: (await readBytes(socket, 12))[3] }
}

/** Sends bytes and reads all that comes until the end; how it ended. */
export async function exchange(socket: Socket, bytes: string): Promise<{ text: string; reset: boolean }> {
  const chunks: Buffer[] = []
  let reset = false
  socket.on('error', () => {
    reset = true
  })
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.end(bytes)
  if (!socket.closed) await once(socket, 'close').catch(() => {})
  return { text: Buffer.concat(chunks).toString(), reset }
}
