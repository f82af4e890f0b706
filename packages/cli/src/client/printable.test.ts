import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { printable, printableLines } from './printable.ts'

const texts: [title: string, text: string, shown: string][] = [
  ['plain text', 'report 2026.pdf', 'report 2026.pdf'],
  ['other scripts and emoji', 'grüße 日本語 👍', 'grüße 日本語 👍'],
  ['escape sequences', 'x\x1b[31mred\x1b]0;title\x07', 'x\\x1b[31mred\\x1b]0;title\\x07'],
  ['C1 controls', 'a\x9b1mb', 'a\\x9b1mb'],
  ['line ends and tabs', 'a\r\nb\tc', 'a\\x0d\\x0ab\\x09c'],
  ['marks that turn text round', 'gpj.\u202etxt.exe', 'gpj.\\u202etxt.exe'],
  ['a byte that is no UTF-8', 'caf\udce9', 'caf\\xe9'],
  ['another lone surrogate', '\ud800', '\\ud800'],
]

for (const [title, text, shown] of texts) {
  test(`${title}: ${JSON.stringify(text)} is shown as ${shown}`, () => {
    assert.equal(printable(text), shown)
  })
}

test('printableLines keeps the ends of lines', () => {
  assert.equal(printableLines('a\x1b\nb'), 'a\\x1b\nb')
})

test('what is shown is one line of well-formed text without controls', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const shown = printable(text)
      assert.ok(shown.isWellFormed())
      assert.doesNotMatch(shown, /[\p{Cc}\u2028\u2029]/u)
    }),
  )
})
