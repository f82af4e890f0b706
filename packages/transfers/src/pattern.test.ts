import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePattern } from './pattern.ts'

const CASES: readonly [pattern: string, fits: readonly string[], not: readonly string[]][] = [
  ['*', ['a', 'a.txt', '.hidden'], []],
  ['*.csv', ['a.csv', '.csv'], ['a.CSV', 'a.csv.part']],
  ['*.csv, report-??.txt', ['a.csv', 'report-07.txt'], ['report-7.txt']],
  ['*.{csv,txt}', ['a.csv', 'b.txt'], ['c.xml']],
  ['!a', ['!a'], ['a', 'b']],
  ['[ab]*', ['a1', 'b'], ['c']],
  ['/^inv-\\d+\\.xml$/', ['inv-12.xml'], ['inv-.xml', 'INV-1.xml']],
  ['/^inv/i', ['INV-1'], ['xinv']],
]

test('a pattern is a glob, several globs, or a regular expression', () => {
  for (const [pattern, fits, not] of CASES) {
    const matches = compilePattern(pattern)
    for (const name of fits) assert.ok(matches(name), `${pattern} and ${name}`)
    for (const name of not) assert.ok(!matches(name), `${pattern} and not ${name}`)
  }
})

test('what is no pattern is refused with a sentence', () => {
  assert.throws(() => compilePattern(' , '), /must name files/)
  assert.throws(() => compilePattern('/(/'), /no regular expression/)
  assert.throws(() => compilePattern(`/${'a'.repeat(1_001)}/`), /at most 1000/)
})
