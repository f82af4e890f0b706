import assert from 'node:assert/strict'
import type { StorageErrorCode } from './errors.ts'
import type { Entry, Storage, Upload, WriteOptions } from './storage.ts'

/** Small steps that tests of storages take. */

export async function put(
  storage: Storage,
  path: string,
  text: string,
  options?: Partial<WriteOptions>,
): Promise<Entry> {
  const upload = await begin(storage, path, text, options)
  return upload.publish()
}

/** An upload with its bytes written and its end open. */
export async function begin(
  storage: Storage,
  path: string,
  text: string,
  options?: Partial<WriteOptions>,
): Promise<Upload> {
  const upload = await storage.write(path, { owner: 'ann', mode: 'atomic', ...options })
  if (text !== '') await upload.write(Buffer.from(text))
  return upload
}

/** Leaves a broken upload behind. */
export async function breakOff(
  storage: Storage,
  path: string,
  text: string,
  options?: Partial<WriteOptions>,
): Promise<void> {
  const upload = await begin(storage, path, text, options)
  await upload.abandon({ keep: true })
}

export async function get(storage: Storage, path: string, offset = 0, piece = 7): Promise<string> {
  await using file = await storage.read(path, offset)
  const into = Buffer.alloc(piece)
  const parts: Buffer[] = []
  for (let bytes = await file.read(into); bytes > 0; bytes = await file.read(into)) {
    parts.push(Buffer.from(into.subarray(0, bytes)))
  }
  return Buffer.concat(parts).toString()
}

export async function entries(
  storage: Storage,
  path: string,
  options?: { followLinks?: boolean },
): Promise<Entry[]> {
  const all: Entry[] = []
  for await (const batch of storage.list(path, options)) all.push(...batch)
  return all.sort((a, b) => (a.name < b.name ? -1 : 1))
}

export async function names(storage: Storage, path: string): Promise<string[]> {
  return (await entries(storage, path)).map(entry => entry.name)
}

/** The work fails with that code, and says so without a path of this machine. */
export async function fails(
  work: Promise<unknown> | (() => Promise<unknown>),
  code: StorageErrorCode,
): Promise<void> {
  await assert.rejects(work, (error: Error) => {
    assert.equal((error as { code?: unknown }).code, code, error.message)
    assert.match(error.message, /^[A-Z].*\.$/s)
    assert.doesNotMatch(error.message, /\/tmp|\/proc/)
    return true
  })
}
