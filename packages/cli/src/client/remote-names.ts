import { matchesGlob } from 'node:path'
import { FtpError } from '@portolan/client'
import { hasUndecodable, type RemoteEntry } from '@portolan/protocol'
import type { Remote } from './remotes.ts'
import { joinRemote } from './target.ts'

/** The last name of a remote path; empty for folders that end in `/` and for the folder of the login. */
export function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** What stands before the last name, with its `/`. */
export function folderPart(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}

/** A file that a pattern fits. */
export interface Match {
  readonly path: string
  readonly entry: RemoteEntry
}

/** Whether the last name of a path has wildcards. */
export function hasGlob(path: string): boolean {
  return /[*?[]/.test(lastName(path))
}

/**
 * The entries of a folder that the last name of a path fits, in order of their names. Hidden ones need a pattern that
 * begins with a dot.
 *
 * @throws {FtpError} `FTP_NAME` for a listing whose names are none, `FTP_REPLY` when nothing fits
 */
export async function expandGlob({ client, path }: Remote, signal: AbortSignal): Promise<readonly Match[]> {
  const folder = folderPart(path)
  const pattern = lastName(path)
  const { entries } = await client.list(folder === '' ? undefined : folder, { signal })
  const found = entries.filter(
    ({ name }) =>
      (!name.startsWith('.') || pattern.startsWith('.')) &&
      !hasUndecodable(name) &&
      matchesGlob(name, pattern),
  )
  for (const { name } of found) checkName(name)
  if (found.length === 0)
    throw new FtpError('FTP_REPLY', `Nothing fits ${path}.`, { phase: 'command', hint: GLOB_HINT })
  return found
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(entry => ({ path: joinRemote(folder, entry.name), entry }))
}

const GLOB_HINT = 'With --no-glob, the characters *, ? and [ stand for themselves.'

/**
 * Refuses what would lead a download out of its folder: a server chooses these names.
 *
 * @throws {FtpError} `FTP_NAME`
 */
export function checkName(name: string): void {
  const separators = process.platform === 'win32' ? /[/\\:\0]/ : /[/\0]/
  if (name !== '' && name !== '.' && name !== '..' && !separators.test(name)) return
  throw new FtpError('FTP_NAME', `${JSON.stringify(name)} cannot be the name of a file here.`, {
    phase: 'local',
  })
}
