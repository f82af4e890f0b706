import { momentOf, readClock } from './clock.ts'
import { type Column, cutColumns, withoutTrailingBlanks } from './columns.ts'
import type { Dialect, ListingContext } from './dialect.ts'
import { type EntryKind, type LineResult, makeEntry } from './entry.ts'
import { monthOf } from './months.ts'

/** Name, size, date, time, and an owner and a protection that may hold blanks. */
const MOST_COLUMNS = 10
const VERSIONED = /^[^;\s]{1,255};\d{1,5}$/
const FOLDER = /\.DIR(?:;\d{1,5})?$/i
/** Blocks used, and those allotted. */
const BLOCKS = /^\d+(?:\/\d+)?$/
const DATE = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/
const OWNER = /^\[([^\],]{1,64})(?:, ?([^\],]{1,64}))?\]$/
const HEADINGS = [
  /^Directory \S/,
  /^Total of \d{1,12} (?:file|director)/,
  /^Grand total of \d{1,12} (?:file|director)/,
]

/**
 * `DIRECTORY` of OpenVMS: `NAME.TXT;1  2/3  21-NOV-2026 05:22:10  [ANNA]  (RWED,RWED,RE,)`. Long names stand on a line
 * of their own, see {@link isVmsName}. Sizes are blocks of 512 bytes and say nothing exact: absent. Protections are not
 * those of POSIX: absent. A name without attributes, and `%RMS-E-PRV` in their place, are left unparsed.
 */
export const vms: Dialect = { name: 'vms', read: readVms }

/** Whether a line is a name whose attributes follow on the next line. */
export function isVmsName(line: string): boolean {
  return VERSIONED.test(withoutTrailingBlanks(line))
}

function readVms(line: string, context: ListingContext): LineResult {
  // A wrapped entry comes with its LF.
  const columns = cutColumns(line.replace('\n', ' '), MOST_COLUMNS)
  const name = columns[0]
  if (!name || !VERSIONED.test(name.text)) {
    return HEADINGS.some(heading => heading.test(line)) ? 'ignored' : undefined
  }
  const kind: EntryKind = FOLDER.test(name.text) ? 'folder' : 'file'
  const shown = kind === 'folder' ? name.text.replace(FOLDER, '') : name.text
  // The size may stand in front of the date or behind the time, or be left out.
  const at = BLOCKS.test(columns[1]?.text ?? '') ? 2 : 1
  const day = DATE.exec(columns[at]?.text ?? '')
  const month = monthOf((day?.[2] ?? '').toLowerCase())
  if (!day || month === undefined) return undefined
  const clock = readClock(columns[at + 1]?.text ?? '')
  const date = { year: Number(day[3]), month, day: Number(day[1]) }
  return makeEntry(line, shown, kind, {
    ...momentOf(date, clock, context.zoneMinutes),
    ...ownerOf(columns.slice(at + (clock ? 2 : 1))),
  })
}

/** `[ANNA]` or `[GROUP,ANNA]`, which may be cut at a blank. */
function ownerOf(columns: readonly Column[]): { readonly owner?: string; readonly group?: string } {
  const from = columns.findIndex(({ text }) => text.startsWith('['))
  if (from < 0) return {}
  const to = columns.findIndex(({ text }, index) => index >= from && text.endsWith(']'))
  const text = columns
    .slice(from, to + 1)
    .map(column => column.text)
    .join(' ')
  const [, first, second] = OWNER.exec(text) ?? []
  if (first === undefined) return {}
  return second === undefined ? { owner: first } : { owner: second, group: first }
}
