import { createHash, type X509Certificate } from 'node:crypto'
import { ChannelError } from './errors.ts'

/** What is wrong with a certificate. */
export interface CertificateProblem {
  /**
   * OpenSSL's and Node's names, such as `CERT_HAS_EXPIRED`, `DEPTH_ZERO_SELF_SIGNED_CERT` and
   * `ERR_TLS_CERT_ALTNAME_INVALID`; ours: `PIN_MISMATCH`, `CERT_DIFFERS` (the data connection's is not the control
   * connection's), `NO_CERTIFICATE`.
   */
  readonly code: string
  readonly text: string
}

/** What a server's certificate says of itself, and what is wrong with it. */
export interface PeerCertificateFacts {
  /** Such as `CN=ftp.example.org, O=Example`. */
  readonly subject: string
  readonly issuer: string
  readonly validFrom: Date
  readonly validTo: Date
  /** The names and addresses that it is for: `ftp.example.org`, `192.0.2.1`. */
  readonly names: readonly string[]
  /** SHA-256 of the certificate as hex with colons. Can be used as a pin. */
  readonly fingerprint256: string
  /** SHA-256 of the public key as `sha256//` and base64, as curl writes it. Can be used as a pin; outlives a renewal with the same key. */
  readonly publicKeySha256: string
  /** Signed with its own key. */
  readonly selfSigned: boolean
  /** Set when it was not accepted, or was accepted because verification is off or a pin matched. */
  readonly problem?: CertificateProblem
}

/** The certificate of the server is not accepted. */
export class CertificateError extends ChannelError {
  override readonly name = 'CertificateError'
  /** See {@link CertificateProblem.code}. */
  readonly problem: string
  /** Absent when the server showed none. */
  readonly certificate?: PeerCertificateFacts

  constructor(message: string, problem: CertificateProblem, certificate?: PeerCertificateFacts) {
    super('CHANNEL_TLS_HANDSHAKE', message)
    this.problem = problem.code
    if (certificate) this.certificate = certificate
  }
}

/** Reads a certificate. */
export function certificateFacts(certificate: X509Certificate): PeerCertificateFacts {
  const { subject, issuer, validFrom, validTo, subjectAltName, fingerprint256 } = certificate
  return {
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    validFrom: new Date(validFrom),
    validTo: new Date(validTo),
    names: namesOf(subjectAltName),
    fingerprint256,
    publicKeySha256: `sha256//${publicKeyDigest(certificate).toString('base64')}`,
    selfSigned: certificate.checkIssued(certificate),
  }
}

/** Tells whether one of the pins is this certificate or its public key. */
export function isPinned(certificate: X509Certificate, pins: readonly Buffer[]): boolean {
  const whole = createHash('sha256').update(certificate.raw).digest()
  const key = publicKeyDigest(certificate)
  return pins.some(pin => pin.equals(whole) || pin.equals(key))
}

/**
 * Reads a pin: the SHA-256 of a certificate or of its public key, as 64 hexadecimal digits with or without colons, or as
 * `sha256//` and base64.
 * @throws {ChannelError} `CHANNEL_SETTING` with what is allowed
 */
export function parsePin(text: string): Buffer {
  const [, base64] = /^sha256\/\/([A-Za-z0-9+/]{43}=)$/.exec(text.trim()) ?? []
  if (base64 !== undefined) return Buffer.from(base64, 'base64')
  const hex = text.trim().replaceAll(':', '')
  if (/^[0-9a-f]{64}$/i.test(hex)) return Buffer.from(hex, 'hex')
  throw new ChannelError(
    'CHANNEL_SETTING',
    `the pin ${JSON.stringify(text.slice(0, 100))} is not allowed: use the SHA-256 of the certificate or of its public key, as 64 hexadecimal digits (colons may be there) or as sha256// and base64`,
  )
}

/** The sentence for what is wrong with a certificate: what it is, and what it may mean. */
export function problemOf(code: string, host: string, facts: PeerCertificateFacts): CertificateProblem {
  return { code, text: textOf(code, host, facts) }
}

function textOf(code: string, host: string, facts: PeerCertificateFacts): string {
  const { subject, issuer, names, validFrom, validTo } = facts
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return `it, or one that it depends on, has expired (valid to ${day(validTo)})`
    case 'CERT_NOT_YET_VALID':
      return `it, or one that it depends on, is not valid yet (valid from ${day(validFrom)}): check the clock of this machine`
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return `nobody vouches for it: it is signed with its own key (${subject})`
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `its issuer (${issuer}) is not among the authorities that are trusted here, or the server does not send the certificates in between`
    case 'CERT_REVOKED':
      return 'it was revoked'
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `it is for ${names.length > 0 ? names.join(', ') : subject}, and not for ${host}`
    case 'PIN_MISMATCH':
      return 'it is none of those that are pinned: the server has a new one, or somebody stands between'
    case 'CERT_DIFFERS':
      return 'it is another one than that of the control connection: somebody else may be at the other end'
    default:
      return code
  }
}

/** What to do about a certificate that is not accepted. */
export function adviceFor(code: string, { fingerprint256 }: PeerCertificateFacts): string {
  const shown = `its SHA-256 fingerprint is ${fingerprint256}`
  if (code === 'PIN_MISMATCH') return `${shown}: ask whoever runs the server, and pin it if it is right`
  if (code === 'CERT_DIFFERS') return `${shown}: pin it if the server uses several`
  const name =
    code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? 'connect to one of those names, ' : 'give its CA (ca), '
  return `${name}pin it if it is right (${shown}), or accept any (verify: false), which lets anybody in between read along`
}

function publicKeyDigest(certificate: X509Certificate): Buffer {
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(key).digest()
}

/** Node gives one attribute on each line. A certificate may hold anything: what could break a line of a log does not get there. */
function oneLine(name: string): string {
  return name
    .trim()
    .split('\n')
    .join(', ')
    .replace(/[\x00-\x1f\x7f]/g, '?')
}

/** Of `DNS:ftp.example.org, IP Address:192.0.2.1`; Node quotes names that hold a comma. */
function namesOf(subjectAltName: string | undefined): string[] {
  return [...(subjectAltName ?? '').matchAll(/(?:DNS|IP Address):("[^"]*"|[^,]*)/g)].map(([, name = '']) =>
    oneLine(name),
  )
}

function day(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'an unknown day' : date.toISOString().slice(0, 10)
}
