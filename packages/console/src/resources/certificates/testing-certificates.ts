import { webcrypto } from 'node:crypto'
// @peculiar/x509 finds its providers through it and refuses to load without.
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const rsa = (modulusLength: number) => ({
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength,
})

/** A certificate with its key, for tests. */
export interface TestCertificate {
  readonly pem: string
  readonly key: string
  readonly keys: webcrypto.CryptoKeyPair
  readonly name: string
}

/** What a test wants of a certificate. */
export interface TestCertificateAsk {
  readonly name: string
  /** Absent: it signs itself. */
  readonly issuer?: TestCertificate
  readonly names?: readonly string[]
  readonly isAuthority?: boolean
  /** From and to, in days from now. Default -1 to 90. */
  readonly days?: readonly [number, number]
  /** Bits of an RSA key. Absent: EC. */
  readonly rsaBits?: number
}

/** Makes a certificate. */
export async function makeTestCertificate(ask: TestCertificateAsk): Promise<TestCertificate> {
  const { name, issuer, names = [], days = [-1, 90], rsaBits, isAuthority = false } = ask
  const algorithm = rsaBits === undefined ? EC : rsa(rsaBits)
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const at = (day: number) => new Date(Date.now() + day * 86_400_000)
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex'),
      subject: `CN=${name}`,
      issuer: `CN=${issuer?.name ?? name}`,
      notBefore: at(days[0]),
      notAfter: at(days[1]),
      signingAlgorithm: issuer ? EC : algorithm,
      publicKey: keys.publicKey,
      signingKey: issuer?.keys.privateKey ?? keys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(isAuthority, undefined, true),
        ...(names.length > 0
          ? [new x509.SubjectAlternativeNameExtension(names.map(value => ({ type: 'dns', value })))]
          : []),
      ],
    },
    webcrypto as Crypto,
  )
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  return {
    name,
    keys,
    pem: `${certificate.toString('pem')}\n`,
    key: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
  }
}
