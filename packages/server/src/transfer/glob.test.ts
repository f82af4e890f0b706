import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isPattern, matchesGlob } from './glob.ts'

const cases: [pattern: string, name: string, matches: boolean][] = [
  ['*', 'a.txt', true],
  ['*', '.hidden', false],
  ['.*', '.hidden', true],
  ['*.txt', 'a.txt', true],
  ['*.txt', 'a.txt.gz', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['[a-c]x', 'bx', true],
  ['[!a-c]x', 'bx', false],
  ['[!a-c]x', 'dx', true],
  ['[]]', ']', true],
  ['[abc', '[abc', true],
  ['a**b', 'aXXb', true],
  ['\\*', '*', true],
  ['\\*', 'a', false],
  ['', '', true],
]

for (const [pattern, name, matches] of cases) {
  test(`the pattern ${JSON.stringify(pattern)} ${matches ? 'matches' : 'does not match'} ${JSON.stringify(name)}`, () => {
    assert.equal(matchesGlob(pattern, name), matches)
  })
}

test('a name without wildcards matches itself alone', () => {
  const plain = fc.string({ minLength: 1 }).filter(text => !isPattern(text) && !text.includes('\\'))
  fc.assert(
    fc.property(plain, plain, (pattern, name) => {
      assert.equal(matchesGlob(pattern, name), pattern === name)
    }),
  )
})

test('a pattern of many stars is answered in steps that grow with its length, not exponentially', () => {
  const pattern = `${'*a'.repeat(100)}b`
  assert.equal(matchesGlob(pattern, 'a'.repeat(255)), false)
})
