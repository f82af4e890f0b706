import assert from 'node:assert/strict'
import { test } from 'node:test'
import { portEnd } from './port-range.ts'

test('the port end follows from base port and number of ports', () => {
  for (const [base, count, end] of [
    [61_000, 1024, 62_023],
    [1024, 64_512, 65_535],
    [65_535, 1, 65_535],
    [65_535, 2, undefined],
    [1023, 1, undefined],
    [61_000, 0, undefined],
    [61_000, 1.5, undefined],
    ['61000', 1024, undefined],
    ['', '', undefined],
  ] as const) {
    assert.equal(portEnd(base, count), end, `${base} + ${count}`)
  }
})
