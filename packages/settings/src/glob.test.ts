import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { glob } from './glob.ts'

const cases: { pattern: string; text: string; fits: boolean }[] = [
  { pattern: '*', text: '', fits: true },
  { pattern: 'partner?', text: 'partner1', fits: true },
  { pattern: 'partner?', text: 'partner', fits: false },
  { pattern: 'acme-*', text: 'acme-', fits: true },
  { pattern: '*-x-*', text: 'a-x-b', fits: true },
  { pattern: 'a.c', text: 'abc', fits: false },
  { pattern: '[ab]', text: 'a', fits: false },
  { pattern: '?', text: '☂', fits: true },
]

for (const { pattern, text, fits } of cases) {
  test(`glob: ${JSON.stringify(text)} ${fits ? 'fits' : 'does not fit'} ${pattern}`, () => {
    assert.equal(glob(pattern)(text), fits)
  })
}

test('glob: a text without wildcards fits itself and nothing else', () => {
  const plain = fc.string().filter(text => !/[*?]/.test(text))
  fc.assert(fc.property(plain, plain, (pattern, text) => assert.equal(glob(pattern)(text), pattern === text)))
})
