import { failure } from './failure.ts'

/** What an upload continues: nothing, the owner's broken upload, or the file that has the name; `offset` of its bytes stay. */
export interface UploadBase {
  readonly from: 'nothing' | 'kept' | 'published'
  readonly offset: number
}

/**
 * Chooses what an upload builds on.
 *
 * APPE means the file that SIZE tells of, so a published file comes first. REST + STOR names a number of bytes: a kept
 * part of just that size was left by the same owner's broken upload, and is what the client continues.
 *
 * @param wanted - REST, or `end` for APPE
 * @param published - bytes of the file that has the name, if there is one
 * @param kept - bytes of the owner's kept part, if there is one
 * @throws {StorageError} `STORAGE_BAD_OFFSET` when neither holds that many bytes
 */
export function chooseBase(
  wanted: number | 'end',
  published: number | undefined,
  kept: number | undefined,
): UploadBase {
  if (wanted === 'end') {
    if (published !== undefined) return { from: 'published', offset: published }
    return kept === undefined ? NEW_FILE : { from: 'kept', offset: kept }
  }
  if (wanted === 0) return NEW_FILE
  if (kept === wanted) return { from: 'kept', offset: wanted }
  if (published !== undefined && published >= wanted) return { from: 'published', offset: wanted }
  if (kept !== undefined && kept > wanted) return { from: 'kept', offset: wanted }
  const most = Math.max(published ?? 0, kept ?? 0)
  throw failure(
    'STORAGE_BAD_OFFSET',
    most === 0
      ? 'There is nothing to continue. Start at byte 0.'
      : `There are ${most} bytes to continue from. Start at or before byte ${most}.`,
  )
}

const NEW_FILE: UploadBase = { from: 'nothing', offset: 0 }
