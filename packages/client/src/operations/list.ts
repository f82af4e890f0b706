import type { ByteSink } from '@portolan/channels'
import { decodeName, type Listing, ListingReader, type Reply } from '@portolan/protocol'
import { FtpError } from '../errors.ts'
import type { Session } from '../session/session.ts'
import { runTransfer } from '../transfer/transfer.ts'
import { findZone, knownZone, shiftTimes } from './server-zone.ts'

/** The longest list of names that is taken, in bytes. */
const MOST_BYTES_OF_NAMES = 64 * 1024 * 1024

/** What a folder holds. */
export interface FolderListing extends Listing {
  /** `claimed`: the server's word alone says that it is whole, see `closeNotify`. */
  readonly end: 'proved' | 'claimed'
}

/** How a folder is listed. */
export interface ListFolderOptions {
  /** Names that begin with a dot as well, which servers leave out of LIST. Default false: as the server likes it. */
  readonly all?: boolean
  /** Another transfer follows on this session: its data connection may be asked for ahead. */
  readonly more?: boolean
}

/** What LIST takes for options, and for globs: such a folder is gone to instead. */
const NO_ARGUMENT = /^-|[*?[\]{}\s]/
/** How servers say that a folder is empty, with 450 or 550 to LIST. */
const EMPTY = /no files|no data ?sets|no members|(?:directory|folder) (?:is )?empty|no such file.*\*/i
/** Replies to MLSD that mean that the server has none. */
const UNKNOWN = new Set([500, 502])
/** Those that are about its argument, such as a file in place of a folder. RFC 3659 section 7.2.1. */
const NOT_SO = new Set([501, 504])

/**
 * Lists a folder: MLSD, else LIST in whatever dialect the server speaks. Which of them works is remembered.
 *
 * @param path - undefined: the present folder
 */
export async function listFolder(
  session: Session,
  path: string | undefined,
  signal: AbortSignal,
  options: ListFolderOptions = {},
): Promise<FolderListing> {
  const { facts } = session
  if (facts.listing === undefined)
    facts.listing = session.has('MLST') || session.has('MLSD') ? 'MLSD' : 'LIST'
  if (facts.listing === 'MLSD') {
    const listing = await listByMlsd(session, path, signal, options)
    if (typeof listing !== 'string') return listing
    if (listing === 'unknown') {
      facts.listing = 'LIST'
      session.decide('listing', { code: 'listing-list', text: 'The server has no MLSD: LIST is used.' })
    }
  }
  const { all = false } = options
  if (!all && (path === undefined || !NO_ARGUMENT.test(path)))
    return listByList(session, path, signal, options)
  const list = () =>
    all ? listAll(session, signal, options) : listByList(session, undefined, signal, options)
  if (path === undefined) return list()
  try {
    return await inFolder(session, path, signal, list)
  } catch (error) {
    // It may be a file, which LIST tells of as well.
    const noFolder = !all && isReply(error) && error.command?.startsWith('CWD ')
    if (noFolder) return listByList(session, path, signal, options)
    throw error
  }
}

/** Goes to a folder for what has to be done there, and back: paths are meant from the folder before. */
async function inFolder<T>(
  session: Session,
  path: string,
  signal: AbortSignal,
  run: () => Promise<T>,
): Promise<T> {
  const before = session.folder
  // To come back there has to be a folder to come back to.
  await session.home(signal)
  await session.enter(path, signal)
  try {
    return await run()
  } finally {
    if (session.usable) await session.enter(before, signal)
  }
}

/** `LIST -a`, where the server knows it: else the present folder is empty, or the server refuses. */
async function listAll(
  session: Session,
  signal: AbortSignal,
  options: ListFolderOptions,
): Promise<FolderListing> {
  const { facts } = session
  if (facts.listAll === false) return listByList(session, undefined, signal, options)
  try {
    const listing = await listByList(session, '-a', signal, options)
    if (listing.entries.length > 0) facts.listAll = true
    if (facts.listAll) return listing
  } catch (error) {
    if (!isReply(error)) throw error
  }
  const plain = await listByList(session, undefined, signal, options)
  if (plain.entries.length > 0) facts.listAll = false
  return plain
}

async function listByMlsd(
  session: Session,
  path: string | undefined,
  signal: AbortSignal,
  options: ListFolderOptions,
): Promise<FolderListing | 'unknown' | 'not-so'> {
  try {
    const reader = new ListingReader({ format: 'mlsd' })
    const end = await fetchListing(session, 'MLSD', path, chunk => reader.push(chunk), signal, options)
    return { ...reader.end(), end }
  } catch (error) {
    if (isReply(error) && UNKNOWN.has(error.reply?.code ?? 0)) return 'unknown'
    if (isReply(error) && NOT_SO.has(error.reply?.code ?? 0)) return 'not-so'
    throw error
  }
}

async function listByList(
  session: Session,
  argument: string | undefined,
  signal: AbortSignal,
  options: ListFolderOptions,
): Promise<FolderListing> {
  const { facts } = session
  const { dialect } = facts
  const zone = knownZone(session)
  const reader = new ListingReader({
    now: Date.now(),
    zoneMinutes: zone ?? 0,
    ...(dialect && { dialect }),
  })
  let end: FolderListing['end']
  try {
    end = await fetchListing(session, 'LIST', argument, chunk => reader.push(chunk), signal, options)
  } catch (error) {
    if (isReply(error) && saysEmpty(error.reply)) return { entries: [], unparsed: [], dialect, end: 'proved' }
    throw error
  }
  const listing = reader.end()
  if (listing.dialect) facts.dialect = listing.dialect
  const found =
    zone ?? (await findZone(session, argument === '-a' ? undefined : argument, listing.entries, signal))
  const entries = zone === undefined ? shiftTimes(listing.entries, found) : listing.entries
  return { ...listing, entries, end }
}

/** Names alone: NLST. */
export async function listNames(
  session: Session,
  path: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const chunks: Buffer[] = []
  let size = 0
  const take = (chunk: Buffer) => {
    size += chunk.length
    if (size > MOST_BYTES_OF_NAMES)
      throw new FtpError('FTP_PROTOCOL', `The list of names is longer than ${MOST_BYTES_OF_NAMES} bytes.`, {
        phase: 'transfer',
      })
    chunks.push(Buffer.from(chunk))
  }
  try {
    await fetchListing(session, 'NLST', path, take, signal)
  } catch (error) {
    if (isReply(error) && saysEmpty(error.reply)) return []
    throw error
  }
  return decodeName(Buffer.concat(chunks))
    .split(/\r?\n/)
    .filter(name => name !== '')
}

async function fetchListing(
  session: Session,
  verb: 'MLSD' | 'LIST' | 'NLST',
  path: string | undefined,
  take: (chunk: Buffer) => void,
  signal: AbortSignal,
  { more = false }: ListFolderOptions = {},
): Promise<FolderListing['end']> {
  const sink: ByteSink = {
    async write(chunk) {
      take(chunk)
    },
  }
  const { end } = await runTransfer(
    session,
    // Listings are text, and TYPE A would cost a round trip before and one after; servers send the same in both.
    { verb, argument: path, type: 'I', signal, more },
    (connection, options) => connection.receive(sink, options),
  )
  return end
}

function isReply(error: unknown): error is FtpError {
  return error instanceof FtpError && error.code === 'FTP_REPLY'
}

function saysEmpty(reply: Reply | undefined): boolean {
  return reply !== undefined && reply.code >= 400 && EMPTY.test(reply.lines.join(' '))
}
