import { FtpError, replyError } from '../errors.ts'
import type { Session } from '../session/session.ts'
import { listFolder } from './list.ts'
import { joinPath } from './server-zone.ts'

/** Folders within folders that are followed; a server that shows more shows them without end. */
const DEEPEST = 128

/** MKD; a folder that is there already is no failure with `parents`. @param parents - make those above, too */
export async function makeFolder(
  session: Session,
  path: string,
  { parents, signal }: { readonly parents: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const reply = await session.ask('MKD', path, signal)
  if (reply.code < 300) return
  if (!parents) throw replyError(`MKD ${path}`, reply)
  if (await isFolder(session, path, signal)) return
  const above = parentOf(path)
  if (above === undefined) throw replyError(`MKD ${path}`, reply)
  await makeFolder(session, above, { parents, signal })
  const again = await session.ask('MKD', path, signal)
  if (again.code >= 300 && !(await isFolder(session, path, signal))) throw replyError(`MKD ${path}`, again)
}

/** Whether CWD leads there; the session stays where it was. */
export async function isFolder(session: Session, path: string, signal: AbortSignal): Promise<boolean> {
  const before = await session.workingFolder(signal)
  const reply = await session.ask('CWD', path, signal)
  if (reply.code >= 300) return false
  await session.command('CWD', before, signal)
  return true
}

/** What removing a tree came to. */
export interface Removed {
  readonly files: number
  readonly folders: number
}

/**
 * Removes a folder with all that is in it. Links are removed, never followed.
 *
 * @throws {FtpError} `FTP_NAME` for a name that leads elsewhere, before anything of that folder is removed
 */
export async function removeTree(
  session: Session,
  path: string,
  signal: AbortSignal,
  depth = 0,
): Promise<Removed> {
  if (depth > DEEPEST)
    throw new FtpError('FTP_NAME', `The folder ${path} has folders without end.`, { phase: 'command' })
  const { entries, unparsed } = await listFolder(session, path, signal, { all: true })
  if (unparsed.length > 0)
    throw new FtpError(
      'FTP_PROTOCOL',
      `The listing of ${path} has lines that cannot be read: nothing of it is removed.`,
      {
        phase: 'command',
      },
    )
  for (const { name } of entries) checkChildName(name)
  let files = 0
  let folders = 1
  for (const entry of entries) {
    const child = joinPath(path, entry.name)
    if (entry.kind === 'folder') {
      const below = await removeTree(session, child, signal, depth + 1)
      files += below.files
      folders += below.folders
    } else {
      await session.command('DELE', child, signal)
      files++
    }
  }
  await session.command('RMD', path, signal)
  return { files, folders }
}

/**
 * Refuses a name of a listing that is no name: a path, `..`, control characters. A hostile server must not lead us out of
 * the folder it was asked about.
 *
 * @throws {FtpError} `FTP_NAME`
 */
function checkChildName(name: string): void {
  const bad = name === '' || name === '.' || name === '..' || /[/\0\r\n]/.test(name)
  if (!bad) return
  throw new FtpError('FTP_NAME', `The server lists ${JSON.stringify(name)}, which is no name of a file.`, {
    phase: 'command',
  })
}

function parentOf(path: string): string | undefined {
  const trimmed = path.replace(/\/+$/, '')
  const slash = trimmed.lastIndexOf('/')
  return slash > 0 ? trimmed.slice(0, slash) : undefined
}
