import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type ChecksumRequest, parseChecksumArgument, parseRange, type RangeRequest } from './byte-range.ts'
import { quotePath } from './quoted-path.ts'

const ranges: { argument: string; range: RangeRequest }[] = [
  { argument: '0 0', range: { kind: 'range', start: 0, end: 0 } },
  { argument: '802816 1048575', range: { kind: 'range', start: 802_816, end: 1_048_575 } },
  { argument: ' 1  2 ', range: { kind: 'range', start: 1, end: 2 } },
  { argument: '1 0', range: { kind: 'reset' } },
]

for (const { argument, range } of ranges) {
  test(`RANG ${argument} is read`, () => assert.deepEqual(parseRange(argument), range))
}

for (const argument of ['', '1', '2 1', '-1 5', '1 2 3', 'a b', '0x1 0x2', '1.5 2', '0 9007199254740992']) {
  test(`RANG ${argument || 'without an argument'} is refused`, () => {
    assert.throws(() => parseRange(argument), { code: 'PROTOCOL_BAD_ARGUMENT' })
  })
}

const checksums: { argument: string; request: ChecksumRequest }[] = [
  { argument: 'file', request: { name: 'file' } },
  { argument: 'a b', request: { name: 'a b' } },
  { argument: 'file 0 100', request: { name: 'file', start: 0, end: 100 } },
  { argument: 'a b 0 100', request: { name: 'a b', start: 0, end: 100 } },
  { argument: 'report 2026', request: { name: 'report 2026' } },
  { argument: '"a b"', request: { name: 'a b' } },
  { argument: '"a b" 0 100', request: { name: 'a b', start: 0, end: 100 } },
  { argument: '"a b" 7', request: { name: 'a b', start: 7 } },
  { argument: '"report 1 2"', request: { name: 'report 1 2' } },
  { argument: '"a""b" 5 5 ', request: { name: 'a"b', start: 5, end: 5 } },
  { argument: '"never closed', request: { name: '"never closed' } },
]

for (const { argument, request } of checksums) {
  test(`XCRC ${argument} is read`, () => assert.deepEqual(parseChecksumArgument(argument), request))
}

for (const argument of [
  '',
  '""',
  'file 5 4',
  '"a b" x',
  '"a b"5',
  '"a b" 1 2 3',
  '"a" 0 9007199254740992',
  'f 99999999999999999999 1',
]) {
  test(`XCRC ${argument || 'without an argument'} is refused`, () => {
    assert.throws(() => parseChecksumArgument(argument), { code: 'PROTOCOL_BAD_ARGUMENT' })
  })
}

test('every name survives in quotes, with and without a range', () => {
  const name = fc.string({ minLength: 1, unit: fc.constantFrom('"', ' ', '1', 'a', '/') })
  fc.assert(
    fc.property(name, fc.nat(), fc.nat(), (text, start, length) => {
      assert.deepEqual(parseChecksumArgument(quotePath(text)), { name: text })
      const end = start + length
      assert.deepEqual(parseChecksumArgument(`${quotePath(text)} ${start} ${end}`), {
        name: text,
        start,
        end,
      })
    }),
  )
})
