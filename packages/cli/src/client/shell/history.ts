import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Lines that are kept. */
export const HISTORY_SIZE = 500

/** Commands of FTP whose argument is a password, and words in which servers take one. */
const SECRET_COMMAND = /\b(?:pass|acct|pswd|passwd|cpwd|adminlogin)\b/i
/** A URL with a password in it. */
const SECRET_URL = /:\/\/[^/\s@]*:[^\s@]*@/

/** Whether a line may be kept: one that could hold a password may not. */
export function isKept(line: string): boolean {
  return line.trim() !== '' && !SECRET_COMMAND.test(line) && !SECRET_URL.test(line)
}

/** The lines of earlier shells, the newest first; none when there is no such file. */
export function readHistory(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .slice(-HISTORY_SIZE)
      .toReversed()
  } catch {
    return []
  }
}

/**
 * Writes the lines of this shell and the ones before, for this user alone. Undone by nothing worse than a full disk: a
 * history that cannot be written is no reason to fail.
 *
 * @param lines - the newest first
 */
export function writeHistory(path: string, lines: readonly string[]): void {
  const kept = lines.filter(isKept).slice(0, HISTORY_SIZE).toReversed()
  const temporary = `${path}.${randomBytes(6).toString('hex')}`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    chmodSync(dirname(path), 0o700)
    writeFileSync(temporary, kept.map(line => `${line}\n`).join(''), { mode: 0o600, flag: 'wx' })
    renameSync(temporary, path)
  } catch {
    if (existsSync(temporary)) rmSync(temporary, { force: true })
  }
}
