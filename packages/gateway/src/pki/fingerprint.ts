import { createHash, X509Certificate } from 'node:crypto'

/** SHA-256 of a certificate (DER), in hexadecimal: by it an invitation pins the authority. */
export function fingerprintOf(certificate: string | X509Certificate): string {
  const { raw } = typeof certificate === 'string' ? new X509Certificate(certificate) : certificate
  return createHash('sha256').update(raw).digest('hex')
}
