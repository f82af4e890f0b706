import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Problem } from '../../http/problem.ts'
import { byteRange, entityTag, rangeHolds } from './byte-range.ts'
import { contentTypeOf, isWorthPacking } from './content-type.ts'
import { attachment } from './disposition.ts'
import { uploadSize } from './upload-size.ts'

const RANGES: readonly [header: string | undefined, size: number, range: ReturnType<typeof byteRange>][] = [
  [undefined, 10, { kind: 'whole' }],
  ['bytes=0-4', 10, { kind: 'part', first: 0, last: 4 }],
  ['Bytes=0-4', 10, { kind: 'part', first: 0, last: 4 }],
  ['bytes=4-', 10, { kind: 'part', first: 4, last: 9 }],
  ['bytes=-3', 10, { kind: 'part', first: 7, last: 9 }],
  ['bytes=-30', 10, { kind: 'part', first: 0, last: 9 }],
  ['bytes=4-99', 10, { kind: 'part', first: 4, last: 9 }],
  ['bytes=10-', 10, { kind: 'outside' }],
  ['bytes=-0', 10, { kind: 'outside' }],
  ['bytes=0-', 0, { kind: 'outside' }],
  ['bytes=-1', 0, { kind: 'outside' }],
  ['bytes=5-4', 10, { kind: 'whole' }],
  ['bytes=-', 10, { kind: 'whole' }],
  ['bytes=0-1,3-4', 10, { kind: 'whole' }],
  ['lines=0-1', 10, { kind: 'whole' }],
  ['bytes=a-b', 10, { kind: 'whole' }],
]

for (const [header, size, range] of RANGES) {
  test(`Range ${header} of ${size} bytes is ${JSON.stringify(range)}`, () => {
    assert.deepEqual(byteRange(header, size), range)
  })
}

test('a part always lies in the file', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), fc.nat(), fc.nat(1000), (text, from, to, size) => {
      for (const header of [text, `bytes=${from}-${to}`, `bytes=${from}-`, `bytes=-${to}`]) {
        const range = byteRange(header, size)
        if (range.kind === 'part')
          assert.ok(range.first >= 0 && range.first <= range.last && range.last < size)
      }
    }),
  )
})

test('If-Range holds for the very file alone', () => {
  const file = { size: 10, modified: 1_700_000_000_123.5 }
  assert.ok(rangeHolds(undefined, file))
  assert.ok(rangeHolds(entityTag(file), file))
  assert.ok(!rangeHolds(entityTag({ ...file, size: 11 }), file))
  assert.ok(!rangeHolds(entityTag({ ...file, modified: file.modified + 1 }), file))
  assert.ok(!rangeHolds(`W/${entityTag(file)}`, file))
  assert.ok(!rangeHolds(new Date(file.modified).toUTCString(), file))
})

const NAMES: readonly [name: string, header: string][] = [
  ['report.pdf', `attachment; filename="report.pdf"; filename*=UTF-8''report.pdf`],
  ['naïve €.txt', `attachment; filename="na_ve _.txt"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.txt`],
  ['a"b\\c;d%e', `attachment; filename="a_b_c_d_e"; filename*=UTF-8''a%22b%5Cc%3Bd%25e`],
  ["it's (1)*", `attachment; filename="it's (1)*"; filename*=UTF-8''it%27s%20%281%29%2A`],
  ['two\r\nlines', `attachment; filename="two__lines"; filename*=UTF-8''two%0D%0Alines`],
  ['\udcff.bin', `attachment; filename="_.bin"; filename*=UTF-8''%EF%BF%BD.bin`],
]

for (const [name, header] of NAMES) {
  test(`the name ${JSON.stringify(name)} stands in a header twice`, () => {
    assert.equal(attachment(name), header)
  })
}

test('whatever a file is called, the header is one line of ASCII and the name can be read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), name => {
      const header = attachment(name)
      assert.match(header, /^[\x20-\x7e]+$/)
      const match = /^attachment; filename="[^"\\]*"; filename\*=UTF-8''([A-Za-z0-9!#$&+\-.^_`|~%]*)$/.exec(
        header,
      )
      assert.equal(decodeURIComponent(match?.[1] ?? '-'), name.toWellFormed())
    }),
  )
})

test('what a browser could run is told to be bytes', () => {
  for (const name of [
    'a.html',
    'a.HTM',
    'a.svg',
    'a.xhtml',
    'a.xml',
    'a.js',
    'a',
    '.png',
    'a.png.html',
    'a.mhtml',
  ]) {
    assert.equal(contentTypeOf(name), 'application/octet-stream', name)
  }
  assert.equal(contentTypeOf('a.PNG'), 'image/png')
  assert.ok(isWorthPacking('a.txt') && isWorthPacking('zip') && !isWorthPacking('a.ZIP'))
})

test('an upload is the file as it is, and whole', () => {
  assert.equal(uploadSize({ 'content-length': '12' }), 12)
  assert.equal(uploadSize({ 'content-encoding': 'identity' }), undefined)
  assert.throws(() => uploadSize({ 'content-encoding': 'gzip' }), Problem)
  assert.throws(() => uploadSize({ 'content-range': 'bytes 0-1/2' }), Problem)
})
