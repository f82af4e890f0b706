import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TlsEvidence } from '../evidence.ts'
import { CONNECT, factsOf, GOOD, GREETING, judged, TLS } from '../testing.ts'
import { judge } from './rules.ts'

const FAILED = { start: 'auth', outcome: 'refused', at: 'auth' } as const
const features = { channel: 'clear', before: ['AUTH TLS', 'EPSV'] } as const

const cases: readonly [string, TlsEvidence, string][] = [
  [
    'a refusal that does not know AUTH, although FEAT names it',
    { ...FAILED, listed: true, reply: '500 Command not understood' },
    'ALG_BLOCKS_AUTH likely',
  ],
  [
    'a refusal that knows what AUTH is for, although FEAT names it',
    { ...FAILED, listed: true, reply: '500 This security scheme is not implemented' },
    'NO_TLS certain',
  ],
  ['a refusal, and FEAT does not name it', { ...FAILED, listed: false, reply: '502 No' }, 'NO_TLS certain'],
  ['a reset at AUTH', { ...FAILED, outcome: 'reset', text: 'reset' }, 'MIDDLEBOX_KILLS_TLS likely'],
  ['silence at AUTH', { ...FAILED, outcome: 'timeout', text: 'silent' }, 'MIDDLEBOX_KILLS_TLS likely'],
  [
    'an end in the handshake',
    { ...FAILED, outcome: 'reset', at: 'handshake', text: 'the server closed the connection' },
    'MIDDLEBOX_KILLS_TLS likely',
  ],
  [
    'no version in common',
    { ...FAILED, outcome: 'handshake', at: 'handshake', text: 'no TLS version in common' },
    'OLD_TLS certain',
  ],
  [
    'another failure of the handshake',
    { ...FAILED, outcome: 'handshake', at: 'handshake', text: 'bad record mac' },
    'TLS_FAILED certain',
  ],
]

for (const [what, tls, expected] of cases) {
  test(`${what} is ${expected}`, () => {
    const evidence = { connect: CONNECT, greeting: GREETING, 'features-clear': features, tls }
    assert.deepEqual(judged(evidence, { tls: 'explicit' }), [`error ${expected}`])
  })
}

const certificates: readonly [string, string][] = [
  ['CERT_HAS_EXPIRED', 'CERT_EXPIRED'],
  ['CERT_NOT_YET_VALID', 'CERT_NOT_YET_VALID'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_WRONG_NAME'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_SELF_SIGNED'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_UNKNOWN_ISSUER'],
  ['PIN_MISMATCH', 'CERT_PIN_MISMATCH'],
  ['SOMETHING_NEW', 'CERT_REJECTED'],
]

for (const [problem, code] of certificates) {
  test(`a certificate with ${problem} is ${code}: an error when it was refused, a note when it was accepted`, () => {
    const bad = { ...TLS, problem: { code: problem, text: 'it is not right' } }
    const [refused] = judge(
      factsOf(
        { connect: CONNECT, greeting: GREETING, tls: { ...bad, outcome: 'certificate' } },
        { tls: 'explicit' },
      ),
    )
    assert.deepEqual([refused?.code, refused?.severity], [code, 'error'])
    assert.match(`${refused?.text}${refused?.fixes.client}`, /AA:BB|clock/, 'the fingerprint to pin')
    assert.deepEqual(judged({ ...GOOD, tls: bad }), ['note ALL_GOOD certain', `note ${code} certain`])
  })
}

test('a server without TLS is no failure for whoever asked for none', () => {
  const tls: TlsEvidence = { ...FAILED, listed: false, reply: '502 No' }
  assert.deepEqual(judged({ ...GOOD, tls }), ['note ALL_GOOD certain'])
})

test('a certificate that ends soon is told in time', () => {
  const soon = new Date(Date.now() + 3 * 86_400_000).toISOString()
  const certificate = TLS.certificate && { ...TLS.certificate, validTo: soon }
  const found = judged({ ...GOOD, tls: { ...TLS, ...(certificate && { certificate }) } })
  assert.deepEqual(found, ['note ALL_GOOD certain', 'note CERT_ENDS_SOON certain'])
})

const FULL = ['AUTH TLS', 'EPSV', 'EPRT', 'MLST type*;size*;', 'SIZE']

test('FEAT that is shorter in the clear was stripped; like is compared with like', () => {
  const clear = { channel: 'clear', after: ['SIZE'] } as const
  const both = judged({ ...GOOD, 'features-clear': clear, 'features-tls': { channel: 'tls', after: FULL } })
  assert.equal(both[0], 'warning ALG_STRIPS_FEAT certain')
  const unlike = judged({
    ...GOOD,
    'features-clear': { channel: 'clear', before: ['SIZE'] },
    'features-tls': { channel: 'tls', after: FULL },
  })
  assert.equal(unlike[0], 'note ALL_GOOD certain', 'servers tell more after the login')
  const early = judged({
    ...GOOD,
    'features-clear': { channel: 'clear', before: ['SIZE'] },
    'features-tls': { channel: 'tls', before: FULL },
  })
  assert.equal(early[0], 'warning ALG_STRIPS_FEAT possible')
})

test('AUTH TLS that works and is not named was taken out', () => {
  const found = judged({ ...GOOD, tls: { ...TLS, listed: false } })
  assert.equal(found[0], 'warning ALG_STRIPS_FEAT likely')
})

test('features that a server has under TLS alone are no sign of anything', () => {
  const found = judged({
    ...GOOD,
    'features-clear': { channel: 'clear', after: FULL },
    'features-tls': { channel: 'tls', after: [...FULL, 'PBSZ', 'PROT', 'CCC'] },
  })
  assert.equal(found[0], 'note ALL_GOOD certain')
})
