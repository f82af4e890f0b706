import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRate, parseSeconds, parseWhole } from './units.ts'

const rates: [text: string, bytes: number | undefined][] = [
  ['1', 1],
  ['100000', 100_000],
  ['500kB', 500_000],
  ['500KB/s', 500_000],
  ['2MiB', 2 * 2 ** 20],
  ['2mib/s', 2 * 2 ** 20],
  ['1.5M', 1.5 * 2 ** 20],
  ['300k', 300 * 1024],
  ['1G', 2 ** 30],
  ['1 MB', 1_000_000],
  ['0', undefined],
  ['-1', undefined],
  ['', undefined],
  ['fast', undefined],
  ['1TB', undefined],
  ['1i', undefined],
  ['1e9', undefined],
  ['0.1', undefined],
  ['9999999999999999', undefined],
]

for (const [text, bytes] of rates) {
  test(`${JSON.stringify(text)} is ${bytes === undefined ? 'no rate' : `${bytes} bytes per second`}`, () => {
    assert.equal(parseRate(text), bytes)
  })
}

const waits: [text: string, ms: number | undefined][] = [
  ['30', 30_000],
  ['2.5', 2_500],
  ['500ms', 500],
  ['90s', 90_000],
  ['2m', 120_000],
  ['1h', 3_600_000],
  ['0', undefined],
  ['-5', undefined],
  ['', undefined],
  ['1d', undefined],
  ['soon', undefined],
  // Node would fire at once beyond 31 bits of milliseconds.
  ['25000000', undefined],
]

for (const [text, ms] of waits) {
  test(`${JSON.stringify(text)} is ${ms === undefined ? 'no wait' : `${ms} ms`}`, () => {
    assert.equal(parseSeconds(text), ms)
  })
}

const numbers: [text: string, value: number | undefined][] = [
  ['0', 0],
  ['10', 10],
  ['11', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['0x5', undefined],
  ['', undefined],
]

for (const [text, value] of numbers) {
  test(`${JSON.stringify(text)} is ${value === undefined ? 'no number' : value} from 0 to 10`, () => {
    assert.equal(parseWhole(text, 0, 10), value)
  })
}
