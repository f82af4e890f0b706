import { webcrypto } from 'node:crypto'
import { hostname, networkInterfaces } from 'node:os'
// @peculiar/x509 finds its providers through it and refuses to load without.
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import type { Certificate } from '../link.ts'

/** Ten years: nobody is told when it ends, and nothing but the person who accepted it vouches for it. */
const YEARS = 10

/** Makes a certificate for this machine's names and addresses that no authority has signed. */
async function makeSelfSigned(): Promise<Certificate> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const now = new Date()
  const addresses = Object.values(networkInterfaces()).flatMap(list =>
    (list ?? []).map(({ address }) => address),
  )
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString('hex'),
      name: `CN=${hostname().replace(/[^A-Za-z0-9.-]/g, '') || 'localhost'}`,
      notBefore: new Date(now.getTime() - 3_600_000),
      notAfter: new Date(Date.UTC(now.getUTCFullYear() + YEARS, now.getUTCMonth(), now.getUTCDate())),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          ...(/^[A-Za-z0-9.-]+$/.test(hostname()) ? [{ type: 'dns' as const, value: hostname() }] : []),
          ...addresses.map(address => ({ type: 'ip' as const, value: address.replace(/%.*/, '') })),
        ]),
      ],
    },
    webcrypto as Crypto,
  )
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
  }
}

process.stdout.write(JSON.stringify(await makeSelfSigned()))
