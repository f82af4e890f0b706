import type { Storage } from './storage.ts'

/** Bytes read and written at once. */
const PIECE = 256 * 1024

/**
 * Copies a file from one storage to another, or within one. The new name shows the whole file or nothing.
 *
 * @param signal - stops the copy; what was written is removed
 * @throws {StorageError} of either storage, or the reason of the signal
 */
export async function copyThrough(
  source: Storage,
  from: string,
  target: Storage,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  await using file = await source.read(from, 0)
  const upload = await target.write(to, { owner: '', mode: 'atomic', expected: file.entry.size })
  try {
    const buffer = Buffer.allocUnsafeSlow(PIECE)
    for (let bytes = await file.read(buffer); bytes > 0; bytes = await file.read(buffer)) {
      signal.throwIfAborted()
      await upload.write(buffer.subarray(0, bytes))
    }
    await upload.publish()
  } finally {
    await upload.abandon({ keep: false })
  }
}
