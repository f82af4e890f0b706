import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { count, formatBytes, formatRate, formatSeconds } from './amounts.ts'

const sizes: [bytes: number, text: string][] = [
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 KiB'],
  [1024, '1.0 KiB'],
  [1536, '1.5 KiB'],
  [102_400, '100 KiB'],
  [1_048_576, '1.0 MiB'],
  [20_000_000, '19.1 MiB'],
  [2 ** 40, '1.0 TiB'],
  [-1, '0 B'],
]

for (const [bytes, text] of sizes) {
  test(`${bytes} bytes are ${text}`, () => {
    assert.equal(formatBytes(bytes), text)
  })
}

test('no size is wider than eight characters', () => {
  fc.assert(
    fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), bytes => {
      assert.ok(formatBytes(bytes).length <= 8, formatBytes(bytes))
    }),
  )
})

const times: [ms: number, text: string][] = [
  [0, '0.00 s'],
  [350, '0.35 s'],
  [994, '0.99 s'],
  [1_234, '1.2 s'],
  [9_949, '9.9 s'],
  [12_000, '12 s'],
  [59_400, '59 s'],
  [59_600, '1:00'],
  [185_000, '3:05'],
  [3_723_000, '1:02:03'],
]

for (const [ms, text] of times) {
  test(`${ms} ms are ${text}`, () => {
    assert.equal(formatSeconds(ms), text)
  })
}

test('a rate that nobody measured is empty; one file is no files', () => {
  assert.equal(formatRate(undefined), '')
  assert.equal(formatRate(1536), '1.5 KiB/s')
  assert.deepEqual([count(0, 'file'), count(1, 'file'), count(2, 'file')], ['0 files', '1 file', '2 files'])
})
