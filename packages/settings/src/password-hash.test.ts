import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatPasswordHash, parsePasswordHash } from './password-hash.ts'

const SALT = 'c29tZXNhbHQ'
const HASH = 'CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'

const refused: { name: string; phc: string }[] = [
  { name: 'a password in the clear', phc: 'secret' },
  { name: 'bcrypt', phc: '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy' },
  { name: 'argon2i', phc: `$argon2i$v=19$m=65536,t=2,p=1$${SALT}$${HASH}` },
  { name: 'an old version', phc: `$argon2id$v=16$m=65536,t=2,p=1$${SALT}$${HASH}` },
  { name: 'no passes', phc: `$argon2id$v=19$m=65536,t=0,p=1$${SALT}$${HASH}` },
  { name: 'more memory than a machine has', phc: `$argon2id$v=19$m=9999999,t=2,p=1$${SALT}$${HASH}` },
  { name: 'less memory than argon2 takes', phc: `$argon2id$v=19$m=31,t=2,p=4$${SALT}$${HASH}` },
  { name: 'a hash that was cut off', phc: `$argon2id$v=19$m=65536,t=2,p=1$${SALT}$CTFh` },
  { name: 'a line break at the end', phc: `$argon2id$v=19$m=65536,t=2,p=1$${SALT}$${HASH}\n` },
]

for (const { name, phc } of refused) {
  test(`parsePasswordHash: ${name} is no hash`, () => assert.equal(parsePasswordHash(phc), undefined))
}

test('parsePasswordHash: takes an argon2id hash apart', () => {
  assert.deepEqual(parsePasswordHash(`$argon2id$v=19$m=65536,t=2,p=1$${SALT}$${HASH}`), {
    memoryKiB: 65_536,
    passes: 2,
    parallelism: 1,
    salt: Buffer.from('somesalt'),
    hash: Buffer.from('09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7', 'hex'),
  })
})

test('formatPasswordHash: what it writes is read back the same', () => {
  const bytes = (min: number) =>
    fc.uint8Array({ minLength: min, maxLength: 64 }).map(array => Buffer.from(array))
  const hash = fc.record(
    {
      memoryKiB: fc.integer({ min: 128, max: 2 ** 20 }),
      passes: fc.integer({ min: 1, max: 64 }),
      parallelism: fc.integer({ min: 1, max: 16 }),
      salt: bytes(9),
      hash: bytes(17),
    },
    { noNullPrototype: true },
  )
  fc.assert(fc.property(hash, given => assert.deepEqual(parsePasswordHash(formatPasswordHash(given)), given)))
})
