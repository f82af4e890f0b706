import { dateOf, MS_PER_DAY, TWO_DIGITS, withinFourDigits } from './calendar.ts'
import { oneLine } from './one-line.ts'

/** What LIST tells of an entry. */
export interface ListEntry {
  readonly name: string
  /** `other` is a device, socket or pipe. */
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  /** Bytes. */
  readonly size: number
  /** Milliseconds since 1970, UTC. */
  readonly modified: number
  /** POSIX permission bits; by default 0644 for files, 0755 for folders, 0777 for links. */
  readonly mode?: number
  /** By default `owner`. */
  readonly owner?: string
  /** By default `group`. */
  readonly group?: string
  /** Number of hard links. By default 1. */
  readonly links?: number
  /** Of a link: what it points to. */
  readonly target?: string
}

const KINDS = {
  file: { letter: '-', mode: 0o644 },
  folder: { letter: 'd', mode: 0o755 },
  link: { letter: 'l', mode: 0o777 },
  // Clients know `-`, `d` and `l`; a line that begins with another letter is not parsed by all of them.
  other: { letter: '-', mode: 0o644 },
} as const

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
const MS_PER_HOUR = 3_600_000
const MS_PER_MINUTE = 60_000
/** Half of a mean year, as coreutils counts six months. */
const SIX_MONTHS = (365.2425 / 2) * MS_PER_DAY

/** What would end a column, and what would end a line. */
const BLANK = /[\s\0]/
const BLANKS = /[\s\0]/g

/**
 * Writes an entry as `ls -l` does, which is what LIST means to every client, without a line end:
 *
 *     -rw-r--r--   1 owner    group        1234 Nov 21 05:22 name
 *
 * Times are UTC; entries older than six months or more than an hour in the future show the year in place of the
 * time. CR, LF and NUL in a name or target become `?`, so that an entry is always one line.
 *
 * @param now - milliseconds since 1970, UTC
 */
export function formatListLine(entry: ListEntry, now: number): string {
  const { letter, mode } = KINDS[entry.kind]
  const links = String(entry.links ?? 1).padStart(3)
  const size = String(entry.size).padStart(8)
  const line = `${letter}${formatMode(entry.mode ?? mode)} ${links} ${column(entry.owner ?? 'owner')} ${column(entry.group ?? 'group')} ${size} ${formatDate(entry.modified, now)} ${oneLine(entry.name)}`
  return entry.kind === 'link' && entry.target !== undefined ? `${line} -> ${oneLine(entry.target)}` : line
}

const modes = new Map<number, string>()

/** `rw-r--r--`, with `s`, `S`, `t` and `T` for the set-id and sticky bits. */
function formatMode(mode: number): string {
  const bits = mode & 0o7777
  const known = modes.get(bits)
  if (known !== undefined) return known
  const text = [
    triple(bits >> 6, (bits & 0o4000) !== 0, 's'),
    triple(bits >> 3, (bits & 0o2000) !== 0, 's'),
    triple(bits, (bits & 0o1000) !== 0, 't'),
  ].join('')
  // At most 4096 different ones.
  modes.set(bits, text)
  return text
}

function triple(bits: number, special: boolean, letter: string): string {
  const execute = (bits & 1) !== 0
  const last = special ? (execute ? letter : letter.toUpperCase()) : execute ? 'x' : '-'
  return `${(bits & 4) !== 0 ? 'r' : '-'}${(bits & 2) !== 0 ? 'w' : '-'}${last}`
}

/** Clients cut a line at blanks: a column holds none, and is never empty. */
function column(text: string): string {
  return (BLANK.test(text) ? text.replace(BLANKS, '_') : text || '-').padEnd(8)
}

/** Files of a folder share days and minutes: the last ones formatted are kept. */
let lastDay = Number.NaN
let lastDate = ''
let lastYear = ''

function formatDate(modified: number, now: number): string {
  const time = withinFourDigits(modified)
  const day = Math.floor(time / MS_PER_DAY)
  if (day !== lastDay) {
    const date = dateOf(day)
    lastDate = `${MONTHS[date.month - 1]} ${String(date.day).padStart(2)} `
    lastYear = String(date.year).padStart(5)
    lastDay = day
  }
  if (time > now + MS_PER_HOUR || time < now - SIX_MONTHS) return lastDate + lastYear
  const minutes = Math.floor((time - day * MS_PER_DAY) / MS_PER_MINUTE)
  return `${lastDate}${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}`
}
