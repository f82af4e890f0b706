import { lstat, mkdir, rmdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Problem } from '../../http/problem.ts'
import { HOMES } from './folder-check.ts'

/** The home of a user who is given none: `files/NAME` of the data folder. */
export function defaultHome(dataFolder: string, user: string): string {
  return resolve(dataFolder, HOMES, user)
}

/**
 * Makes a home (0750), unless it is there already: files of an earlier user of the name are this one's then.
 * Disposing takes it away again, as long as it is new and empty; `keep` makes it stay.
 * @throws {Problem} 409 `USER_HOME` with the reason
 */
export async function makeHome(
  home: string,
  dataFolder: string,
): Promise<AsyncDisposable & { keep(): void }> {
  let made = false
  try {
    await mkdir(join(dataFolder, HOMES), { recursive: true, mode: 0o750 })
    made = await mkdir(home, { mode: 0o750 }).then(
      () => true,
      async error => {
        if (!(await lstat(home).catch(() => undefined))?.isDirectory()) throw error
        return false
      },
    )
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new Problem(409, 'USER_HOME', `the home folder ${home} cannot be made: ${reason(code)}`)
  }
  return {
    keep: () => {
      made = false
    },
    async [Symbol.asyncDispose]() {
      if (made) await rmdir(home).catch(() => {})
    },
  }
}

function reason(code: string): string {
  if (code === 'ENOSPC') return 'the disk is full'
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return 'the node may not write there; change the rights of the data folder'
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'something that is no folder is in its place'
  return code
}
