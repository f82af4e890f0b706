import { link, mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { RunError } from '../run/failure.ts'
import { codeOf, exists, syncPath } from './local-move.ts'

/**
 * Shows whole bytes under their final name: on the disk before, and with the name on the disk when it resolves.
 *
 * @returns false when the name is taken and is to be skipped
 * @throws {RunError} `RUN_EXISTS`
 */
export async function publishLocal(
  from: string,
  to: string,
  onExists: 'replace' | 'skip' | 'fail',
): Promise<boolean> {
  await mkdir(dirname(to), { recursive: true })
  await syncPath(from)
  if (onExists === 'replace') await rename(from, to)
  else if (!(await linkTo(from, to))) {
    if (onExists === 'fail') throw new RunError('RUN_EXISTS', `There is a file ${to} already.`)
    return false
  }
  await syncPath(dirname(to))
  return true
}

/** Never takes the place of what is there. */
async function linkTo(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'].includes(codeOf(error) ?? '')) throw error
    // A file system without links.
    if (await exists(to)) return false
    await rename(from, to)
    return true
  }
  await rm(from)
  return true
}
