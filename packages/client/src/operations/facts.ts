import { formatTimeVal, parseMlsd, parseTimeVal, type RemoteEntry } from '@portolan/protocol'
import { FtpError, replyError } from '../errors.ts'
import type { Session } from '../session/session.ts'

/** Bytes of a file by SIZE, in TYPE I, since servers answer 550 in TYPE A; undefined where it is not told. RFC 3659 section 4. */
export async function sizeOf(
  session: Session,
  path: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  await session.setType('I', signal)
  const reply = await session.ask('SIZE', path, signal)
  const text = reply.lines[0].trim()
  const size = reply.code === 213 && /^\d+$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(size) ? size : undefined
}

/** When a file was modified, by MDTM: milliseconds since 1970, UTC. RFC 3659 section 3. */
export async function modifiedOf(
  session: Session,
  path: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const reply = await session.ask('MDTM', path, signal)
  return reply.code === 213 ? parseTimeVal(reply.lines[0].trim()) : undefined
}

/**
 * What is known of one file or folder: MLST, else SIZE and MDTM, else whether CWD leads there.
 *
 * @throws {FtpError} `FTP_REPLY` when there is nothing of that name
 */
export async function statPath(session: Session, path: string, signal: AbortSignal): Promise<RemoteEntry> {
  const name = path.replace(/\/+$/, '').split('/').at(-1) || path
  if (session.has('MLST')) {
    const entry = await statByMlst(session, path, name, signal)
    if (entry) return entry
  }
  const size = await sizeOf(session, path, signal)
  if (size !== undefined) {
    const modified = await modifiedOf(session, path, signal)
    return {
      name,
      kind: 'file',
      size,
      ...(modified !== undefined && { modified, precision: 'second' as const }),
      raw: '',
    }
  }
  return statByCwd(session, path, name, signal)
}

async function statByMlst(
  session: Session,
  path: string,
  name: string,
  signal: AbortSignal,
): Promise<RemoteEntry | undefined> {
  const reply = await session.ask('MLST', path, signal)
  if (reply.code === 500 || reply.code === 502) return undefined
  if (reply.code >= 400) throw replyError(`MLST ${path}`, reply)
  for (const line of reply.lines.slice(1, -1)) {
    // MLST tells of a folder as its type says, MLSD leaves `.` out: here it is what was asked for.
    const [entry] = parseMlsd([line.trimStart().replace(/\btype=[cp]dir;/i, 'type=dir;')]).entries
    if (entry) return { ...entry, name, raw: line }
  }
  return undefined
}

async function statByCwd(
  session: Session,
  path: string,
  name: string,
  signal: AbortSignal,
): Promise<RemoteEntry> {
  const before = await session.workingFolder(signal)
  const reply = await session.ask('CWD', path, signal)
  if (reply.code >= 400) throw replyError(`CWD ${path}`, reply)
  await session.command('CWD', before, signal)
  return { name, kind: 'folder', raw: '' }
}

/** What servers say to a command they do not know. Pure-FTPd and vsftpd do so for words of SITE, too. */
const UNKNOWN = new Set([500, 502, 504])

/**
 * Sets when a file was modified: MFMT, else SITE UTIME, else MDTM with a time before the path, which vsftpd and Serv-U know.
 * What a server has not is remembered, so that it is not asked again for each file.
 *
 * @param modified - milliseconds since 1970, UTC
 * @throws {FtpError} `FTP_UNSUPPORTED` where the server has none of them
 */
export async function setModified(
  session: Session,
  path: string,
  modified: number,
  signal: AbortSignal,
): Promise<void> {
  const { facts } = session
  const argument = `${formatTimeVal(modified)} ${path}`
  if (session.has('MFMT')) {
    await session.command('MFMT', argument, signal)
    return
  }
  if (facts.setTime === undefined || facts.setTime === 'UTIME') {
    const reply = await session.ask('SITE', `UTIME ${argument}`, signal)
    if (reply.code < 300) facts.setTime = 'UTIME'
    else if (!UNKNOWN.has(reply.code) || facts.setTime) throw replyError(`SITE UTIME ${argument}`, reply)
    if (facts.setTime) return
  }
  if (facts.setTime !== 'none' && session.has('MDTM')) {
    const reply = await session.ask('MDTM', argument, signal)
    if (reply.code < 300) facts.setTime = 'MDTM'
    else if (facts.setTime) throw replyError(`MDTM ${argument}`, reply)
    if (facts.setTime) return
  }
  facts.setTime = 'none'
  throw new FtpError('FTP_UNSUPPORTED', 'The server has no command to set times (MFMT, SITE UTIME).', {
    phase: 'command',
    command: 'MFMT',
  })
}

/** SITE CHMOD. @param mode - POSIX bits, such as 0o644 */
export async function setMode(
  session: Session,
  path: string,
  mode: number,
  signal: AbortSignal,
): Promise<void> {
  await session.command('SITE', `CHMOD ${(mode & 0o7777).toString(8)} ${path}`, signal)
}
