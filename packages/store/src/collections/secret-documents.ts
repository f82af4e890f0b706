import type { Writer } from '../changes/writer.ts'
import type { Box } from '../secrets/box.ts'
import type { SecretDocuments } from '../store-runs.ts'
import { DOCUMENT_TOPICS, documents } from './documents.ts'
import { missing } from './missing.ts'

/** The documents of a table that has sealed secrets beside them. */
export function secretDocuments(
  writer: Writer,
  box: Box,
  table: 'zones' | 'sites' | 'access_people' | 'access_authority',
  what: string,
): SecretDocuments {
  const { queries } = writer.database
  const placeOf = (name: string) => ({ table, column: 'secrets', row: name })
  return {
    ...documents(writer, table, what),
    async secrets(name) {
      const row = await queries
        .selectFrom(table)
        .select('secrets')
        .where('name', '=', name)
        .executeTakeFirst()
      if (row === undefined || row.secrets === null) return undefined
      return readSecrets(box.open(row.secrets, placeOf(name)))
    },
    setSecrets(name, secrets, { by }) {
      return writer.write(DOCUMENT_TOPICS[table], async transaction => {
        const none = Object.keys(secrets).length === 0
        const sealed = none ? null : await box.seal(transaction, JSON.stringify(secrets), placeOf(name))
        const changed = await transaction
          .updateTable(table)
          .set({ secrets: sealed, changed_at: Date.now(), changed_by: by })
          .where('name', '=', name)
          .returning('name')
          .executeTakeFirst()
        if (changed === undefined) throw missing(what, name)
        return { result: undefined, changed: [name] }
      })
    },
  }
}

const readSecrets = (text: string): Readonly<Record<string, string>> => JSON.parse(text)
