import { cutColumns, isDigits, readSize } from './columns.ts'
import type { Dialect, ListingContext } from './dialect.ts'
import { type LineResult, makeEntry } from './entry.ts'
import { readUnixDate } from './unix-date.ts'

/** Flags, type, mailbox, size, batch, and the three of the date. */
const MOST_COLUMNS = 8
const FLAGS = /^[-A-Z]{8,12}(?:FTP|FTPS|SSH|TCP|BSC|ASY|AS2|HTTP|\*{3})$/
const DATE_AT = 5

/**
 * Connect:Enterprise for UNIX: batches of a mailbox, `-C--E-----FTP B ANNA  18128  41 Nov 21 05:22 NAME`. The owner is
 * the mailbox, `unique` the number of the batch: names repeat.
 */
export const enterprise: Dialect = { name: 'enterprise', read: readEnterprise }

function readEnterprise(line: string, context: ListingContext): LineResult {
  const columns = cutColumns(line, MOST_COLUMNS)
  const [flags, type, mailbox, size, batch] = columns
  if (!flags || !type || !mailbox || !size || !batch || !FLAGS.test(flags.text)) return undefined
  if (type.text.length !== 1 || !isDigits(size.text) || !isDigits(batch.text)) return undefined
  const date = readUnixDate(columns, DATE_AT, context)
  const last = date && columns[DATE_AT + date.columns - 1]
  if (!last) return undefined
  return makeEntry(line, line.slice(last.end + 1), 'file', {
    ...date.moment,
    size: readSize(size.text),
    owner: mailbox.text,
    unique: batch.text,
  })
}
