import type { Socket } from 'node:net'
import { Deferred, onAbort } from './deferred.ts'
import { ChannelError } from './errors.ts'
import { MAX_V2_LENGTH, type ProxyHeader, parseProxyHeader } from './proxy-protocol.ts'

/** How long a proxy may take to send its header. It sends it first of all, so this is ample. */
const HEADER_MS = 5_000

/**
 * Reads the PROXY protocol header from a paused socket. Bytes that follow it stay unread in the socket, so that
 * whatever reads next, TLS too, finds them; the socket is paused again. Only for connections of trusted proxies.
 * @throws {ChannelError} `CHANNEL_PROXY_HEADER` when it is malformed, cut off or not there within 5 seconds;
 *   `CHANNEL_ABORTED`. The socket is left to the caller.
 */
export async function readProxyHeader(
  socket: Socket,
  { signal, timeoutMs = HEADER_MS }: { signal: AbortSignal; timeoutMs?: number },
): Promise<ProxyHeader> {
  const read = new Deferred<ProxyHeader>()
  let bytes: Buffer = Buffer.alloc(0)
  const onReadable = () => {
    if (read.settled) return
    try {
      for (let chunk = next(socket); chunk; chunk = next(socket)) {
        bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk])
        const parsed = parseProxyHeader(bytes)
        if (parsed) {
          if (bytes.length > parsed.length) socket.unshift(bytes.subarray(parsed.length))
          return read.resolve(parsed.header)
        }
      }
    } catch (error) {
      read.reject(error)
    }
  }
  const fail = (text: string) =>
    read.reject(new ChannelError('CHANNEL_PROXY_HEADER', `PROXY protocol: ${text}`))
  const onEnd = () => fail('the connection ended before its header was complete')
  const onError = (error: Error) =>
    fail(`the connection broke before its header was complete: ${error.message}`)
  const timer = setTimeout(() => fail(`no complete header within ${timeoutMs / 1000} seconds`), timeoutMs)
  const off = onAbort(signal, () => {
    read.reject(
      new ChannelError('CHANNEL_ABORTED', 'the wait for a PROXY protocol header was ended', {
        cause: signal.reason,
      }),
    )
  })
  socket.on('readable', onReadable).on('end', onEnd).on('error', onError).on('close', onEnd)
  onReadable()
  try {
    return await read.promise
  } finally {
    clearTimeout(timer)
    off()
    socket.off('readable', onReadable).off('end', onEnd).off('error', onError).off('close', onEnd)
    socket.pause()
  }
}

/** What has arrived, but never more than the longest header: the rest belongs to somebody else. */
function next(socket: Socket): Buffer | null {
  const length = Math.min(socket.readableLength, MAX_V2_LENGTH)
  const chunk: unknown = length > 0 ? socket.read(length) : socket.read()
  return Buffer.isBuffer(chunk) ? chunk : null
}
