import type { Writer } from '../changes/writer.ts'
import type { Box } from '../secrets/box.ts'
import type { Certificates } from '../store.ts'

/** The certificates and their keys. */
export function certificates(writer: Writer, box: Box): Certificates {
  const { queries } = writer.database
  const keyOf = (name: string) => ({ table: 'certificates', column: 'key', row: name })
  return {
    async get(name) {
      const row = await queries
        .selectFrom('certificates')
        .selectAll()
        .where('name', '=', name)
        .executeTakeFirst()
      return row && { ...row, key: box.open(row.key, keyOf(name)) }
    },
    list() {
      return queries
        .selectFrom('certificates')
        .select(['name', 'chain', 'at', 'by'])
        .orderBy('name')
        .execute()
    },
    put({ name, chain, key, by }) {
      return writer.write('certificates', async transaction => {
        const row = { chain, key: await box.seal(transaction, key, keyOf(name)), at: Date.now(), by }
        await transaction
          .insertInto('certificates')
          .values({ name, ...row })
          .onConflict(clash => clash.column('name').doUpdateSet(row))
          .execute()
        return { result: undefined, changed: [name] }
      })
    },
    remove(name) {
      return writer.write('certificates', async transaction => {
        const gone = await transaction
          .deleteFrom('certificates')
          .where('name', '=', name)
          .returning('name')
          .executeTakeFirst()
        return { result: gone !== undefined, changed: gone === undefined ? [] : [name] }
      })
    },
  }
}
