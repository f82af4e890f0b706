import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import type { FieldProblem } from '../../contract/index.ts'

/** Certificates of one chain; longer ones are a mistake, such as a whole store of authorities. */
const MOST_CERTIFICATES = 20

/** A certificate with its key that belong together. */
interface CheckedPair {
  /** PEM, the leaf first. */
  readonly chain: string
  /** PEM. */
  readonly key: string
  readonly leaf: X509Certificate
}

/** What was found in a pair: it, or every mistake. */
export type PairResult =
  | { readonly kind: 'valid'; readonly pair: CheckedPair }
  | { readonly kind: 'invalid'; readonly problems: readonly FieldProblem[] }

/** Checks that a chain and a key can be used and belong together. The key's text is in no message. */
export function checkPair(chainText: string, keyText: string): PairResult {
  const chain = readChain(chainText)
  const key = readKey(keyText)
  const problems: FieldProblem[] = []
  if (typeof chain === 'string') problems.push({ path: 'chain', message: chain })
  if (typeof key === 'string') problems.push({ path: 'key', message: key })
  if (typeof chain === 'string' || typeof key === 'string') return { kind: 'invalid', problems }
  const together = togetherProblem(chain, key) ?? orderProblem(chain)
  if (together) return { kind: 'invalid', problems: [together] }
  const [leaf] = chain
  const pem = chain.map(one => one.toString()).join('')
  const exported = key.export({ type: 'pkcs8', format: 'pem' })
  const unusable = unusableProblem(pem, String(exported))
  if (unusable) return { kind: 'invalid', problems: [unusable] }
  return { kind: 'valid', pair: { chain: pem, key: String(exported), leaf } }
}

type Chain = readonly [X509Certificate, ...X509Certificate[]]

/** The certificates of a text in PEM form, or what is wrong with it. */
export function readChain(text: string): Chain | string {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  if (blocks.length > MOST_CERTIFICATES)
    return `must have at most ${MOST_CERTIFICATES} certificates: the server’s, and those between it and its authority`
  try {
    const [leaf, ...others] = blocks.map(block => new X509Certificate(block))
    if (leaf) return [leaf, ...others]
  } catch (error) {
    return `has a certificate that cannot be read: ${error instanceof Error ? error.message : String(error)}`
  }
  if (/PRIVATE KEY-----/.test(text))
    return 'has a private key and no certificate: it belongs into the other field'
  return 'must have a certificate in PEM form (-----BEGIN CERTIFICATE-----)'
}

function readKey(text: string): KeyObject | string {
  if (/ENCRYPTED/.test(text))
    return 'is protected by a passphrase: take it off first, as `openssl pkey -in key.pem -out plain.pem` does; it is encrypted again where it is kept'
  if (/BEGIN CERTIFICATE-----/.test(text) && !/PRIVATE KEY-----/.test(text))
    return 'has a certificate and no private key: it belongs into the other field'
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    return 'must be a private key in PEM form (-----BEGIN PRIVATE KEY-----)'
  try {
    return createPrivateKey(text)
  } catch {
    return 'is a private key that cannot be read: it is cut short or damaged'
  }
}

function togetherProblem(chain: Chain, key: KeyObject): FieldProblem | undefined {
  const owner = chain.findIndex(one => one.checkPrivateKey(key))
  if (owner === 0) return undefined
  if (owner < 0) return { path: 'key', message: `belongs to another certificate than ${subjectOf(chain[0])}` }
  return {
    path: 'chain',
    message: `is in the wrong order: the certificate of the key is number ${owner + 1}; put it first`,
  }
}

function orderProblem(chain: Chain): FieldProblem | undefined {
  for (const [place, one] of chain.entries()) {
    const next = chain[place + 1]
    if (!next || (one.checkIssued(next) && one.verify(next.publicKey))) continue
    return {
      path: 'chain',
      message: `is no chain: ${subjectOf(one)} was not signed by ${subjectOf(next)}, which comes after it; each one has to be signed by the next`,
    }
  }
  return undefined
}

/** What OpenSSL would say at the first connection, such as a key that is too small. */
function unusableProblem(cert: string, key: string): FieldProblem | undefined {
  try {
    createSecureContext({ cert, key })
    return undefined
  } catch (error) {
    const text =
      error instanceof Error ? error.message.replace(/^error:[^:]*:[^:]*:[^:]*:/, '') : String(error)
    return { path: 'chain', message: `cannot be used for TLS: ${text}` }
  }
}

/** The name of whom a certificate is for, in one line. */
function subjectOf(certificate: X509Certificate): string {
  return oneLine(certificate.subject) || 'a certificate without a name'
}

/** Node writes a part of a name on each line. */
export const oneLine = (name: string | undefined) => (name ?? '').split('\n').join(', ')
