import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { redactor } from './redact.ts'

const cases: readonly [string, readonly (string | undefined)[], string, string][] = [
  ['a secret in a reply', ['open sesame'], '500 PASS open sesame', '500 PASS ****'],
  ['a secret twice', ['hunter2'], 'hunter2hunter2', '********'],
  ['the longer of two first', ['pass', 'password'], 'my password', 'my ****'],
  ['a short one as a word alone', ['ab'], 'ab abc cab (ab)', '**** abc cab (****)'],
  ['one that is special in patterns', ['a.*b+'], 'axxb a.*b+', 'axxb ****'],
  ['no secret', ['', undefined], '220 Ready', '220 Ready'],
]

for (const [what, secrets, text, expected] of cases) {
  test(`masks ${what}`, () => assert.equal(redactor(secrets)(text), expected))
}

test('masks in every text of a value, however deep, and leaves the rest as it is', () => {
  const value = { a: ['x secret', { b: 'secret', n: 7, none: undefined, no: false }], nil: null }
  assert.deepEqual(redactor(['secret'])(value), {
    a: ['x ****', { b: '****', n: 7, none: undefined, no: false }],
    nil: null,
  })
})

test('no secret of four characters or more is left in any text', () => {
  const secret = fc.string({ minLength: 4, maxLength: 12 }).filter(text => !text.includes('*'))
  fc.assert(
    fc.property(secret, fc.array(fc.string()), (hidden, parts) => {
      const masked = redactor([hidden])({ text: parts.join(hidden) })
      assert.ok(!masked.text.includes(hidden))
    }),
  )
})
