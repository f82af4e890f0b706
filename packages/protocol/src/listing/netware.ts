import { cutColumns, isDigits, readSize, restFrom } from './columns.ts'
import type { Dialect, ListingContext } from './dialect.ts'
import { type EntryKind, type LineResult, makeEntry } from './entry.ts'
import { readUnixDate } from './unix-date.ts'

/** Rights, owner, size, and the three of the date. */
const MOST_COLUMNS = 7
const START = /^([-dl]) ?\[([RWCEAFMS -]{1,10})\]/

/**
 * Novell NetWare: `d [RWCEAFMS] anna  512 Nov 21 05:22 name`. The rights are those of the reader, not of POSIX. The
 * column of the name is padded: blanks in front of a name do not count.
 */
export const netware: Dialect = { name: 'netware', read: readNetware }

function readNetware(line: string, context: ListingContext): LineResult {
  const start = START.exec(line)
  if (!start) return undefined
  const rest = line.slice(start[0].length)
  const columns = cutColumns(rest, MOST_COLUMNS)
  // Some show the number of links in front of the owner.
  const at = isDigits(columns[0]?.text ?? '') && isDigits(columns[2]?.text ?? '') ? 1 : 0
  const owner = columns[at]
  const size = columns[at + 1]
  const date = size && isDigits(size.text) ? readUnixDate(columns, at + 2, context) : undefined
  const last = date && columns[at + 1 + date.columns]
  if (!last) return undefined
  const kind: EntryKind = start[1] === 'd' ? 'folder' : start[1] === 'l' ? 'link' : 'file'
  const told = { ...date.moment, owner: owner?.text, size: readSize(size?.text ?? '') }
  return makeEntry(line, restFrom(rest, last.end), kind, told)
}
