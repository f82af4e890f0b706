import { createPrivateKey, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { ALGORITHM, crypto, x509 } from './x509.ts'

/** A key that never leaves its machine, and the request for a certificate to it. Both PEM. */
export interface KeyAndCsr {
  readonly key: string
  readonly csr: string
}

/** Makes a new key (P-256) and a certificate request (RFC 2986). It names nobody: who somebody is, the controller says. */
export async function newKeyAndCsr(): Promise<KeyAndCsr> {
  const { Pkcs10CertificateRequestGenerator } = await x509()
  const pair = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
  const csr = await Pkcs10CertificateRequestGenerator.create(
    {
      name: [{ CN: ['portolan'] }],
      keys: {
        privateKey: pair.privateKey.toCryptoKey(ALGORITHM, true, ['sign']),
        publicKey: pair.publicKey.toCryptoKey(ALGORITHM, true, ['verify']),
      },
      signingAlgorithm: ALGORITHM,
    },
    crypto,
  )
  return {
    key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    csr: `${csr.toString('pem')}\n`,
  }
}

/** The private key of a PEM as the Web Crypto API wants it. */
export function signingKey(pem: string): CryptoKey {
  return createPrivateKey(pem).toCryptoKey(ALGORITHM, true, ['sign'])
}
