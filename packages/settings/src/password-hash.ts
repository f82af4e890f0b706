/** An argon2id hash taken apart. */
export interface PasswordHash {
  readonly memoryKiB: number
  readonly passes: number
  readonly parallelism: number
  readonly salt: Buffer
  readonly hash: Buffer
}

const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z\d+/]{11,86})\$([A-Za-z\d+/]{22,86})$/

/**
 * Takes apart an argon2id hash in PHC form: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, base64 without padding.
 * Undefined when it is none, or asks for more than 1 GiB, 64 passes or 16 lanes: whoever writes it into the settings
 * by mistake would stop the server at each login.
 */
export function parsePasswordHash(phc: string): PasswordHash | undefined {
  const [, m, t, p, salt = '', hash = ''] = PHC.exec(phc) ?? []
  const memoryKiB = Number(m)
  const passes = Number(t)
  const parallelism = Number(p)
  const inBounds =
    passes >= 1 &&
    passes <= 64 &&
    parallelism >= 1 &&
    parallelism <= 16 &&
    memoryKiB >= 8 * parallelism &&
    memoryKiB <= 2 ** 20
  if (!inBounds) return undefined
  return {
    memoryKiB,
    passes,
    parallelism,
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  }
}

/** The inverse of {@link parsePasswordHash}. */
export function formatPasswordHash({ memoryKiB, passes, parallelism, salt, hash }: PasswordHash): string {
  const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`
}
