import { createHash, createPublicKey } from 'node:crypto'
import { GatewayError } from '../errors.ts'
import { crypto, x509 } from './x509.ts'

/** What a certificate request may be at the most, in characters of PEM. One with a P-256 key has 400. */
const MAX_CSR = 4_096

const PEM =
  /^-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----\s+([A-Za-z0-9+/=\s]+)-----END (?:NEW )?CERTIFICATE REQUEST-----\s*$/

/** What is taken of a certificate request: the key. Its subject and its extensions are looked at by nobody. */
export interface CheckedCsr {
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Buffer
  /** SHA-256 of it, in hexadecimal. */
  readonly fingerprint: string
}

/**
 * Checks that it is one certificate request, that its key is on P-256, and that whoever made it has the key (RFC 2986: the
 * signature is the proof of possession).
 * @throws {GatewayError} `GATEWAY_ENROL_REFUSED`
 */
export async function checkCsr(pem: string): Promise<CheckedCsr> {
  if (pem.length > MAX_CSR) throw refused(`it is longer than ${MAX_CSR} characters`)
  const body = PEM.exec(pem.trim())?.[1]
  if (body === undefined) throw refused('it is not in PEM form')
  const { Pkcs10CertificateRequest } = await x509()
  try {
    const request = new Pkcs10CertificateRequest(Buffer.from(body, 'base64'))
    const publicKey = Buffer.from(request.publicKey.rawData)
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey({
      key: publicKey,
      format: 'der',
      type: 'spki',
    })
    if (asymmetricKeyType !== 'ec' || asymmetricKeyDetails?.namedCurve !== 'prime256v1')
      throw refused('its key is not on the curve P-256')
    if (!(await request.verify(crypto)))
      throw refused('its signature does not prove that its maker has the key')
    return { publicKey, fingerprint: createHash('sha256').update(publicKey).digest('hex') }
  } catch (error) {
    if (error instanceof GatewayError) throw error
    throw refused('it cannot be read', error)
  }
}

const refused = (why: string, cause?: unknown) =>
  new GatewayError('GATEWAY_ENROL_REFUSED', `The certificate request was refused: ${why}.`, { cause })
