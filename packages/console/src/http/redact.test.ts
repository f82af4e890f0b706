import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonValue } from '@portolan/store'
import fc from 'fast-check'
import { redact } from './redact.ts'

test('what is a secret by its name or its look is hidden, the rest stays', () => {
  const cases: [JsonValue, JsonValue][] = [
    [{ password: 'a' }, { password: '***' }],
    [
      { totpSecret: 'a', apiToken: 'b', privateKey: 'c', code: 123456 },
      { totpSecret: '***', apiToken: '***', privateKey: '***', code: '***' },
    ],
    [{ recoveryCodes: ['a', 'b'] }, { recoveryCodes: ['***', '***'] }],
    [{ secrets: { one: 'a', two: [1] } }, { secrets: { one: '***', two: ['***'] } }],
    [
      { hasPassword: true, password: null },
      { hasPassword: true, password: null },
    ],
    [
      { name: 'alice', home: '/srv', size: 3 },
      { name: 'alice', home: '/srv', size: 3 },
    ],
    [
      { monkey: 'a', keyboard: 'b' },
      { monkey: '***', keyboard: 'b' },
    ],
    ['$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA', '***'],
    [['-----BEGIN EC PRIVATE KEY-----\nabc'], ['***']],
    [`token ptl_${'a'.repeat(43)} of ci`, '***'],
    [null, null],
  ]
  for (const [value, hidden] of cases) assert.deepEqual(redact(value), hidden)
})

test('what is nested beyond all measure is cut off and not written', () => {
  let deep: JsonValue = 'treasure'
  for (let i = 0; i < 100_000; i++) deep = [deep]
  assert.doesNotMatch(JSON.stringify(redact(deep)), /treasure/)
})

test('wherever a password stands, it does not come out', () => {
  const json = fc.jsonValue()
  fc.assert(
    fc.property(json, fc.array(fc.constantFrom('a', 'b', 'list')), (beside, path) => {
      const hidden: JsonValue = path.reduce<JsonValue>(
        (inner, key) => (key === 'list' ? [inner, 1] : { [key]: inner }),
        { password: 'correct horse', beside: JSON.parse(JSON.stringify(beside)) },
      )
      assert.doesNotMatch(JSON.stringify(redact(hidden)), /correct horse/)
    }),
  )
})
