import type { Socket } from 'node:net'
import type { DialOutcome } from './dial-error.ts'

/** A proxy did not open the connection. The message goes on after `the proxy P`. */
export class ProxyRefusal extends Error {
  readonly outcome: DialOutcome

  constructor(outcome: DialOutcome, message: string, options?: ErrorOptions) {
    super(message, options)
    this.outcome = outcome
  }
}

/**
 * Makes a socket look as if nobody had read from it: what came behind the proxy's answer is the first to be read, and
 * whoever listens to `data` starts it.
 */
export function settle(socket: Socket, head: Buffer): void {
  socket.resume()
  // What node:http does for the sockets it hands over; the types call it readonly.
  Reflect.set(socket, 'readableFlowing', null)
  if (head.length > 0) socket.unshift(head)
}
