import { readSize } from './columns.ts'
import type { Dialect } from './dialect.ts'
import { type EntryKind, type LineResult, makeEntry } from './entry.ts'

const OCTAL = /^[0-7]{1,6}$/
/** Seconds since 1970: more digits are beyond the year 9999. */
const SECONDS = /^\d{1,12}$/
const LAST_SECOND = 253_402_300_799

/**
 * Easily Parsed LIST Format (D. J. Bernstein): `+i8388621.29609,m1795238530,r,s280,up644,` TAB `name`. Times are
 * seconds, UTC. What can neither be retrieved (`r`) nor entered (`/`) is unknown. Facts that are not known are skipped.
 */
export const eplf: Dialect = { name: 'eplf', read: readEplf }

function readEplf(line: string): LineResult {
  const tab = line.startsWith('+') ? line.indexOf('\t') : -1
  if (tab < 0) return undefined
  let kind: EntryKind = 'unknown'
  const told: { size?: number; modified?: number; precision?: 'second'; mode?: number; unique?: string } = {}
  for (const fact of line.slice(1, tab).split(',')) {
    const value = fact.slice(1)
    const size = fact.startsWith('s') ? readSize(value) : undefined
    if (fact === '/') kind = 'folder'
    else if (fact === 'r' && kind === 'unknown') kind = 'file'
    else if (size !== undefined) told.size = size
    else if (fact.startsWith('i') && value !== '') told.unique = value
    else if (fact.startsWith('up') && OCTAL.test(fact.slice(2))) {
      told.mode = Number.parseInt(fact.slice(2), 8) & 0o7777
    } else if (fact.startsWith('m') && SECONDS.test(value) && Number(value) <= LAST_SECOND) {
      told.modified = Number(value) * 1000
      told.precision = 'second'
    }
  }
  return makeEntry(line, line.slice(tab + 1), kind, told)
}
