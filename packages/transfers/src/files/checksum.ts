import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import type { RemoteChecksum } from '@portolan/client'

/** What partners compute, and what files with checksums hold. */
export type Algorithm = RemoteChecksum['algorithm']

const NODE_NAMES: Readonly<Record<Exclude<Algorithm, 'CRC32'>, string>> = {
  'SHA-256': 'sha256',
  'SHA-512': 'sha512',
  'SHA-1': 'sha1',
  MD5: 'md5',
}
/** Files up to this size are read at once. */
const SMALL = 256 * 1024

/** The checksum of a file, in lower-case hexadecimal. @param size - as far as known */
export async function checksumOf(
  path: string,
  algorithm: Algorithm,
  { size = Number.POSITIVE_INFINITY, signal }: { readonly size?: number; readonly signal: AbortSignal },
): Promise<string> {
  if (size <= SMALL) return digest(algorithm, [await readFile(path, { signal })])
  const pieces = createReadStream(path, { highWaterMark: 1024 * 1024, signal })
  let crc = 0
  const hash: Hash | undefined = algorithm === 'CRC32' ? undefined : createHash(NODE_NAMES[algorithm])
  for await (const piece of pieces) {
    if (!Buffer.isBuffer(piece)) continue
    if (hash) hash.update(piece)
    else crc = crc32(piece, crc)
  }
  return hash ? hash.digest('hex') : hex(crc)
}

function digest(algorithm: Algorithm, pieces: readonly Buffer[]): string {
  if (algorithm === 'CRC32') return hex(pieces.reduce((value, piece) => crc32(piece, value), 0))
  const hash = createHash(NODE_NAMES[algorithm])
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}

const hex = (value: number) => value.toString(16).padStart(8, '0')
