import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeName } from '../names.ts'
import { cuts, split } from '../testing/split.ts'
import { ListingReader } from './listing-reader.ts'
import { parseListing, parseMlsd } from './parse.ts'
import { listSamples } from './samples/index.ts'
import { SAMPLE_NOW as now } from './samples/sample.ts'

const FILE = '-rw-r--r--   1 anna     staff        1234 Nov 21 05:22 name'

test('a name that is not UTF-8 keeps its bytes', () => {
  const reader = new ListingReader({ now })
  reader.push(Buffer.concat([Buffer.from(`${FILE}-caf`), Buffer.of(0xe9), Buffer.from('\r\n')]))
  const [entry] = reader.end().entries
  assert.equal(entry?.name, 'name-caf\udce9')
  assert.deepEqual(encodeName(entry.name), Buffer.concat([Buffer.from('name-caf'), Buffer.of(0xe9)]))
})

test('MLSD is read where it was asked for', () => {
  const reader = new ListingReader({ format: 'mlsd' })
  reader.push(Buffer.from('type=dir; pub\r\ngarbage\r\n name'))
  const { entries, unparsed, dialect } = reader.end()
  assert.deepEqual(
    entries.map(({ name }) => name),
    ['pub', 'name'],
  )
  assert.deepEqual(unparsed, ['garbage'])
  assert.equal(dialect, 'mlsd')
})

test('the memory of a chunk may be used again', () => {
  const reader = new ListingReader({ now })
  const chunk = Buffer.from(`${FILE}\r\n${FILE}`)
  reader.push(chunk)
  chunk.fill(0x78)
  assert.deepEqual(
    reader.end().entries.map(({ raw }) => raw),
    [FILE, FILE],
  )
})

const lines = listSamples.flatMap(({ heading = [], samples }) => [
  ...heading,
  ...samples.flatMap(({ line }) => line.split('\n')),
])
const anyLine = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...lines) },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(8192), 'x'.repeat(8193), 'x'.repeat(20_000), '', '\r') },
)
const anyEnd = fc.constantFrom('\r\n', '\n', '\r\r\n')

test('a listing is the same however it is cut', () => {
  const text = fc
    .tuple(fc.array(fc.tuple(anyLine, anyEnd)), fc.oneof(fc.constant(''), anyLine))
    .map(([ended, last]) => ended.flat().join('') + last)
  fc.assert(
    fc.property(text, cuts, (whole, places) => {
      const list = new ListingReader({ now })
      const mlsd = new ListingReader({ format: 'mlsd' })
      for (const chunk of split(encodeName(whole), places)) {
        list.push(chunk)
        mlsd.push(chunk)
      }
      assert.deepEqual(list.end(), parseListing(whole, { now }))
      assert.deepEqual(mlsd.end(), parseMlsd(whole))
    }),
    { numRuns: 300 },
  )
})

test('a line without end takes no memory beyond the limit, and stands for itself', () => {
  const reader = new ListingReader({ now })
  const chunk = Buffer.alloc(64 * 1024, 0x78)
  for (let count = 0; count < 100; count++) reader.push(chunk)
  reader.push(Buffer.from(`\r\n${FILE}\r\n`))
  const { entries, unparsed } = reader.end()
  assert.deepEqual(unparsed, ['(a line of more than 8192 bytes)'])
  assert.equal(entries.length, 1)
})

test('a listing without end is refused by its bytes', () => {
  const reader = new ListingReader({ now, maxBytes: 100 })
  reader.push(Buffer.alloc(100, '\n'))
  assert.throws(() => reader.push(Buffer.from('\n')), {
    code: 'PROTOCOL_LISTING_TOO_LONG',
    message: /maxBytes/,
  })
})

test('a listing without end is refused by its lines, too', () => {
  const reader = new ListingReader({ format: 'mlsd', maxLines: 2 })
  reader.push(Buffer.from(' a\n b\n'))
  assert.throws(() => reader.push(Buffer.from(' c\n')), {
    code: 'PROTOCOL_LISTING_TOO_LONG',
    message: /maxLines/,
  })
  const other = new ListingReader({ format: 'mlsd', maxLines: 2 })
  other.push(Buffer.from(' a\n b\n c'))
  assert.throws(() => other.end(), { code: 'PROTOCOL_LISTING_TOO_LONG' })
})
