import { createHash } from 'node:crypto'
import { storable } from '../logs/columns.ts'

/** Bytes of a text in an index; PostgreSQL refuses more than some 2,700 in one entry. */
const MAX_BYTES = 500

/** The form of a text that keys and indexes hold: itself, or its beginning and its SHA-256 when it is long. */
export function indexable(text: string): string {
  const clean = storable(text)
  if (Buffer.byteLength(clean) <= MAX_BYTES) return clean
  return `${clean.slice(0, 100).toWellFormed()}\u{1f}${createHash('sha256').update(clean).digest('base64url')}`
}
