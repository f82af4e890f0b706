import type { Socket } from 'node:net'

/** Milliseconds after which a connection that has done its work is closed, whether the peer has closed it or not. */
const LINGER_MS = 10_000

/**
 * Closes a connection whose work is done, without hurrying the peer: sends our end if that was not done (close_notify
 * under TLS), and waits in the background, bounded, for the peer's. Closing with unread bytes in the kernel would send
 * RST, and on some systems a RST throws away what the peer's program has not read yet.
 */
export function closeCleanly(stream: Socket): void {
  if (stream.destroyed) return
  const close = () => stream.destroy()
  const timer = setTimeout(close, LINGER_MS)
  timer.unref()
  stream.once('close', () => clearTimeout(timer))
  const peerEnded = stream.readableEnded
  if (!peerEnded) {
    stream.once('end', close)
    stream.resume()
  }
  if (!stream.writableEnded) stream.end(() => peerEnded && close())
  else if (peerEnded) stream.writableFinished ? close() : stream.once('finish', close)
}
