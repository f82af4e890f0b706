import { Readable } from 'node:stream'
import type { Store, TransferAsk, TransferRow } from '@portolan/store'
import { csvLine } from './csv.ts'

/** Rows of one export: what a spreadsheet can still be opened with. */
export const MOST_ROWS = 100_000
/** Rows that are read at once. */
const SLICE = 500

const COLUMNS = [
  'time',
  'node',
  'session',
  'user',
  'address',
  'command',
  'path',
  'direction',
  'mode',
  'tls',
  'bytes',
  'ms',
  'verdict',
  'reply',
  'text',
  'local',
  'remote',
] as const

/** Transfers as CSV, read from the log as fast as the client takes them. */
export function transfersAsCsv(store: Pick<Store, 'transfers'>, ask: Omit<TransferAsk, 'limit'>): Readable {
  return Readable.from(lines(store, ask))
}

async function* lines(store: Pick<Store, 'transfers'>, ask: Omit<TransferAsk, 'limit'>) {
  yield csvLine(COLUMNS)
  let before = ask.before
  for (let rows = 0; rows < MOST_ROWS; rows += SLICE) {
    const page = await store.transfers.list({ ...ask, limit: SLICE, ...(before !== undefined && { before }) })
    yield page.items.map(row => csvLine(COLUMNS.map(column => fieldOf(row, column)))).join('')
    before = page.next
    if (before === undefined) return
  }
}

function fieldOf(row: TransferRow, column: (typeof COLUMNS)[number]): string | number {
  return column === 'time' ? new Date(row.at).toISOString() : row[column]
}
