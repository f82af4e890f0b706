import { sql } from 'kysely'
import type { Writer } from '../changes/writer.ts'
import { documents, newDocument, toDocument } from '../collections/documents.ts'
import { exists } from '../collections/missing.ts'
import { jsonTexts } from '../runs/json-rows.ts'
import type { KeyColumns } from '../schema/access-columns.ts'
import type { ProvisioningKeyRow, ProvisioningKeys } from '../store-access.ts'

/** The keys with which members enrol. */
export function provisioningKeys(writer: Writer): ProvisioningKeys {
  const { queries, dialect } = writer.database
  const { list, remove, replace } = documents(writer, 'access_keys', 'provisioning key')
  const select = () => queries.selectFrom('access_keys').selectAll()
  return {
    remove,
    replace,
    async get(name) {
      const row = await select().where('name', '=', name).executeTakeFirst()
      return row && toKey(row)
    },
    async all() {
      return (await select().orderBy('folded').orderBy('name').execute()).map(toKey)
    },
    async list(ask) {
      const { items, total } = await list(ask)
      const names = jsonTexts(
        dialect,
        items.map(({ name }) => name),
      )
      const rows = await select().where(sql<boolean>`name in ${names}`).execute()
      const found = new Map(rows.map(row => [row.name, toKey(row)]))
      return { items: items.flatMap(({ name }) => found.get(name) ?? []), total }
    },
    create(name, { document, hash }, { by }) {
      return writer.write('members', async transaction => {
        const row = { ...newDocument(name, JSON.stringify(document), by), hash, uses: 0 }
        const made = await transaction
          .insertInto('access_keys')
          .values(row)
          .onConflict(clash => clash.doNothing())
          .returning('name')
          .executeTakeFirst()
        if (made === undefined) throw exists('provisioning key', name)
        return { result: toKey(row), changed: [name] }
      })
    },
    use(name, maxUses) {
      return writer.write('members', async transaction => {
        const used = await transaction
          .updateTable('access_keys')
          .set(({ eb }) => ({ uses: eb('uses', '+', 1) }))
          .where('name', '=', name)
          .where('uses', '<', maxUses)
          .returning('name')
          .executeTakeFirst()
        return { result: used !== undefined, changed: used === undefined ? [] : [name] }
      })
    },
  }
}

const toKey = (row: KeyColumns): ProvisioningKeyRow => ({
  ...toDocument(row),
  hash: row.hash,
  uses: row.uses,
})
