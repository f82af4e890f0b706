import type { Writer } from '../changes/writer.ts'
import { documents } from '../collections/documents.ts'
import { secretDocuments } from '../collections/secret-documents.ts'
import type { Box } from '../secrets/box.ts'
import type { TransferTables } from '../store-runs.ts'
import { fetched, scheduleMarks } from './fetched.ts'
import { runs } from './runs.ts'

/** Server-initiated transfers. */
export function transferTables(writer: Writer, box: Box): TransferTables {
  const { database } = writer
  return {
    zones: secretDocuments(writer, box, 'zones', 'network zone'),
    sites: secretDocuments(writer, box, 'sites', 'site'),
    definitions: documents(writer, 'definitions', 'transfer'),
    runs: runs(writer),
    fetched: fetched(database),
    schedules: scheduleMarks(database),
  }
}
