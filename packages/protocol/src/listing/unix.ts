import { type Column, cutColumns, isDigits, isGroupedSize, readGroupedSize } from './columns.ts'
import type { Dialect, ListingContext } from './dialect.ts'
import { type EntryKind, type LineResult, makeEntry, type Told, withoutSlash } from './entry.ts'
import { splitLink } from './link.ts'
import { type DateColumns, readUnixDate } from './unix-date.ts'
import { readUnixMode } from './unix-mode.ts'

/** Columns that are looked at: an owner and a group of many words still fit. */
const MOST_COLUMNS = 24
/** `ls -is` shows the inode and the blocks in front of the permissions. */
const MOST_IN_FRONT = 2
/** Where the date stands behind the permissions in the usual line: links, owner, group, size, date. */
const USUAL_DATE = 5

/** `total 12` in the languages of `ls`. */
const TOTALS = new Set(
  'total totale totalt totaal totaali insgesamt summe итого razem celkem celkom összesen toplam suma 合計 总用量 總計 总计 합계'.split(
    ' ',
  ),
)
const TOTAL_SIZE = /^\d+(?:[.,]\d+)?[KMGTPE]?i?B?$/i
const SHORTENED_SIZE = /^\d+(?:[.,]\d+)?[KMGTPE]i?B?$/i
const HEX = /^0x[0-9a-f]+$/i
const MAJOR_AND_MINOR = /^\d+,\d+$/
const WIDE_GAP = /(?: {2}|\t)/

/**
 * `ls -l` in all its variants: with or without links, owner and group, with numbers in their place, with owners of
 * several words (Windows), with inodes, device numbers, ACL marks; NetPresenz and WebSTAR of the classic Mac, which
 * show the lengths of both forks, or the word `folder`; whatever {@link readUnixDate} reads as a date.
 *
 * The name begins one blank behind the date, so that blanks in front, behind and within belong to it.
 */
export const unix: Dialect = { name: 'unix', read: readUnix }

function readUnix(line: string, context: ListingContext): LineResult {
  const columns = cutColumns(line, MOST_COLUMNS)
  for (let at = 0; at <= MOST_IN_FRONT; at++) {
    const text = columns[at]?.text ?? ''
    const mode = readUnixMode(text)
    if (mode) return readBehindMode(line, columns, at, mode.kind, mode.mode, context)
    if (!isDigits(text)) break
  }
  return isTotal(columns) ? 'ignored' : undefined
}

function readBehindMode(
  line: string,
  columns: readonly Column[],
  at: number,
  kind: EntryKind,
  mode: number | undefined,
  context: ListingContext,
): LineResult {
  // The usual place first: an owner may be called `Jan`, and a file `Nov 21 05:22`.
  const usual = at + USUAL_DATE
  let place = usual
  let date = readDateBehindSize(columns, usual, context)
  for (let next = at + 2; !date && next < columns.length; next++) {
    place = next
    date = readDateBehindSize(columns, next, context)
  }
  const last = date && columns[place + date.columns - 1]
  if (!last) return undefined
  const text = line.slice(last.end + (date?.padded && line.charAt(last.end + 1) === ' ' ? 2 : 1))
  const told = { ...date?.moment, mode, ...readOwnership(line, columns.slice(at + 1, place), kind) }
  if (kind === 'link') {
    const { name, target } = splitLink(text, told.size)
    return makeEntry(line, name, kind, { ...told, target })
  }
  return makeEntry(line, kind === 'folder' ? withoutSlash(text) : text, kind, told)
}

function readDateBehindSize(
  columns: readonly Column[],
  at: number,
  context: ListingContext,
): DateColumns | undefined {
  const size = columns[at - 1]
  return size && isSizeColumn(size.text) ? readUnixDate(columns, at, context) : undefined
}

function isSizeColumn(text: string): boolean {
  return (
    isGroupedSize(text) ||
    (text.startsWith('-') && isDigits(text.slice(1))) ||
    SHORTENED_SIZE.test(text) ||
    MAJOR_AND_MINOR.test(text) ||
    HEX.test(text) ||
    text === '<DIR>'
  )
}

/** Owner, group and size out of the columns between permissions and date. */
function readOwnership(line: string, columns: readonly Column[], kind: EntryKind): Told {
  const last = columns.at(-1)
  const first = columns[0]
  if (!last || !first) return {}
  if (kind === 'other') return owners(line, withoutLinks(columns.slice(0, isMajor(columns.at(-2)) ? -2 : -1)))
  // What stands behind `folder` is a number of entries.
  if (kind === 'folder' && first.text === 'folder') return {}
  const size = readGroupedSize(last.text)
  return isForks(columns) ? { size } : { size, ...owners(line, withoutLinks(columns.slice(0, -1))) }
}

function isMajor(column: Column | undefined): boolean {
  return column?.text.endsWith(',') === true && isDigits(column.text.slice(0, -1))
}

/** Resource fork, data fork, and their sum: there are no owners on a classic Mac. */
function isForks(columns: readonly Column[]): boolean {
  if (columns.length !== 3) return false
  const [resource = Number.NaN, data = Number.NaN, sum] = columns.map(({ text }) => Number(text))
  return resource + data === sum
}

function withoutLinks(columns: readonly Column[]): readonly Column[] {
  return columns[0] && isDigits(columns[0].text) ? columns.slice(1) : columns
}

function owners(line: string, columns: readonly Column[]): Told {
  const [first, second] = columns
  const last = columns.at(-1)
  if (!first || !last) return {}
  if (columns.length === 1) return { owner: first.text }
  if (columns.length === 2) return { owner: first.text, group: second?.text }
  // More words than two: cut at the one wide gap, else the last word is the group.
  const text = line.slice(first.start, last.end)
  const gaps = columns.slice(1).filter((column, index) => isWide(line, columns[index], column))
  const group = gaps.length === 1 && gaps[0] ? gaps[0] : last
  const end = columns[columns.indexOf(group) - 1]?.end ?? first.end
  return { owner: text.slice(0, end - first.start), group: line.slice(group.start, last.end) }
}

function isWide(line: string, before: Column | undefined, column: Column): boolean {
  return before !== undefined && WIDE_GAP.test(line.slice(before.end, column.start))
}

function isTotal(columns: readonly Column[]): boolean {
  const [word, size] = columns
  if (!word || !size || columns.length !== 2) return false
  return TOTALS.has(word.text.toLowerCase()) && TOTAL_SIZE.test(size.text)
}
