import { X509Certificate } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { createSecureContext, TLSSocket } from 'node:tls'
import type { Identity } from '../pki/types.ts'
import { TLS_SETTINGS } from '../transport/tls-settings.ts'
import { verifyPinned } from '../transport/verify-peer.ts'
import { duplexOf } from '../wire/duplex.ts'
import { StreamRefused, type WireStream } from '../wire/types.ts'
import { InnerStream } from './inner-stream.ts'
import { innerTlsStatus } from './inner-tls-status.ts'
import { OuterStream } from './outer-stream.ts'

/** How long the inner handshake may take, in milliseconds. */
const HANDSHAKE_MS = 10_000

/**
 * The connector's side of the inner TLS of double encryption: it shows its own certificate, and wants that of an agent of the same
 * authority. What comes out is the stream in the clear.
 * @throws {StreamRefused} `CON_INNER_TLS`, or with what broke the stream; it was reset
 */
export async function acceptInnerTls(
  stream: WireStream,
  identity: Pick<Identity, 'key' | 'certificate' | 'authority'>,
  now: () => number,
): Promise<WireStream> {
  const outer = new OuterStream(stream)
  const duplex = duplexOf(outer)
  duplex.on('error', () => {})
  const tls = new TLSSocket(duplex, {
    ...TLS_SETTINGS,
    isServer: true,
    secureContext: createSecureContext({
      ...TLS_SETTINGS,
      key: identity.key,
      cert: identity.certificate,
      ca: identity.authority,
    }),
    requestCert: true,
    rejectUnauthorized: false,
  })
  try {
    await handshake(tls, duplex)
    // Whether the certificate counts is said by Node to those alone who have a server of TLS.
    const leaf = tls.getPeerX509Certificate()
    if (!leaf) throw new Error('The agent shows no certificate.')
    const verified = verifyPinned(leaf, new X509Certificate(identity.authority), now())
    if (!verified.peer) throw new Error(verified.text)
    if (verified.peer.kind !== 'agent')
      throw new Error(`The certificate is of kind ${verified.peer.kind}, not agent.`)
    return new InnerStream(tls, outer)
  } catch (error) {
    const status = outer.broken ?? innerTlsStatus(error instanceof Error ? error.message : String(error))
    outer.breakOff(status)
    tls.destroy()
    throw new StreamRefused(status)
  }
}

async function handshake(tls: TLSSocket, duplex: Duplex): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onClose = () => reject(new Error('The stream ended in the handshake.'))
  const onSecure = () => {
    // In this very callback: what comes at once is the session's.
    tls.pause()
    resolve()
  }
  const timer = setTimeout(
    () => reject(new Error(`The handshake was not over within ${HANDSHAKE_MS / 1000} seconds.`)),
    HANDSHAKE_MS,
  )
  tls
    .on('error', () => {})
    .once('secure', onSecure)
    .once('error', reject)
    .once('close', onClose)
  duplex.once('error', reject)
  try {
    await promise
  } finally {
    clearTimeout(timer)
    tls.off('secure', onSecure).off('error', reject).off('close', onClose)
    duplex.off('error', reject)
  }
}
