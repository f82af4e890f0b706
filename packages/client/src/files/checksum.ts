import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { HashAlgorithm } from '@portolan/protocol'
import { onDisk } from './local-path.ts'

/** Computes a checksum piece by piece. */
interface Checksum {
  update(bytes: Uint8Array): void
  /** In lower-case hexadecimal. Once. */
  digest(): string
}

const NODE_NAMES: Readonly<Record<Exclude<HashAlgorithm, 'CRC32'>, string>> = {
  'SHA-256': 'sha256',
  'SHA-512': 'sha512',
  'SHA-1': 'sha1',
  MD5: 'md5',
}

/** Starts a checksum. SHA-1, MD5 and CRC32 find accidents, not attacks. */
function startChecksum(algorithm: HashAlgorithm): Checksum {
  if (algorithm === 'CRC32') return new Crc32()
  const hash: Hash = createHash(NODE_NAMES[algorithm])
  return { update: bytes => void hash.update(bytes), digest: () => hash.digest('hex') }
}

/** The checksum of a local file, or of its bytes from `start` to before `end`. */
export async function checksumFile(
  path: string,
  algorithm: HashAlgorithm,
  options: { readonly start?: number; readonly end?: number; readonly signal?: AbortSignal } = {},
): Promise<string> {
  const { start = 0, end = Number.POSITIVE_INFINITY, signal } = options
  const checksum = startChecksum(algorithm)
  if (end <= start) return checksum.digest()
  const stream = createReadStream(onDisk(path), { start, end: end - 1, highWaterMark: 1024 * 1024, signal })
  for await (const chunk of stream) if (Buffer.isBuffer(chunk)) checksum.update(chunk)
  return checksum.digest()
}

class Crc32 implements Checksum {
  #value = 0

  update(bytes: Uint8Array): void {
    this.#value = crc32(bytes, this.#value)
  }

  digest(): string {
    return this.#value.toString(16).padStart(8, '0')
  }
}
