import { lstat, realpath, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'

/** The part of the data folder in which homes are made. */
export const HOMES = 'files'

/**
 * What is wrong with a folder that users are to see; undefined for one that can be used. It must be there, and it must not
 * show what the node itself keeps: who may write users would else read keys and the database by FTP.
 */
export async function folderProblem(folder: string, dataFolder: string): Promise<string | undefined> {
  return (
    writtenProblem(folder) ?? (await thereProblem(folder)) ?? showsData(await realpath(folder), dataFolder)
  )
}

/** What is wrong with a folder that is to be made; undefined when it can be. */
export async function newFolderProblem(folder: string, dataFolder: string): Promise<string | undefined> {
  const parent = dirname(resolve(folder))
  const problem = writtenProblem(folder) ?? (await thereProblem(parent))
  return problem ?? showsData(join(await realpath(parent), basename(resolve(folder))), dataFolder)
}

/** Whether anything is called so. */
export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

function writtenProblem(folder: string): string | undefined {
  if (folder.includes('\0')) return 'must not contain NUL'
  if (!isAbsolute(folder)) return 'must be an absolute path of this machine, such as /srv/ftp/incoming'
  return undefined
}

async function thereProblem(folder: string): Promise<string | undefined> {
  try {
    return (await stat(folder)).isDirectory() ? undefined : `${folder} is no folder`
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return code === 'ENOENT'
      ? `there is no folder ${folder}: make it first`
      : `the folder ${folder} cannot be used: ${code}`
  }
}

/** Whether a folder, with all links followed, holds or lies in what the node keeps. */
async function showsData(folder: string, dataFolder: string): Promise<string | undefined> {
  const kept = await realpath(dataFolder).catch(() => resolve(dataFolder))
  if (isBelow(folder, join(kept, HOMES))) return undefined
  if (!isWithin(folder, kept) && !isWithin(kept, folder)) return undefined
  return `must not show the data folder of this node, ${kept}, in which its keys and its database are: use a folder outside, or one below ${join(kept, HOMES)}`
}

function isBelow(folder: string, other: string): boolean {
  return folder !== other && isWithin(folder, other)
}

function isWithin(folder: string, other: string): boolean {
  const way = relative(other, folder)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}
