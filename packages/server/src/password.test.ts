import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashPassword, verifyPassword } from './password.ts'

// Made with the reference implementation: `echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -l 32`
// (test.c of phc-winner-argon2, version 19).
const REFERENCE = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'

test('verifyPassword: knows a hash of the reference implementation', async () => {
  assert.equal(await verifyPassword(REFERENCE, 'password'), true)
  assert.equal(await verifyPassword(REFERENCE, 'Password'), false)
})

test('hashPassword: makes a PHC string of 19 MiB and two passes that only its password verifies', async () => {
  const phc = await hashPassword('schön: ☂')
  assert.match(phc, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z\d+/]{22}\$[A-Za-z\d+/]{43}$/)
  assert.equal(await verifyPassword(phc, 'schön: ☂'), true)
  assert.equal(await verifyPassword(phc, ''), false)
})

test('hashPassword: salts, so that the same password never gives the same hash twice', async () => {
  const [first, second] = await Promise.all([hashPassword('same'), hashPassword('same')])
  assert.notEqual(first, second)
})

test('verifyPassword: what is no argon2id hash verifies nothing, the empty password included', async () => {
  for (const phc of [
    '',
    'secret',
    '$2b$10$abcdefghijklmnopqrstuv',
    '$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  ]) {
    assert.equal(await verifyPassword(phc, phc), false, phc)
    assert.equal(await verifyPassword(phc, ''), false, phc)
  }
})
