import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileGlobs } from './glob.ts'

const cases: readonly (readonly [string, string, boolean])[] = [
  ['*', '', true],
  ['*', 'anything', true],
  ['acme-*', 'acme-', true],
  ['acme-*', 'acme-7', true],
  ['acme-*', 'acme', false],
  ['partner?', 'partner1', true],
  ['partner?', 'partner', false],
  ['partner?', 'partner12', false],
  ['*-eu', 'x-eu-eu', true],
  ['a*b*c', 'a1b2b3c', true],
  ['a*b*c', 'a1c2b', false],
  ['bob, alice', 'alice', true],
  ['bob,alice', 'Alice', false],
  ['[ab]', 'a', false],
  ['[ab]', '[ab]', true],
  ['a.b', 'axb', false],
  ['**', 'x', true],
]
for (const [pattern, text, fits] of cases) {
  test(`"${text}" ${fits ? 'fits' : 'does not fit'} ${pattern}`, () =>
    assert.equal(compileGlobs(pattern)(text), fits))
}

for (const list of ['', ' ', 'a,,b', 'a,']) {
  test(`the list "${list}" is refused`, () => {
    assert.throws(() => compileGlobs(list), { code: 'CHANNEL_SETTING', message: /empty item/ })
  })
}

test('a glob fits what the regular expression of the same meaning fits', () => {
  const letters = (...of: string[]) =>
    fc.array(fc.constantFrom(...of), { maxLength: 8 }).map(list => list.join(''))
  fc.assert(
    fc.property(letters('a', 'b', '*', '?'), letters('a', 'b'), (pattern, text) => {
      fc.pre(pattern !== '')
      const meaning = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`)
      assert.equal(compileGlobs(pattern)(text), meaning.test(text))
    }),
  )
})

test('a pattern made to be slow is not', () => {
  const started = performance.now()
  assert.equal(compileGlobs(`${'*a'.repeat(200)}*b`)('a'.repeat(5000)), false)
  assert.ok(performance.now() - started < 1000)
})
