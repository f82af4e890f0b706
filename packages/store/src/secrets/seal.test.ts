import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { keyIdOf, newKey, type Place, seal, unseal } from './seal.ts'

const PLACE: Place = { table: 'certificates', column: 'key', row: 'a' }

test('a secret opens with its key at its place, and does not show in what is stored', () => {
  const key = newKey()
  const sealed = seal(key, 'JBSWY3DPEHPK3PXP', PLACE)
  assert.equal(unseal(key, sealed, PLACE), 'JBSWY3DPEHPK3PXP')
  assert.equal(keyIdOf(sealed), key.id)
  assert.doesNotMatch(sealed, /JBSWY3DP/)
  assert.notEqual(seal(key, 'JBSWY3DPEHPK3PXP', PLACE), sealed)
})

const elsewhere: readonly Place[] = [
  { ...PLACE, row: 'b' },
  { ...PLACE, column: 'chain' },
  { ...PLACE, table: 'administrators' },
  // The parts together spell the same.
  { table: 'certificate', column: 'skey', row: 'a' },
]
for (const place of elsewhere) {
  test(`a secret that was moved to ${JSON.stringify(place)} does not open`, () => {
    const key = newKey()
    assert.equal(unseal(key, seal(key, 'secret', PLACE), place), undefined)
  })
}

test('a secret does not open with another key, not even one of the same name', () => {
  const key = newKey()
  const sealed = seal(key, 'secret', PLACE)
  assert.equal(unseal(newKey(), sealed, PLACE), undefined)
  assert.equal(unseal({ ...newKey(), id: key.id }, sealed, PLACE), undefined)
})

test('any text comes back, and any change of one character is noticed', () => {
  const key = newKey()
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (plain, at) => {
      const sealed = seal(key, plain, PLACE)
      assert.equal(unseal(key, sealed, PLACE), plain)
      // The last character of base64url may have bits that count for nothing.
      const index = at % (sealed.length - 1)
      const other = sealed[index] === 'A' ? 'B' : 'A'
      const changed = sealed.slice(0, index) + other + sealed.slice(index + 1)
      assert.equal(unseal(key, changed, PLACE), undefined)
    }),
  )
})

for (const hostile of ['', 'v1', 'v1..', 'v1.ab.', 'v2.ab.AAAA', 'v1.ab.AAAA', 'plain text']) {
  test(`what never was a secret does not open: ${JSON.stringify(hostile)}`, () => {
    assert.equal(unseal({ ...newKey(), id: 'ab' }, hostile, PLACE), undefined)
  })
}
