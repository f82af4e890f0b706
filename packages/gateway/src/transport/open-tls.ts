import type { Socket } from 'node:net'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { GatewayError } from '../errors.ts'
import { ALPN } from '../wire/types.ts'
import { type HostPort, parseAddress } from './address.ts'
import { HANDSHAKE_MS, reasonOf, TLS_SETTINGS } from './tls-settings.ts'

/** A connection to an address, with the handshake done and nobody trusted yet. */
export interface OpenTlsOptions {
  /** `HOST:PORT`. */
  readonly address: string
  readonly protocol: keyof typeof ALPN
  readonly signal: AbortSignal
  readonly credentials?: Pick<ConnectionOptions, 'key' | 'cert' | 'ca'>
  readonly dial?: DialTcp
}

/** Makes the TCP connection that TLS is on, where Node's own will not do: an agent marks its packets. */
export type DialTcp = (to: HostPort, signal: AbortSignal) => Promise<Socket>

/**
 * Connects and does the handshake, within ten seconds. Whether the other side may be trusted is its caller's to check before a byte is
 * written.
 * @throws {GatewayError} `GATEWAY_UNREACHABLE`, `GATEWAY_PEER` when TLS fails or the protocol is not spoken there
 */
export async function openTls(options: OpenTlsOptions): Promise<TLSSocket> {
  const { address, protocol, signal, credentials, dial } = options
  const to = parseAddress(address)
  const bound = AbortSignal.any([signal, AbortSignal.timeout(HANDSHAKE_MS)])
  const dialled = await dial?.(to, bound).catch((error: unknown) => {
    throw unreachable(address, error instanceof Error ? error.message : String(error), error)
  })
  return new Promise((resolve, reject) => {
    if (bound.aborted) {
      dialled?.destroy()
      return reject(unreachable(address, 'it was given up'))
    }
    let connected = dialled !== undefined
    const socket = connect({
      ...TLS_SETTINGS,
      ...credentials,
      ...(dialled ? { socket: dialled } : to),
      ALPNProtocols: [ALPN[protocol]],
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    })
    socket.setNoDelay(true)
    const settle = (done: () => void) => {
      bound.removeEventListener('abort', onAbort)
      socket
        .off('connect', onConnect)
        .off('secureConnect', onSecure)
        .off('error', onError)
        .off('close', onClose)
      done()
    }
    const fail = (error: GatewayError) =>
      settle(() => {
        socket.on('error', () => {}).destroy()
        reject(error)
      })
    const onAbort = () =>
      fail(unreachable(address, signal.aborted ? 'it was given up' : 'it did not answer within ten seconds'))
    const onConnect = () => {
      connected = true
    }
    const onError = (error: Error & { code?: string }) => {
      if (!connected) return fail(unreachable(address, error.message, error))
      // RFC 7301 section 3.2: that is how a server says that it speaks none of what it was offered.
      const text = /NO_APPLICATION_PROTOCOL/.test(error.code ?? '')
        ? `${address} does not speak ${ALPN[protocol]}: it is another part, or of another release.`
        : `No TLS connection to ${address}: ${reasonOf(error)}. Is it a part of Portolan that listens there?`
      fail(new GatewayError('GATEWAY_PEER', text, { cause: error }))
    }
    const onClose = () => fail(unreachable(address, 'it ended the connection'))
    const onSecure = () => {
      if (socket.alpnProtocol === ALPN[protocol]) return settle(() => resolve(socket))
      fail(new GatewayError('GATEWAY_PEER', `${address} does not speak ${ALPN[protocol]}.`))
    }
    bound.addEventListener('abort', onAbort)
    socket.on('connect', onConnect).on('secureConnect', onSecure).on('error', onError).on('close', onClose)
  })
}

const unreachable = (address: string, why: string, cause?: unknown) =>
  new GatewayError('GATEWAY_UNREACHABLE', `${address} cannot be reached: ${why}.`, { cause })
