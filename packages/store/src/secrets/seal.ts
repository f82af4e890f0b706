import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** A key of AES-256 and the name that ciphertexts know it by. */
export interface Key {
  readonly id: string
  /** 32 bytes. */
  readonly bytes: Buffer
}

/** Where a secret lies. A ciphertext that was moved to another place does not open. */
export interface Place {
  readonly table: string
  readonly column: string
  readonly row: string
}

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

export function newKey(): Key {
  return { id: randomBytes(6).toString('hex'), bytes: randomBytes(32) }
}

/** Encrypts: `v1.KEYID.` and nonce, ciphertext and tag in base64url. The nonce is random, 96 bits (NIST SP 800-38D section 8.2.2). */
export function seal(key: Key, plain: string, place: Place): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key.bytes, nonce).setAAD(bind(place))
  const body = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `v1.${key.id}.${body.toString('base64url')}`
}

/** The name of the key that a ciphertext was made with; undefined when it is none of ours. */
export function keyIdOf(sealed: string): string | undefined {
  return /^v1\.([0-9a-f]+)\.[\w-]+$/.exec(sealed)?.[1]
}

/** Decrypts. Undefined when it is not what was sealed with this key for this place. */
export function unseal(key: Key, sealed: string, place: Place): string | undefined {
  if (keyIdOf(sealed) !== key.id) return undefined
  const body = Buffer.from(sealed.slice(sealed.lastIndexOf('.') + 1), 'base64url')
  if (body.length < NONCE_BYTES + TAG_BYTES) return undefined
  const tagAt = body.length - TAG_BYTES
  try {
    const decipher = createDecipheriv(CIPHER, key.bytes, body.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(bind(place)).setAuthTag(body.subarray(tagAt))
    return Buffer.concat([decipher.update(body.subarray(NONCE_BYTES, tagAt)), decipher.final()]).toString()
  } catch {
    return undefined
  }
}

/** JSON keeps `a`, `bc` and `ab`, `c` apart. */
const bind = ({ table, column, row }: Place) => Buffer.from(JSON.stringify(['portolan', table, column, row]))
