import type { EntryKind } from './entry.ts'

/**
 * The letter in front of the permissions. POSIX has `-dlbcps`; the others: `D` door and `P` event port of Solaris, `C`
 * contiguous file, `M` migrated file of Cray, `n` network special file of HP-UX, `w` whiteout of BSD, `e` external link
 * of z/OS UNIX.
 */
const KINDS = new Map<string, EntryKind>([
  ['-', 'file'],
  ['d', 'folder'],
  ['l', 'link'],
  ['b', 'other'],
  ['c', 'other'],
  ['p', 'other'],
  ['s', 'other'],
  ['D', 'other'],
  ['P', 'other'],
  ['n', 'other'],
  ['w', 'other'],
  ['C', 'file'],
  ['M', 'file'],
  ['e', 'link'],
  ['?', 'unknown'],
])

/** `ls` marks an ACL (`+`), a security context (`.`) or further attributes (`@` macOS, `e` AIX; `-` for none). */
const MARKS = '+.@e-'
const ALLOWED = 'rwxsStTlL-'
/** Letter to bits, by place: the set-id or sticky bit is 8, read 4, write 2, execute 1. */
const READ = new Map([
  ['r', 4],
  ['-', 0],
])
const WRITE = new Map([
  ['w', 2],
  ['-', 0],
])
const EXECUTE = new Map([
  ['x', 1],
  ['-', 0],
  ['s', 9],
  ['S', 8],
  // Mandatory locking: set-group-id without execute.
  ['l', 8],
  ['L', 8],
])
const EXECUTE_OTHERS = new Map([
  ['x', 1],
  ['-', 0],
  ['t', 9],
  ['T', 8],
])

/** What the first column of `ls -l` says. */
export interface UnixMode {
  readonly kind: EntryKind
  /** Absent where letters are at places that POSIX does not give them. */
  readonly mode: number | undefined
}

/** Folders hold few different ones. Bounded, for a server could send many. */
const known = new Map<string, UnixMode>()
const MOST_KNOWN = 1024

/** Reads `-rw-r--r--`, with or without a mark behind it; undefined for anything else. */
export function readUnixMode(text: string): UnixMode | undefined {
  if (text.length !== 10 && text.length !== 11) return undefined
  const before = known.get(text)
  if (before) return before
  const kind = KINDS.get(text.charAt(0))
  if (kind === undefined || (text.length === 11 && !MARKS.includes(text.charAt(10)))) return undefined
  for (let at = 1; at < 10; at++) if (!ALLOWED.includes(text.charAt(at))) return undefined
  const mode = { kind, mode: bitsOf(text) }
  if (known.size < MOST_KNOWN) known.set(text, mode)
  return mode
}

function bitsOf(text: string): number | undefined {
  const owner = triple(text, 1, EXECUTE)
  const group = triple(text, 4, EXECUTE)
  const others = triple(text, 7, EXECUTE_OTHERS)
  if (owner === undefined || group === undefined || others === undefined) return undefined
  const special = ((owner & 8) >> 1) | ((group & 8) >> 2) | (others >> 3)
  return (special << 9) | ((owner & 7) << 6) | ((group & 7) << 3) | (others & 7)
}

function triple(text: string, at: number, executes: ReadonlyMap<string, number>): number | undefined {
  const read = READ.get(text.charAt(at))
  const write = WRITE.get(text.charAt(at + 1))
  const execute = executes.get(text.charAt(at + 2))
  if (read === undefined || write === undefined || execute === undefined) return undefined
  return read | write | execute
}
