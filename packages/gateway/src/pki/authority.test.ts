import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { type Authority, createAuthority, openAuthority } from './authority.ts'
import { newKeyAndCsr } from './key.ts'
import { memberIdentityOf } from './member-identity.ts'
import { ALGORITHM, crypto, x509 } from './x509.ts'

const NOW = Date.UTC(2026, 10, 26, 12, 0, 0, 123)
const HOUR_MS = 3_600_000

let authority: Authority
before(async () => {
  authority = await createAuthority(NOW)
})

/** A request with a subject and extensions of its maker's choice, and any key. */
async function foreignCsr(type: 'P-256' | 'P-384' | 'rsa', claims?: string): Promise<string> {
  const { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension, BasicConstraintsExtension } =
    await x509()
  const algorithm =
    type === 'rsa'
      ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
      : { name: 'ECDSA', namedCurve: type, hash: 'SHA-256' }
  const pair =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: type })
  const csr = await Pkcs10CertificateRequestGenerator.create(
    {
      name: claims === undefined ? 'CN=x' : `CN=${claims}`,
      keys: {
        privateKey: pair.privateKey.toCryptoKey(algorithm, true, ['sign']),
        publicKey: pair.publicKey.toCryptoKey(algorithm, true, ['verify']),
      },
      signingAlgorithm: algorithm,
      extensions:
        claims === undefined
          ? []
          : [
              new SubjectAlternativeNameExtension([{ type: 'url', value: claims }]),
              new BasicConstraintsExtension(true, 3, true),
            ],
    },
    crypto,
  )
  return csr.toString('pem')
}

describe('an authority', () => {
  it('signs itself for ten years, as one that signs members alone', () => {
    const own = new X509Certificate(authority.certificate)
    assert.ok(own.ca)
    assert.ok(own.verify(own.publicKey))
    assert.match(own.subject, /^CN=Portolan access authority 2026-11-26 [0-9a-f]{6}$/)
    assert.equal(own.validToDate.getUTCFullYear(), 2036)
    assert.equal(authority.fingerprint, createHash('sha256').update(own.raw).digest('hex'))
  })

  it('is opened again from what is kept of it', () => {
    assert.equal(openAuthority(authority).fingerprint, authority.fingerprint)
  })

  it('is not opened with the key of another', async () => {
    const { key } = await createAuthority(NOW)
    const broken = { certificate: authority.certificate, key }
    assert.throws(() => openAuthority(broken), { code: 'GATEWAY_IDENTITY', message: /key is of another one/ })
  })

  it('issues certificates that name a member, for both sides of TLS, from five minutes ago', async () => {
    const { csr, key } = await newKeyAndCsr()
    const identity = { kind: 'connector', id: 'c-1' } as const
    const issued = await authority.issue({ csr, identity, lifetimeMs: HOUR_MS, now: NOW })
    const certificate = new X509Certificate(issued.certificate)
    const own = new X509Certificate(authority.certificate)
    assert.ok(certificate.checkIssued(own) && certificate.verify(own.publicKey))
    assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
    assert.equal(certificate.ca, false)
    assert.equal(certificate.validFromDate.getTime(), Math.floor((NOW - 300_000) / 1_000) * 1_000)
    assert.equal(issued.expiresAt, Math.floor((NOW + HOUR_MS) / 1_000) * 1_000)
    assert.deepEqual(memberIdentityOf(certificate), {
      ...identity,
      serial: issued.serial,
      expiresAt: issued.expiresAt,
    })
    assert.match(key, /^-----BEGIN PRIVATE KEY-----/)
  })

  it('gives each certificate a serial number of 128 bits', async () => {
    const { csr } = await newKeyAndCsr()
    const identity = { kind: 'edge', id: 'e' } as const
    const serials = new Set<string>()
    for (let round = 0; round < 50; round++) {
      const { serial } = await authority.issue({ csr, identity, lifetimeMs: HOUR_MS, now: NOW })
      assert.match(serial, /^[4-7][0-9a-f]{31}$/)
      serials.add(serial)
    }
    assert.equal(serials.size, 50)
  })

  it('signs nothing that would outlive it', async () => {
    const { csr } = await newKeyAndCsr()
    const identity = { kind: 'edge', id: 'e' } as const
    const issued = await authority.issue({ csr, identity, lifetimeMs: 20 * 365 * 24 * HOUR_MS, now: NOW })
    assert.equal(issued.expiresAt, new X509Certificate(authority.certificate).validToDate.getTime())
  })

  it('takes nothing of a request but its key: who names another member in it is not that member', async () => {
    const csr = await foreignCsr('P-256', 'portolan:controller/node')
    const identity = { kind: 'agent', id: 'a-1' } as const
    const issued = await authority.issue({ csr, identity, lifetimeMs: HOUR_MS, now: NOW })
    const certificate = new X509Certificate(issued.certificate)
    assert.equal(certificate.subjectAltName, 'URI:portolan:agent/a-1')
    assert.equal(certificate.ca, false)
    assert.doesNotMatch(certificate.subject, /controller/)
  })
})

const flip = (csr: string) => {
  const der = Buffer.from(csr.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  const last = der.length - 1
  der[last] = (der[last] ?? 0) ^ 1
  return `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`
}

const WRONG: readonly [what: string, csr: () => Promise<string>, message: RegExp][] = [
  ['no PEM', async () => 'hello', /not in PEM form/],
  ['nothing', async () => '', /not in PEM form/],
  ['another PEM', async () => authority.certificate, /not in PEM form/],
  ['two requests', async () => (await newKeyAndCsr()).csr.repeat(2), /not in PEM form/],
  ['an RSA key', () => foreignCsr('rsa'), /not on the curve P-256/],
  ['a key on another curve', () => foreignCsr('P-384'), /not on the curve P-256/],
  [
    'a signature that another key made',
    async () => flip((await newKeyAndCsr()).csr),
    /does not prove|cannot be read/,
  ],
  [
    'bytes that are no request',
    async () => '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----',
    /cannot be read/,
  ],
  [
    'one that is too long',
    async () =>
      `-----BEGIN CERTIFICATE REQUEST-----\n${'A'.repeat(5_000)}\n-----END CERTIFICATE REQUEST-----`,
    /longer than 4096/,
  ],
]

describe('a certificate request', () => {
  for (const [what, csr, message] of WRONG)
    it(`is refused: ${what}`, async () => {
      const ask = {
        csr: await csr(),
        identity: { kind: 'edge', id: 'e' } as const,
        lifetimeMs: HOUR_MS,
        now: NOW,
      }
      await assert.rejects(authority.issue(ask), { code: 'GATEWAY_ENROL_REFUSED', message })
    })
})

describe('the name in a certificate', () => {
  const named = async (...names: string[]) => {
    const { X509CertificateGenerator, SubjectAlternativeNameExtension } = await x509()
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const certificate = await X509CertificateGenerator.createSelfSigned(
      {
        name: 'CN=portolan:edge/e',
        keys: {
          privateKey: pair.privateKey.toCryptoKey(ALGORITHM, true, ['sign']),
          publicKey: pair.publicKey.toCryptoKey(ALGORITHM, true, ['verify']),
        },
        signingAlgorithm: ALGORITHM,
        extensions:
          names.length === 0
            ? []
            : [new SubjectAlternativeNameExtension(names.map(value => ({ type: 'url', value })))],
      },
      crypto,
    )
    return memberIdentityOf(new X509Certificate(certificate.toString('pem')))
  }

  it('is read from the one URI of its subject alternative name', async () => {
    assert.equal((await named('portolan:agent/a.b_c-1'))?.id, 'a.b_c-1')
  })

  for (const names of [
    [],
    ['portolan:king/e'],
    ['portolan:edge/'],
    ['portolan:edge/a/b'],
    ['portolan:edge/a b'],
    ['https://edge/e'],
    ['portolan:edge/e', 'portolan:controller/c'],
    [`portolan:edge/${'x'.repeat(65)}`],
  ])
    it(`is none when it is ${JSON.stringify(names)}`, async () => {
      assert.equal(await named(...names), undefined)
    })
})
