import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { BenchError } from '../errors.ts'

/** The SHA-256 of a file, in hex. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1024 ** 2 }), hash)
  return hash.digest('hex')
}

/**
 * Looks at what uploads left, outside the timed part, and removes it.
 *
 * @param source - what was uploaded `count` times
 * @param thorough - compare every byte, not only the sizes
 * @throws {BenchError} when a file is missing, short or different
 */
export async function takeUploads(
  folder: string,
  source: string,
  count: number,
  thorough: boolean,
): Promise<void> {
  try {
    const names = await readdir(folder)
    if (names.length !== count)
      throw new BenchError(`${names.length} uploads of ${count} are there after the last 226`)
    const { size } = await stat(source)
    const digest = thorough ? await digestOf(source) : ''
    for (const name of names) {
      const path = join(folder, name)
      const stored = (await stat(path)).size
      if (stored !== size)
        throw new BenchError(`upload ${name} has ${stored} bytes of ${size} although it got a 226`)
      if (thorough && (await digestOf(path)) !== digest)
        throw new BenchError(`upload ${name} has other bytes than were sent`)
    }
  } finally {
    await clearUploads(folder)
  }
}

/** Empties the folder of uploads, also of what a broken server left under other names. */
export async function clearUploads(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true })
}
