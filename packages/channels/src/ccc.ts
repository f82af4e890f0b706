import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { ControlLink, PartAt } from './control-link.ts'

/** Milliseconds that a client waits for the server's close_notify, which some servers do not send. */
const CLOSE_NOTIFY_MS = 5_000

/** The link below each control connection. */
const links = new WeakMap<TLSSocket, ControlLink>()

/** Notes what a control connection under TLS stands on, so that it can part from it. */
export function rememberLink(tls: TLSSocket, link: ControlLink): void {
  links.set(tls, link)
}

/**
 * CCC at the server: ends TLS on a control connection of `SessionTls.wrapControl` and goes on in the clear (RFC 4217
 * section 12.3). Sends close_notify, skips the client's if it sends one (curl's passive mode does not), and resolves with
 * the socket, paused, once the client has sent something in the clear or has gone. The TLSSocket is spent.
 * @throws {Error} for a TLSSocket that was made elsewhere
 */
export function unwrapControl(tls: TLSSocket): Promise<Socket> {
  return unwrap(tls, { kind: 'clear' })
}

/**
 * CCC at the client: call it after the 200 to CCC, on a control connection of `ClientTls.wrapControl`. Sends
 * close_notify, waits for the server's and skips it, and resolves with the socket, paused: the client speaks first. A
 * server that sends no close_notify is waited for no longer than `waitMs`. The TLSSocket is spent; an `end` of it between
 * the 200 and this call is the server's close_notify, and not the end of the connection.
 * @param options.waitMs - milliseconds; default 5000
 * @throws {Error} for a TLSSocket that was made elsewhere
 */
export function unwrapControlClient(
  tls: TLSSocket,
  { waitMs = CLOSE_NOTIFY_MS }: { waitMs?: number } = {},
): Promise<Socket> {
  return unwrap(tls, { kind: 'close-notify', waitMs })
}

async function unwrap(tls: TLSSocket, at: PartAt): Promise<Socket> {
  const link = links.get(tls)
  if (!link) throw new Error('only a control connection of SessionTls or ClientTls can go on in the clear')
  links.delete(tls)
  const parted = link.part(at)
  // Writes close_notify at once: what is sent in the clear cannot overtake it.
  tls.end()
  const socket = await parted
  // Later, so that whoever watches the TLSSocket has let go of it before it closes.
  setImmediate(() => tls.destroy())
  return socket
}
