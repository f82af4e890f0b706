import { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
// @peculiar/x509 finds its providers through it and refuses to load without.
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import type { Certificate } from '../link.ts'
import type { SelfSignedAsk } from './self-signed.ts'

/** Ten years: nobody is told when it ends, and nothing but the person who accepted it vouches for it. */
const YEARS = 10

/** Makes the certificate that was asked for. */
async function makeSelfSigned({ names = ownNames(), days }: SelfSignedAsk): Promise<Certificate> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const now = new Date()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString('hex'),
      // RFC 5280, ub-common-name: a longer name is among the alternative ones alone.
      name: [{ CN: [names.find(name => name.length <= 64) ?? 'localhost'] }],
      notBefore: new Date(now.getTime() - 3_600_000),
      notAfter:
        days === undefined
          ? new Date(Date.UTC(now.getUTCFullYear() + YEARS, now.getUTCMonth(), now.getUTCDate()))
          : new Date(now.getTime() + days * 86_400_000),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(
          names.map(name => ({ type: isIP(name) > 0 ? ('ip' as const) : ('dns' as const), value: name })),
        ),
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

/** The names and addresses of this machine. */
function ownNames(): string[] {
  const own = hostname().replace(/[^A-Za-z0-9.-]/g, '')
  const addresses = Object.values(networkInterfaces()).flatMap(list =>
    (list ?? []).map(({ address }) => address.replace(/%.*/, '')),
  )
  return [...new Set([own || 'localhost', 'localhost', ...addresses])]
}

process.stdout.write(JSON.stringify(await makeSelfSigned(JSON.parse(process.argv[2] ?? '{}'))))
