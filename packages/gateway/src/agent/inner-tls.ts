import { X509Certificate } from 'node:crypto'
import { connect, type TLSSocket } from 'node:tls'
import { InnerStream } from '../connector/inner-stream.ts'
import { innerTlsStatus } from '../connector/inner-tls-status.ts'
import { OuterStream } from '../connector/outer-stream.ts'
import type { AgentOpened } from '../control/messages.ts'
import type { Identity } from '../pki/types.ts'
import { TLS_SETTINGS } from '../transport/tls-settings.ts'
import { verifyPeer } from '../transport/verify-peer.ts'
import { duplexOf } from '../wire/duplex.ts'
import { StreamRefused, type WireStream } from '../wire/types.ts'

/** How long the inner handshake may take, in milliseconds. */
const INNER_MS = 5_000

/**
 * The inner TLS of double encryption: from this agent to the connector that the edge has named, whose certificate has to say so. The edge
 * in between reads nothing, cannot put another connector in its place, and cannot cut bytes off the end.
 * @throws {StreamRefused} CON_INNER_TLS; the stream was reset
 */
export async function encryptInside(
  stream: WireStream,
  { connector }: Pick<AgentOpened, 'connector'>,
  identity: Identity,
  now: () => number,
): Promise<WireStream> {
  const outer = new OuterStream(stream)
  const duplex = duplexOf(outer)
  const socket = connect({
    ...TLS_SETTINGS,
    socket: duplex,
    key: identity.key,
    cert: identity.certificate,
    ca: identity.authority,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  })
  duplex.on('error', () => {})
  try {
    await secured(socket)
    const { peer } = verifyPeer(socket, new X509Certificate(identity.authority), now())
    if (peer?.kind !== 'connector' || peer.id !== connector.id)
      throw new Error(`what answers is not the connector ${connector.name}`)
    return new InnerStream(socket, outer)
  } catch (error) {
    const status = outer.broken ?? innerTlsStatus(error instanceof Error ? error.message : String(error))
    outer.breakOff(status)
    socket.destroy()
    throw new StreamRefused(status)
  }
}

async function secured(socket: TLSSocket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onClose = () => reject(new Error('the connection ended in the handshake'))
  const timer = setTimeout(() => reject(new Error('the connector did not answer in time')), INNER_MS)
  const onSecure = () => {
    // In this very callback: what comes at once is the session's.
    socket.pause()
    resolve()
  }
  socket.on('error', () => {}).once('secureConnect', onSecure)
  socket.once('error', reject).once('close', onClose)
  try {
    await promise
  } finally {
    clearTimeout(timer)
    socket.off('secureConnect', onSecure).off('error', reject).off('close', onClose)
  }
}
