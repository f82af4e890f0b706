import {
  encodeName,
  type FactSource,
  formatListLine,
  formatMlsx,
  MLSX_FACTS,
  type MlsxFact,
  oneLine,
  quotePath,
  type Reply,
} from '@portolan/protocol'
import { baseName, type Entry, joinPath, parentPath, type Storage, StorageError } from '@portolan/storage'
import type { Session } from '../session/session.ts'
import { isPattern, matchesGlob } from './glob.ts'
import { permFact } from './perm-fact.ts'
import { deflateSource } from './sources.ts'
import { runTransfer } from './transfer.ts'
import { DEEPEST } from './walk.ts'

/** What LIST, NLST and STAT were asked: the options of `ls` that change anything, and a path or pattern. */
export interface ListAsk {
  readonly text: string
  readonly recursive: boolean
  /** `-d`: the entry itself, not what is in it. */
  readonly itself: boolean
}

/**
 * Takes the options of `ls` off an argument: clients send `-a`, `-la`, `-al` and more by habit. `-R` and `-d` are
 * honoured; all others change nothing, since every name is shown and folders are told in their own order.
 */
export function parseListArgument(argument: string): ListAsk {
  let text = argument
  let flags = ''
  for (;;) {
    const option = /^-([A-Za-z0-9]*)(?: |$)/.exec(text)
    if (!option) break
    flags += option[1]
    text = text.slice(option[0].length)
  }
  return { text, recursive: flags.includes('R'), itself: flags.includes('d') }
}

/** Makes the line of an entry, with its CRLF. */
type LineOf = (entry: Entry, name: string) => string

/** A way of writing listings. */
interface ListingFormat {
  readonly lineOf: (session: Session, folder: string) => LineOf
  /** NLST names have to work as arguments of RETR: they carry the path that was asked for (RFC 1123 section 4.1.2.7). */
  readonly prefixed?: true
  /** Lists folders only: MLSD. */
  readonly foldersOnly?: true
}

export const LISTING_FORMATS = {
  list: {
    lineOf: () => {
      const now = Date.now()
      return (entry, name) => `${formatListLine(name === entry.name ? entry : { ...entry, name }, now)}\r\n`
    },
  },
  names: { lineOf: () => (_, name) => `${oneLine(name)}\r\n`, prefixed: true },
  facts: { lineOf: (session, folder) => line(mlsxOf(session, folder)), foldersOnly: true },
} as const satisfies Record<string, ListingFormat>

function line(of: LineOf): LineOf {
  return (entry, name) => `${of(entry, name)}\r\n`
}

/** The facts that this session has chosen, in the order of FEAT. */
export function mlstFacts(session: Session): ReadonlySet<MlsxFact> {
  return session.client.mlstFacts ?? DEFAULT_FACTS
}

const DEFAULT_FACTS: ReadonlySet<MlsxFact> = new Set(MLSX_FACTS)

/** Writes the facts of entries of a folder. */
export function mlsxOf(session: Session, folder: string): LineOf {
  const facts = mlstFacts(session)
  const perm = permFact(session.files, folder)
  return (entry, name) => formatMlsx(factsOf(entry, perm(entry)), name, facts)
}

/** An entry as RFC 3659 section 7.5 tells it. */
function factsOf(entry: Entry, perm: string): FactSource {
  return {
    type: typeFact(entry),
    ...(entry.kind === 'file' && { size: entry.size }),
    modify: entry.modified,
    perm,
    ...(entry.unique !== undefined && { unique: entry.unique }),
    ...(entry.mode !== undefined && { 'UNIX.mode': entry.mode }),
    ...(entry.owner !== undefined && { 'UNIX.owner': entry.owner }),
    ...(entry.group !== undefined && { 'UNIX.group': entry.group }),
  }
}

function typeFact({ kind, target }: Entry): string {
  if (kind === 'link') return `OS.unix=slink:${target ?? ''}`
  return kind === 'folder' ? 'dir' : 'file'
}

/** LIST, NLST and MLSD: what cannot be listed is answered before a data connection is made. */
export async function listTransfer(
  session: Session,
  command: string,
  ask: ListAsk,
  format: ListingFormat,
): Promise<Reply> {
  session.takePrepared()
  session.data.check(command)
  const abort = new AbortController()
  const { path, chunks, close } = await openListing(session, ask, format, abort.signal)
  const deflated = session.representation.mode === 'deflate'
  return runTransfer(session, {
    command,
    path,
    direction: 'listing',
    announce: `Listing ${baseName(path)}.`,
    move: (connection, options) =>
      connection.send(
        deflated ? deflateSource(chunks, session.representation.deflateLevel) : chunks,
        options,
      ),
    complete: async () => 'Listing complete.',
    fail: async () => {
      abort.abort()
      // Closes the folder where nobody began to read. Not awaited: it may be in the middle of a read.
      void close()
    },
  })
}

/** STAT with a path: the same listing over the control connection, as it is read. */
export async function streamStatus(session: Session, ask: ListAsk): Promise<Reply> {
  const { path, chunks } = await openListing(session, ask, LISTING_FORMATS.list, session.signal)
  const { control } = session
  control.beginLongReply()
  let end = 'End of status.'
  control.write(encodeName(`213-Status of ${oneLine(quotePath(path))}:\r\n`))
  try {
    for await (const chunk of chunks) {
      // Lines of LIST start with a letter or "-": none can be taken for the last line of the reply.
      control.write(chunk)
      await control.drained()
      if (control.closed) break
    }
  } catch (error) {
    // The reply has begun: it can only say at its end that it is not whole.
    end = `The listing broke off: ${error instanceof StorageError ? error.message : 'the server failed.'}`
  }
  return control.endLongReply(session.say('file.status', { text: end }))
}

/** Finds what is to be listed and reads its first part, so that errors come before the reply that announces it. */
async function openListing(session: Session, ask: ListAsk, format: ListingFormat, signal: AbortSignal) {
  const { files } = session
  const path = ask.text === '' ? files.cwd : files.resolve(ask.text)
  if (!files.may('list', path)) throw session.refuse('file.denied', { permission: 'list', path })
  const chunks = await chunksFor(session, ask, path, format, signal)
  const first = await chunks.next()
  return { path, chunks: continued(first, chunks), close: () => chunks.return(undefined) }
}

async function* continued(
  first: IteratorResult<Buffer>,
  rest: AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer> {
  if (first.done) return
  yield first.value
  yield* rest
}

async function chunksFor(
  session: Session,
  ask: ListAsk,
  path: string,
  format: ListingFormat,
  signal: AbortSignal,
): Promise<AsyncGenerator<Buffer>> {
  const { storage } = session.files
  const pattern = baseName(path)
  let entry: Entry
  try {
    entry = await storage.stat(path)
  } catch (error) {
    if (!isPattern(pattern) || format.foldersOnly) throw error
    const folder = parentPath(path)
    if (!session.files.may('list', folder))
      throw session.refuse('file.denied', { permission: 'list', path: folder })
    const prefix = format.prefixed ? ask.text.slice(0, ask.text.lastIndexOf('/') + 1) : ''
    return folderChunks(storage, folder, format.lineOf(session, folder), {
      signal,
      prefix,
      only: name => matchesGlob(pattern, name),
    })
  }
  if (entry.kind !== 'folder' || ask.itself) {
    if (format.foldersOnly)
      throw session.refuse('command.bad-argument', { text: 'MLSD lists folders; use MLST.' })
    const lineOf = format.lineOf(session, parentPath(path))
    return single(lineOf(entry, ask.text === '' ? '.' : ask.text))
  }
  if (ask.recursive && !format.foldersOnly) return treeChunks(session, path, format, signal)
  const prefix = format.prefixed && ask.text !== '' ? `${ask.text.replace(/\/$/, '')}/` : ''
  return folderChunks(storage, path, format.lineOf(session, path), { signal, prefix })
}

async function* single(text: string): AsyncGenerator<Buffer> {
  yield encodeName(text)
}

async function* folderChunks(
  storage: Storage,
  folder: string,
  lineOf: LineOf,
  options: { signal: AbortSignal; prefix: string; only?: (name: string) => boolean },
): AsyncGenerator<Buffer> {
  const { prefix, only, signal } = options
  for await (const batch of storage.list(folder, { signal })) {
    let text = ''
    for (const entry of batch) {
      if (!only || only(entry.name)) text += lineOf(entry, prefix === '' ? entry.name : prefix + entry.name)
    }
    if (text !== '') yield encodeName(text)
  }
}

/** `-R`: every folder below, each under a heading, as `ls -R` writes it. Only the names of folders wait in memory. */
async function* treeChunks(
  session: Session,
  root: string,
  format: ListingFormat,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const { files } = session
  const waiting = [{ path: root, shown: '.', depth: 0 }]
  for (let folder = waiting.pop(); folder; folder = waiting.pop()) {
    const lineOf = format.lineOf(session, folder.path)
    const prefix = format.prefixed ? `${folder.shown}/` : ''
    if (!format.prefixed && folder.depth > 0) yield encodeName(`\r\n${folder.shown}:\r\n`)
    const below: typeof waiting = []
    for await (const batch of files.storage.list(folder.path, { signal })) {
      let text = ''
      for (const entry of batch) {
        text += lineOf(entry, prefix + entry.name)
        const path = joinPath(folder.path, entry.name)
        if (entry.kind === 'folder' && folder.depth < DEEPEST && files.may('list', path)) {
          below.push({ path, shown: `${folder.shown}/${entry.name}`, depth: folder.depth + 1 })
        }
      }
      if (text !== '') yield encodeName(text)
    }
    waiting.push(...below.reverse())
  }
}
