import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { GatewayError } from '../errors.ts'
import { type CheckedCsr, checkCsr } from './csr.ts'
import { fingerprintOf } from './fingerprint.ts'
import { newKeyAndCsr, signingKey } from './key.ts'
import type { MemberIdentity } from './types.ts'
import { ALGORITHM, crypto, x509 } from './x509.ts'

const YEARS = 10
/** Certificates count from so long before they were made, since clocks differ. Milliseconds. */
export const SKEW_MS = 5 * 60_000

/** For whom a certificate is made, and for how long. */
interface IssueAsk {
  /** PEM; only its key is taken. A request that was checked before is taken as it is. */
  readonly csr: string | CheckedCsr
  readonly identity: Pick<MemberIdentity, 'kind' | 'id'>
  readonly lifetimeMs: number
  /** Milliseconds since 1970. */
  readonly now: number
}

export interface Issued {
  /** PEM. */
  readonly certificate: string
  /** Lower-case hexadecimal without leading zeros. */
  readonly serial: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** The authority of an access path: it signs for its members, and they trust nothing else. */
export interface Authority {
  /** PEM. */
  readonly certificate: string
  readonly key: string
  /** SHA-256 of the certificate (DER), in hexadecimal. */
  readonly fingerprint: string
  /** @throws {GatewayError} `GATEWAY_ENROL_REFUSED` for a request that is none */
  issue(ask: IssueAsk): Promise<Issued>
}

/** Makes an authority that is good for ten years. @param now - milliseconds since 1970 */
export async function createAuthority(now: number): Promise<Authority> {
  const { X509CertificateGenerator, BasicConstraintsExtension, KeyUsagesExtension, KeyUsageFlags, ...more } =
    await x509()
  const { key, csr } = await newKeyAndCsr()
  const publicKey = await new more.PublicKey((await checkCsr(csr)).publicKey).export(crypto)
  const notAfter = new Date(now)
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + YEARS)
  const name = `Portolan access authority ${new Date(now).toISOString().slice(0, 10)} ${randomBytes(3).toString('hex')}`
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: newSerial(),
      name: [{ CN: [name] }],
      notBefore: new Date(now - SKEW_MS),
      notAfter,
      signingAlgorithm: ALGORITHM,
      keys: { privateKey: signingKey(key), publicKey },
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await more.SubjectKeyIdentifierExtension.create(publicKey, false, crypto),
      ],
    },
    crypto,
  )
  return openAuthority({ certificate: `${certificate.toString('pem')}\n`, key })
}

/** @throws {GatewayError} `GATEWAY_IDENTITY` when certificate and key do not belong together */
export function openAuthority({ certificate, key }: { certificate: string; key: string }): Authority {
  const own = readPair(certificate, key)
  return {
    certificate,
    key,
    fingerprint: fingerprintOf(own),
    issue: ask => issue(own, key, ask),
  }
}

function readPair(certificate: string, key: string): X509Certificate {
  try {
    const own = new X509Certificate(certificate)
    if (!own.ca || !own.checkPrivateKey(createPrivateKey(key))) throw new Error('the key is of another one')
    return own
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause)
    throw new GatewayError('GATEWAY_IDENTITY', `The authority of the store cannot be used: ${text}.`, {
      cause,
    })
  }
}

async function issue(
  authority: X509Certificate,
  key: string,
  { csr, identity, lifetimeMs, now }: IssueAsk,
): Promise<Issued> {
  const { X509CertificateGenerator, X509Certificate: Parsed, PublicKey, ...extensions } = await x509()
  const checked = typeof csr === 'string' ? await checkCsr(csr) : csr
  const issuer = new Parsed(authority.raw)
  const publicKey = await new PublicKey(checked.publicKey).export(crypto)
  // A certificate has whole seconds, and none outlives its authority.
  const end = Math.floor(Math.min(now + lifetimeMs, authority.validToDate.getTime()) / 1_000) * 1_000
  const serial = newSerial()
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: serial,
      subject: [{ CN: [`${identity.kind} ${identity.id}`.slice(0, 64)] }],
      issuer: issuer.subjectName,
      notBefore: new Date(now - SKEW_MS),
      notAfter: new Date(end),
      signingAlgorithm: ALGORITHM,
      signingKey: signingKey(key),
      publicKey,
      extensions: [
        new extensions.BasicConstraintsExtension(false, undefined, true),
        new extensions.KeyUsagesExtension(extensions.KeyUsageFlags.digitalSignature, true),
        new extensions.ExtendedKeyUsageExtension([
          extensions.ExtendedKeyUsage.serverAuth,
          extensions.ExtendedKeyUsage.clientAuth,
        ]),
        new extensions.SubjectAlternativeNameExtension([
          { type: 'url', value: `portolan:${identity.kind}/${identity.id}` },
        ]),
        await extensions.AuthorityKeyIdentifierExtension.create(issuer, false, crypto),
        await extensions.SubjectKeyIdentifierExtension.create(publicKey, false, crypto),
      ],
    },
    crypto,
  )
  return { certificate: `${certificate.toString('pem')}\n`, serial, expiresAt: end }
}

/** Random, 128 bit wide, positive (RFC 5280 section 4.1.2.2), and never with a leading zero that one reader drops and another keeps. */
function newSerial(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}
