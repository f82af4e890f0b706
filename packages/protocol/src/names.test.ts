import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeName, encodeName, hasUndecodable } from './names.ts'
import { bytesFrom } from './testing/split.ts'

const cases: { name: string; bytes: number[]; text: string }[] = [
  { name: 'ASCII', bytes: [0x61, 0x2f, 0x62], text: 'a/b' },
  { name: 'two, three and four bytes', bytes: [...Buffer.from('é€😀')], text: 'é€😀' },
  { name: 'a real U+FFFD', bytes: [0xef, 0xbf, 0xbd], text: '\ufffd' },
  { name: 'a byte order mark, which is part of the name', bytes: [0xef, 0xbb, 0xbf, 0x61], text: '\ufeffa' },
  { name: 'Latin-1', bytes: [0x47, 0x72, 0xfc, 0xdf, 0x65], text: 'Gr\udcfc\udcdfe' },
  { name: 'a real U+FFFD beside a bad byte', bytes: [0xef, 0xbf, 0xbd, 0xff], text: '\ufffd\udcff' },
  { name: 'a bad byte behind a pair of surrogates', bytes: [...Buffer.from('😀'), 0x80], text: '😀\udc80' },
  { name: 'an overlong slash', bytes: [0xc0, 0xaf], text: '\udcc0\udcaf' },
  { name: 'an overlong slash of three bytes', bytes: [0xe0, 0x80, 0xaf], text: '\udce0\udc80\udcaf' },
  { name: 'an encoded surrogate (CESU-8)', bytes: [0xed, 0xa0, 0xbd], text: '\udced\udca0\udcbd' },
  { name: 'a code point above U+10FFFF', bytes: [0xf4, 0x90, 0x80, 0x80], text: '\udcf4\udc90\udc80\udc80' },
  { name: 'a sequence cut short', bytes: [0xe2, 0x82, 0x41], text: '\udce2\udc82A' },
  { name: 'a sequence cut short by the end', bytes: [0xf0, 0x9f, 0x98], text: '\udcf0\udc9f\udc98' },
]

for (const { name, bytes, text } of cases) {
  test(`a name is decoded and encoded: ${name}`, () => {
    assert.equal(decodeName(Uint8Array.from(bytes)), text)
    assert.deepEqual([...encodeName(text)], bytes)
  })
}

test('every sequence of bytes survives the round trip', () => {
  const lengthy = fc.uint8Array({ maxLength: 64 })
  const tricky = bytesFrom([
    0x2f,
    0x41,
    0x80,
    0xbf,
    0xc0,
    0xc3,
    0xe0,
    0xe2,
    0xed,
    0xa0,
    0xf0,
    0x9f,
    0x90,
    0xf4,
    0xf5,
    0xff,
    '€',
    '😀',
  ])
  fc.assert(
    fc.property(fc.oneof(lengthy, tricky), bytes => {
      const text = decodeName(bytes)
      assert.deepEqual([...encodeName(text)], [...bytes])
      assert.equal(
        hasUndecodable(text),
        !Buffer.from(Buffer.from(bytes).toString()).equals(Buffer.from(bytes)),
      )
    }),
    { numRuns: 500 },
  )
})

test('every well-formed text survives the round trip the other way', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      assert.equal(decodeName(encodeName(text)), text)
      assert.equal(hasUndecodable(text), false)
    }),
  )
})

test('no byte sequence decodes to more slashes, dots or control characters than it has bytes of them', () => {
  const ascii = (text: string) => text.replace(/[^\0-\x7f]/g, '')
  fc.assert(
    fc.property(bytesFrom([0x2f, 0x2e, 0x0a, 0x80, 0xaf, 0xc0, 0xc1, 0xe0, 0xf0, 0xae, 0xff]), bytes => {
      assert.equal(ascii(decodeName(bytes)), bytes.toString('latin1').replace(/[^\0-\x7f]/g, ''))
    }),
  )
})

test('a lone surrogate that stands for no byte is written as U+FFFD', () => {
  for (const lone of ['\ud800', '\udbff', '\udc00', '\udc7f', '\udd00', '\udfff']) {
    assert.equal(encodeName(`a${lone}b`).toString('utf8'), 'a\ufffdb')
    assert.equal(hasUndecodable(lone), false)
  }
})
