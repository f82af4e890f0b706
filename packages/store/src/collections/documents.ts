import type { LOCKS } from '../changes/locks.ts'
import type { Writer } from '../changes/writer.ts'
import { fold } from '../fold.ts'
import { readJson } from '../json-text.ts'
import type { DocumentColumns } from '../schema/tables.ts'
import type { Document, Documents } from '../store.ts'
import { conflict, exists, missing } from './missing.ts'
import { direction, pageBounds } from './page.ts'

/** Columns that a list of documents is sorted by. */
export const DOCUMENT_SORTS = {
  name: 'folded',
  createdAt: 'created_at',
  changedAt: 'changed_at',
} as const

/** Tables that hold documents, and the topic that tells of the changes of each. */
export const DOCUMENT_TOPICS = {
  groups: 'groups',
  zones: 'zones',
  sites: 'sites',
  definitions: 'definitions',
  access_segments: 'access',
  access_segment_groups: 'access',
  access_server_groups: 'access',
  access_connector_groups: 'access',
  access_publications: 'access',
  access_policies: 'access',
  access_keys: 'members',
  access_people: 'members',
  access_authority: 'members',
} as const satisfies Record<string, keyof typeof LOCKS>

export type DocumentTable = keyof typeof DOCUMENT_TOPICS

/**
 * The documents of a table.
 * @param what - what one of them is called in messages
 */
export function documents(writer: Writer, table: DocumentTable, what: string): Documents {
  const { queries, dialect } = writer.database
  const topic = DOCUMENT_TOPICS[table]
  return {
    async get(name) {
      const row = await queries.selectFrom(table).selectAll().where('name', '=', name).executeTakeFirst()
      return row && toDocument(row)
    },
    async all() {
      const rows = await queries.selectFrom(table).selectAll().orderBy('folded').orderBy('name').execute()
      return rows.map(toDocument)
    },
    async list(ask) {
      const { offset, limit } = pageBounds(ask)
      const found = queries
        .selectFrom(table)
        .$if(ask.search !== undefined && ask.search !== '', query =>
          query.where(({ ref }) => dialect.contains(ref('folded'), fold(ask.search ?? ''))),
        )
      const [rows, { total }] = await Promise.all([
        found
          .selectAll()
          .orderBy(DOCUMENT_SORTS[ask.sort ?? 'name'], direction(ask))
          .orderBy('name', direction(ask))
          .limit(limit)
          .offset(offset)
          .execute(),
        found.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
      ])
      return { items: rows.map(toDocument), total }
    },
    create(name, document, { by }) {
      return writer.write(topic, async transaction => {
        const row = newDocument(name, JSON.stringify(document), by)
        const made = await transaction
          .insertInto(table)
          .values(row)
          .onConflict(clash => clash.doNothing())
          .returning('name')
          .executeTakeFirst()
        if (made === undefined) throw exists(what, name)
        return { result: toDocument(row), changed: [name] }
      })
    },
    replace(name, document, { by, base }) {
      return writer.write(topic, async transaction => {
        const before = await transaction
          .selectFrom(table)
          .selectAll()
          .where('name', '=', name)
          .executeTakeFirst()
        if (before === undefined) throw missing(what, name)
        if (base !== undefined && base !== before.revision) {
          throw conflict(what, name, before.changed_by)
        }
        const row = nextDocument(before, JSON.stringify(document), by)
        await transaction.updateTable(table).set(row).where('name', '=', name).execute()
        return { result: toDocument(row), changed: [name] }
      })
    },
    remove(name) {
      return writer.write(topic, async transaction => {
        const gone = await transaction
          .deleteFrom(table)
          .where('name', '=', name)
          .returning('name')
          .executeTakeFirst()
        return { result: gone !== undefined, changed: gone === undefined ? [] : [name] }
      })
    },
  }
}

/** The columns of a document that is made now. */
export function newDocument(name: string, document: string, by: string): DocumentColumns {
  const now = Date.now()
  return {
    name,
    folded: fold(name),
    document,
    created_at: now,
    changed_at: now,
    changed_by: by,
    revision: 1,
  }
}

/** The columns of a document that is changed now. */
export function nextDocument<Row extends DocumentColumns>(before: Row, document: string, by: string): Row {
  return { ...before, document, changed_at: Date.now(), changed_by: by, revision: before.revision + 1 }
}

/** What a document's columns say. */
export function toDocument(row: DocumentColumns): Document {
  return {
    name: row.name,
    document: readJson(row.document),
    createdAt: row.created_at,
    changedAt: row.changed_at,
    changedBy: row.changed_by,
    revision: row.revision,
  }
}
