import { setImmediate as nextTurn } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { onAbort } from './deferred.ts'
import { ChannelError } from './errors.ts'
import { isBreakCause, type Peer } from './stream-end.ts'
import type { TlsTap } from './tls-tap.ts'

/** What to watch besides the TLSSocket itself. */
export interface HandshakeOptions {
  /** Who does the other side of it. A client's side has to be made by `tls.connect`. */
  readonly peer: Peer
  /** Bounds the handshake. */
  readonly signal: AbortSignal
  /** For the text: `data connection`, `control connection`. */
  readonly what: string
  /** Tells of the end of TCP, which the TLSSocket does not hear of. */
  readonly tap?: TlsTap | undefined
}

/**
 * Waits until the peer and we agree. From then on a failure of TLS destroys the socket with an error. Node does that for
 * the sockets of `tls.Server` alone: on others a forged record shows as a proper end. The socket is left to the caller when they do not.
 * @throws {ChannelError} `CHANNEL_TLS_HANDSHAKE` with what the peer did
 */
export async function handshake(socket: TLSSocket, options: HandshakeOptions): Promise<void> {
  const { peer, signal, what, tap } = options
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const fail = (why: string, cause?: unknown) =>
    reject(
      new ChannelError('CHANNEL_TLS_HANDSHAKE', `the TLS handshake of the ${what} failed: ${why}`, { cause }),
    )
  // What Node finds out about a server's certificate it finds between the two.
  const done = peer === 'server' ? 'secureConnect' : 'secure'
  const onError = (error: Error) => fail(explain(error, peer), error)
  const onGone = () => fail(`the ${peer} closed the connection`)
  const off = onAbort(signal, () => fail(whyEnded(signal), signal.reason))
  socket.on(done, resolve).on('error', onError).on('end', onGone).on('close', onGone)
  socket.on('_tlsError', error => {
    if (!socket.destroyed) socket.destroy(error)
  })
  tap?.on('fin', onGone)
  try {
    await promise
  } finally {
    off()
    socket.off(done, resolve).off('error', onError).off('end', onGone).off('close', onGone)
    tap?.off('fin', onGone)
    // We stand in a callback of OpenSSL, promises included: a caller that destroyed the socket now would end the process.
    await nextTurn()
  }
}

function whyEnded(signal: AbortSignal): string {
  const reason: unknown = signal.reason
  if (reason instanceof DOMException && reason.name === 'TimeoutError') return 'it took too long'
  return isBreakCause(reason) ? reason.text : 'it was ended'
}

type Meanings = readonly (readonly [RegExp, string])[]

const NOT_TLS = /wrong version number|http request|unknown protocol|packet length too long|bad record type/

/** What OpenSSL's reasons mean to somebody who set up a client or this server. */
const MEANINGS: Readonly<Record<Peer, Meanings>> = {
  client: [
    [NOT_TLS, 'the client did not speak TLS'],
    [
      /unsupported protocol|version too low|protocol version/,
      'no TLS version in common (setting tls.minimumVersion)',
    ],
    [
      /no shared cipher|no suitable key share|no shared group/,
      'no cipher or group in common (setting tls.ciphers)',
    ],
    [
      /alert unknown ca|alert bad certificate|alert certificate unknown|alert certificate expired/,
      'the client does not trust this server’s certificate',
    ],
    [
      /peer did not return a certificate/,
      'the client sent no certificate, which is required (setting tls.clientCertificates)',
    ],
  ],
  server: [
    [NOT_TLS, 'the server did not speak TLS'],
    [
      /unsupported protocol|version too low|protocol version|no protocols available/,
      'no TLS version in common: allow an older one (minVersion) if the server has nothing better',
    ],
    [/certificate required|alert bad certificate/, 'the server wants a client certificate (cert and key)'],
    [
      /alert unknown ca|alert certificate unknown|alert certificate expired|alert unsupported certificate/,
      'the server does not accept our client certificate',
    ],
    [
      /handshake failure|no shared cipher|no cipher match|insufficient security/,
      'no cipher in common, or the server wants a client certificate or a resumed session',
    ],
    [
      /dh key too small|ee key too small|ca md too weak|unsafe legacy renegotiation/,
      'the server uses TLS that is too weak',
    ],
    [/unexpected eof|disconnected before secure/, 'the server closed the connection'],
  ],
}

function explain(error: Error, peer: Peer): string {
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message
  if ('code' in error && error.code === 'ECONNRESET') return `the ${peer} closed the connection`
  const meaning = MEANINGS[peer].find(([pattern]) => pattern.test(reason))?.[1]
  return meaning ? `${meaning} (${reason})` : reason
}
