import { parseMlsxLine } from '../mlsx.ts'
import { parseTimeVal } from '../time-val.ts'
import { readSize } from './columns.ts'
import type { Dialect } from './dialect.ts'
import { type EntryKind, type LineResult, makeEntry, type Told } from './entry.ts'

/** Where a line of LIST is one of MLSD: it tells its type, size or time. */
const LOOKS_LIKE_MLSX = /^(?:[A-Za-z][\w.-]{0,40}=[^; ]{0,300};){0,20}(?:type|size|sizd|modify)=/i
const OCTAL = /^[0-7]{1,8}$/
/** Letters of `perm` that only folders have, and that only files have. RFC 3659 section 7.5.5. */
const FOLDER_PERM = /[celmp]/
const FILE_PERM = /[arw]/
/** `OS.unix=slink:target` (ProFTPD, Pure-FTPd), `OS.unix=symlink`. */
const LINK = /^(?:os\.unix=)?(?:slink|symlink|link)(?::|$)/i
const UNIX_TYPE = /^os\.unix=/i
/** The file type among the bits of a mode, where a server sends all of `st_mode`. */
const TYPE_BITS = 0o170000
const KINDS_BY_BITS = new Map<number, EntryKind>([
  [0o040000, 'folder'],
  [0o100000, 'file'],
  [0o120000, 'link'],
  [0o010000, 'other'],
  [0o020000, 'other'],
  [0o060000, 'other'],
  [0o140000, 'other'],
])

/** Some servers answer LIST with lines of MLSD. */
export const mlsd: Dialect = {
  name: 'mlsd',
  read: line => (LOOKS_LIKE_MLSX.test(line) ? readMlsd(line) : undefined),
}

/**
 * Reads a line of MLSD. RFC 3659 section 7.2. The folder itself and the one above (`cdir`, `pdir`) are ignored. Without
 * the type fact the kind is taken from the mode, `sizd` or `perm`, else unknown.
 */
export function readMlsd(line: string): LineResult {
  const read = parse(line)
  if (!read) return undefined
  const { facts, name } = read
  const type = facts.get('type') ?? ''
  const bits = readOctal(facts.get('unix.mode') ?? '')
  const kind = kindOfType(type) ?? kindOfFacts(facts, bits)
  if (kind === 'cdir' || kind === 'pdir') return name === '' ? undefined : 'ignored'
  const colon = LINK.test(type) ? type.indexOf(':') : -1
  return makeEntry(line, name, kind, {
    ...readModify(facts.get('modify') ?? ''),
    size: readSize(facts.get('size') ?? facts.get('sizd') ?? ''),
    mode: bits === undefined ? undefined : bits & 0o7777,
    owner: some(facts.get('unix.ownername') ?? facts.get('unix.owner') ?? facts.get('unix.uid')),
    group: some(facts.get('unix.groupname') ?? facts.get('unix.group') ?? facts.get('unix.gid')),
    target: colon < 0 ? undefined : some(type.slice(colon + 1)),
    unique: some(facts.get('unique')),
    perm: facts.get('perm')?.toLowerCase(),
  })
}

function parse(line: string): ReturnType<typeof parseMlsxLine> | undefined {
  try {
    return parseMlsxLine(line)
  } catch {
    return undefined
  }
}

/** Undefined without the fact. */
function kindOfType(type: string): EntryKind | 'cdir' | 'pdir' | undefined {
  switch (type.toLowerCase()) {
    case '':
      return undefined
    case 'file':
      return 'file'
    case 'dir':
      return 'folder'
    case 'cdir':
      return 'cdir'
    case 'pdir':
      return 'pdir'
    default:
      if (LINK.test(type)) return 'link'
      // Devices, sockets and pipes: `OS.unix=chr-13/29`.
      return UNIX_TYPE.test(type) ? 'other' : 'unknown'
  }
}

function kindOfFacts(facts: ReadonlyMap<string, string>, bits: number | undefined): EntryKind {
  const byBits = bits === undefined ? undefined : KINDS_BY_BITS.get(bits & TYPE_BITS)
  if (byBits !== undefined) return byBits
  const perm = (facts.get('perm') ?? '').toLowerCase()
  if (facts.has('sizd') || FOLDER_PERM.test(perm)) return 'folder'
  return FILE_PERM.test(perm) ? 'file' : 'unknown'
}

function readOctal(text: string): number | undefined {
  return OCTAL.test(text) ? Number.parseInt(text, 8) : undefined
}

function readModify(text: string): Told {
  const modified = parseTimeVal(text)
  if (modified === undefined) return {}
  return { modified, precision: text.includes('.') ? 'ms' : 'second' }
}

function some(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
