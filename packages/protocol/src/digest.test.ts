import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  formatHashFeature,
  formatHashReply,
  HASH_ALGORITHMS,
  hashAlgorithmOfVerb,
  parseHashAlgorithm,
  parseHashReply,
} from './digest.ts'

test('FEAT marks the algorithm that is selected', () => {
  assert.equal(formatHashFeature('SHA-256'), 'HASH SHA-256*;SHA-512;SHA-1;MD5;CRC32')
  assert.equal(formatHashFeature('MD5'), 'HASH SHA-256;SHA-512;SHA-1;MD5*;CRC32')
})

test('an algorithm is known however it is spelt', () => {
  for (const text of ['SHA-256', 'sha-256', 'SHA256', ' sha256 '])
    assert.equal(parseHashAlgorithm(text), 'SHA-256')
  for (const text of ['CRC32', 'crc-32']) assert.equal(parseHashAlgorithm(text), 'CRC32')
  for (const text of ['', 'SHA', 'SHA-3', 'constructor']) assert.equal(parseHashAlgorithm(text), undefined)
})

test('a checksum command names its algorithm', () => {
  assert.equal(hashAlgorithmOfVerb('XCRC'), 'CRC32')
  assert.equal(hashAlgorithmOfVerb('XSHA512'), 'SHA-512')
  assert.equal(hashAlgorithmOfVerb('HASH'), undefined)
  assert.equal(hashAlgorithmOfVerb('toString'), undefined)
})

test('the reply to HASH names algorithm, range, hash and file', () => {
  const hash = { algorithm: 'SHA-256', start: 0, end: 49, hash: 'ABCDEF01', name: 'a  b.txt ' } as const
  assert.equal(formatHashReply(hash), 'SHA-256 0-49 abcdef01 a  b.txt ')
})

test('every reply to HASH survives the round trip', () => {
  const hash = fc.record({
    algorithm: fc.constantFrom(...HASH_ALGORITHMS),
    start: fc.nat(),
    end: fc.nat(),
    hash: fc.stringMatching(/^[0-9a-f]{8,128}$/),
    name: fc.string({ minLength: 1, unit: 'binary' }),
  })
  fc.assert(fc.property(hash, each => assert.deepEqual(parseHashReply(formatHashReply(each)), { ...each })))
})

for (const text of [
  '',
  'SHA-256',
  'WHIRLPOOL 0-49 abcd f',
  'SHA-256 0-49 xyz f',
  'SHA-256 0 abcd f',
  'SHA-256 0-49 abcd',
]) {
  test(`213 ${text || 'without a text'} is no reply to HASH`, () => {
    assert.throws(() => parseHashReply(text), { code: 'PROTOCOL_BAD_REPLY' })
  })
}
