import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasSecondFactor, newRecoveryCodes, newTotpSecret, takeTotpCode } from './second-factor.ts'
import { startTestApp } from './testing-app.ts'
import { sha256 } from './tokens.ts'

test('codes of six digits are those of RFC 6238, appendix B, and none is taken twice', async () => {
  await using it = await startTestApp()
  const { administrators } = it.services.store
  await it.makeAdministrator('operator', 'alice')
  // The secret of the RFC is the ASCII of 12345678901234567890; its codes have eight digits, ours are the last six.
  const row = { name: 'alice', totpSecret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' }
  await administrators.change('alice', { totpSecret: row.totpSecret })
  const take = (code: string, seconds: number) => takeTotpCode(administrators, row, code, seconds * 1_000)
  assert.equal(await take('287082', 59), true)
  assert.equal(await take('287082', 59), false)
  assert.equal(await take('081804', 1_111_111_109 + 30), true, 'the step before')
  assert.equal(await take('050471', 1_111_111_111), true)
  assert.equal(await take('081804', 1_111_111_111), false, 'older than one that was taken')
  assert.equal(await take('005924', 1_234_567_890 - 61), false, 'two steps too early')
  assert.equal(await take('005924', 1_234_567_890 - 30), true, 'a step too early')
  assert.equal(await take('353130', 20_000_000_000), true)
  for (const code of ['', '35313', '3531300', '35313o', '２８７０８２'])
    assert.equal(await take(code, 20_000_000_000), false)
})

test('of many who send the same code at once, one is let in', async () => {
  await using it = await startTestApp()
  const { administrators } = it.services.store
  await it.makeAdministrator('operator', 'alice')
  const row = { name: 'alice', totpSecret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' }
  await administrators.change('alice', { totpSecret: row.totpSecret })
  const taken = await Promise.all(
    Array.from({ length: 10 }, () => takeTotpCode(administrators, row, '287082', 59_000)),
  )
  assert.equal(taken.filter(Boolean).length, 1)
})

test('a secret that nobody confirmed is no second factor', () => {
  assert.equal(hasSecondFactor({}), false)
  assert.equal(hasSecondFactor({ totpSecret: 'A' }), false)
  assert.equal(hasSecondFactor({ totpStep: 1 }), false)
  assert.equal(hasSecondFactor({ totpSecret: 'A', totpStep: 1 }), true)
})

test('secrets and recovery codes are new each time, and what is kept are their hashes', () => {
  const [one, other] = [newTotpSecret('alice'), newTotpSecret('alice')]
  assert.notEqual(one.secret, other.secret)
  assert.match(one.secret, /^[A-Z2-7]{32}$/)
  assert.ok(one.uri.startsWith('otpauth://totp/Portolan:alice?'))
  const { shown, hashes } = newRecoveryCodes()
  assert.equal(new Set(shown).size, 10)
  assert.deepEqual(
    hashes,
    shown.map(code => sha256(code.replaceAll('-', ''))),
  )
})
