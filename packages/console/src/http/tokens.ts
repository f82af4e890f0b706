import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** What every API token begins with, so that scanners of leaked secrets find it. */
export const TOKEN_PREFIX = 'ptl_'

/** 256 random bits, as text for a URL. */
export const randomSecret = (): string => randomBytes(32).toString('base64url')

/** SHA-256 in hexadecimal: enough for what is random and long; passwords are hashed otherwise. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Whether two texts are the same, in a time that says nothing about where they differ. */
export function isSameSecret(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}
