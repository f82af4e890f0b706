import { X509Certificate } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:tls'
import type { ReadyListener } from './portolan.ts'

/** Bound of the TLS handshake, in milliseconds. */
const HANDSHAKE_MS = 10_000

/**
 * Fetches the certificate that a server made itself from its implicit listener and keeps it as PEM, so that clients can
 * be told to trust it, and nothing else.
 */
export async function keepCertificate({ host, port }: ReadyListener, file: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const socket = connect({ host, port, rejectUnauthorized: false }, () => {
    resolve(new X509Certificate(socket.getPeerCertificate().raw).toString())
  })
  socket.once('error', reject)
  socket.setTimeout(HANDSHAKE_MS, () => reject(new Error(`no TLS at ${host}:${port} in ${HANDSHAKE_MS} ms`)))
  try {
    await writeFile(file, await promise)
    return file
  } finally {
    socket.destroy()
  }
}
