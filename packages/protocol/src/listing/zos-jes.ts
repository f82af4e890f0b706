import { cutColumns, isDigits, readSize } from './columns.ts'
import type { Dialect, ListingContext } from './dialect.ts'
import { type LineResult, makeEntry } from './entry.ts'

const MOST_COLUMNS = 8
const JOB_ID = /^(?:JOB|STC|TSU|J0|S0|T0)\d{4,7}$/
const STATUS = /^(?:INPUT|ACTIVE|OUTPUT|HELD|UNKNOWN)$/
const COUNT = /^ *\d{1,9} +spool files? *$/i
const DASHES = /^-{4,80} *$/
const HEADING = /^JOBNAME +JOBID +/
const SPOOL_HEADING = /^ *ID +STEPNAME +PROCSTEP +C +DDNAME +BYTE-COUNT/

/**
 * z/OS with SITE FILETYPE=JES: jobs, and the spool files of one. A job is downloaded by its identifier, such as
 * `JOB01234`, a spool file by `JOB01234.1`: these are the names. The owner is absent at JESINTERFACELEVEL 1.
 */
export const zosJes: Dialect = { name: 'zos-jes', read: readZosJes }

function readZosJes(line: string, context: ListingContext): LineResult {
  const columns = cutColumns(line, MOST_COLUMNS).map(({ text }) => text)
  const [, id, third, fourth] = columns
  if (id !== undefined && JOB_ID.test(id)) {
    if (STATUS.test(third ?? '')) return makeJob(line, id, undefined, context)
    if (STATUS.test(fourth ?? '')) return makeJob(line, id, third, context)
  }
  if (HEADING.test(line) || SPOOL_HEADING.test(line) || DASHES.test(line) || COUNT.test(line))
    return 'ignored'
  return readSpoolFile(line, columns, context)
}

function makeJob(line: string, id: string, owner: string | undefined, context: ListingContext): LineResult {
  context.section = { of: 'spool', job: id }
  return makeEntry(line, id, 'file', { owner })
}

/** `001 JESE  H JESMSGLG  816`, below its job. */
function readSpoolFile(line: string, columns: readonly string[], { section }: ListingContext): LineResult {
  const number = columns[0] ?? ''
  const size = columns.at(-1) ?? ''
  const spool = columns.length === 5 || columns.length === 6
  if (section?.of !== 'spool' || !spool || !isDigits(number) || !isDigits(size)) return undefined
  return makeEntry(line, `${section.job}.${Number(number)}`, 'file', { size: readSize(size) })
}
