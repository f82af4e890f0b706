import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

/** The certificates of a PEM text, in its order, or why it has none that can be read. */
export function readCertificates(
  text: string,
): { readonly certificates: readonly X509Certificate[] } | { readonly problem: string } {
  const blocks = text.match(CERTIFICATE) ?? []
  if (blocks.length === 0) {
    const problem = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)
      ? 'holds a private key in place of a certificate'
      : 'must be PEM: -----BEGIN CERTIFICATE----- and what follows'
    return { problem }
  }
  try {
    return { certificates: blocks.map(block => new X509Certificate(block)) }
  } catch (error) {
    return { problem: `holds a certificate that cannot be read: ${messageOf(error)}` }
  }
}

/** The private key of a PEM text, or why there is none that can be read. */
export function readKey(text: string): { readonly key: KeyObject } | { readonly problem: string } {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    return { problem: 'must be PEM: -----BEGIN PRIVATE KEY----- and what follows' }
  }
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(text)) {
    return { problem: 'is encrypted with a passphrase: decrypt it first, it is kept sealed here' }
  }
  try {
    return { key: createPrivateKey(text) }
  } catch (error) {
    return { problem: `cannot be read: ${messageOf(error)}` }
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
