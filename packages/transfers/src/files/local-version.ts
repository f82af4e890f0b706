import type { BigIntStats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { RunError } from '../run/failure.ts'

/** A file of this server as it is now. */
export interface LocalVersion {
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number
  /** Tells this version from others: size, time and inode. */
  readonly version: string
}

/** @throws {RunError} `RUN_SOURCE_GONE` when nothing is there, or no file */
export async function versionOf(path: string): Promise<LocalVersion> {
  const found = await versionIfThere(path)
  if (found) return found
  throw new RunError(
    'RUN_SOURCE_GONE',
    `The file ${path} is not there: it was moved or deleted before it was sent.`,
  )
}

/** Undefined when nothing is there, or no file. */
export async function versionIfThere(path: string): Promise<LocalVersion | undefined> {
  try {
    return describe(await stat(path, { bigint: true }))
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined
    throw error
  }
}

function describe(stats: BigIntStats): LocalVersion | undefined {
  if (!stats.isFile()) return undefined
  return {
    size: Number(stats.size),
    modified: Number(stats.mtimeMs),
    version: `${stats.size}-${stats.mtimeNs.toString(36)}-${stats.ino.toString(36)}`,
  }
}
