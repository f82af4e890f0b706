import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { formatPasswordHash, type PasswordHash, parsePasswordHash } from '@portolan/settings'

/** 19 MiB, two passes, one lane: what OWASP recommends for argon2id. About 50 ms, off the event loop. */
const COST = { memoryKiB: 19 * 1024, passes: 2, parallelism: 1 }

/**
 * Hashes a password with argon2id and a random salt. Answers a PHC string, the form in which settings hold it.
 * @param salt - 16 random bytes; given only by tests
 */
export async function hashPassword(password: string, salt: Buffer = randomBytes(16)): Promise<string> {
  return formatPasswordHash({ ...COST, salt, hash: await derive(password, { ...COST, salt }, 32) })
}

/** Whether a password is the one that was hashed. A text that is no argon2id hash verifies nothing. */
export async function verifyPassword(phc: string, password: string): Promise<boolean> {
  const stored = parsePasswordHash(phc)
  if (stored === undefined) return false
  return timingSafeEqual(await derive(password, stored, stored.hash.length), stored.hash)
}

function derive(password: string, cost: Omit<PasswordHash, 'hash'>, tagLength: number): Promise<Buffer> {
  const { memoryKiB, passes, parallelism, salt } = cost
  const parameters = { message: password, nonce: salt, parallelism, tagLength, memory: memoryKiB, passes }
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, tag) => (error ? reject(error) : resolve(tag)))
  })
}
