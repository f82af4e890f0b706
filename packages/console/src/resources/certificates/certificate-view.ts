import type { KeyObject, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { Certificate } from '../../contract/index.ts'
import { oneLine, readChain } from './pem.ts'

/** Days before its end from which on a certificate is told of. */
const SOON_DAYS = 21
const DAY_MS = 86_400_000
/** Bits of RSA keys that are still taken: NIST SP 800-57 part 1, 112 bits of security. */
const FEWEST_RSA_BITS = 2048

/** What is told of a certificate beside what it says itself. */
export interface CertificateFacts {
  readonly name: string
  readonly origin: Certificate['origin']
  readonly inUse: boolean
  readonly now: number
  /** Name that clients dial; absent when it is not known. */
  readonly host?: string | undefined
}

/** A certificate, as the API tells of one. The key is not in it, and was never here. */
export function viewOfCertificate(chainText: string, facts: CertificateFacts): Certificate {
  const { name, origin, inUse } = facts
  const chain = readChain(chainText)
  if (typeof chain === 'string') return unreadable(facts, chain)
  const [leaf] = chain
  return {
    name,
    origin,
    inUse,
    subject: oneLine(leaf.subject),
    issuer: oneLine(leaf.issuer),
    names: namesOf(leaf),
    notBefore: Math.max(0, leaf.validFromDate.getTime()),
    notAfter: Math.max(0, leaf.validToDate.getTime()),
    fingerprint: leaf.fingerprint256,
    key: keyKind(leaf.publicKey),
    problems: problemsOf(leaf, chain.length, facts),
  }
}

function unreadable({ name, origin, inUse }: CertificateFacts, problem: string): Certificate {
  const nothing = { subject: '', issuer: '', names: [], notBefore: 0, notAfter: 0, fingerprint: '', key: '' }
  return { name, origin, inUse, ...nothing, problems: [`The text ${problem}.`] }
}

/** DNS names and addresses; those of the subject alone count for no client of today (RFC 9525 section 2). */
function namesOf(leaf: X509Certificate): string[] {
  const text = leaf.subjectAltName ?? ''
  return [...text.matchAll(/(?:DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]+)/g)].flatMap(([, name]) => name ?? [])
}

function keyKind(key: KeyObject): string {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {}
  if (modulusLength !== undefined) return `RSA ${modulusLength}`
  if (namedCurve !== undefined) return `EC ${CURVES[namedCurve] ?? namedCurve}`
  return key.asymmetricKeyType ?? 'unknown'
}

const CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
}

function problemsOf(
  leaf: X509Certificate,
  length: number,
  { now, host, origin }: CertificateFacts,
): string[] {
  const { modulusLength } = leaf.publicKey.asymmetricKeyDetails ?? {}
  const isSelfSigned = leaf.checkIssued(leaf)
  const [end, begin] = [leaf.validToDate.getTime(), leaf.validFromDate.getTime()]
  const day = (at: number) => new Date(at).toISOString().slice(0, 10)
  const days = Math.floor((end - now) / DAY_MS)
  const problems: (string | false)[] = [
    end < now && `It expired on ${day(end)}: clients refuse it. Put a new one in its place.`,
    end >= now &&
      days < SOON_DAYS &&
      `It expires on ${day(end)}, ${days === 1 ? 'in 1 day' : `in ${days} days`}: renew it.`,
    begin > now && `It is valid only from ${day(begin)} on: clients refuse it until then.`,
    modulusLength !== undefined &&
      modulusLength < FEWEST_RSA_BITS &&
      `Its RSA key has ${modulusLength} bits; clients of today want ${FEWEST_RSA_BITS} at least.`,
    leaf.subjectAltName === undefined &&
      'It has no alternative names: clients of today look at nothing else, and refuse it.',
    isSelfSigned &&
      origin !== 'self-signed' &&
      'No authority has signed it: clients must be told to accept it.',
    !isSelfSigned &&
      length === 1 &&
      'The chain has the server’s certificate alone: clients that do not know who signed it refuse it. Add the certificates between.',
    host !== undefined &&
      !isFor(leaf, host) &&
      `It is not for ${host}, the name under which clients are told to come.`,
  ]
  return problems.filter(problem => problem !== false)
}

function isFor(leaf: X509Certificate, host: string): boolean {
  return (isIP(host) > 0 ? leaf.checkIP(host) : leaf.checkHost(host)) !== undefined
}
