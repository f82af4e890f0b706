import type { Selectable } from 'kysely'
import type { Writer } from '../changes/writer.ts'
import { StoreError } from '../errors.ts'
import { readJson } from '../json-text.ts'
import type { Tables } from '../schema/tables.ts'
import type { SettingsVersion, SettingsVersions } from '../store.ts'
import { pageLimit } from './page.ts'

/** The saved states of the settings. */
export function settingsVersions(writer: Writer): SettingsVersions {
  const { queries } = writer.database
  return {
    async current() {
      const row = await queries
        .selectFrom('settings_versions')
        .selectAll()
        .orderBy('version', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row && settingsVersion(row)
    },
    async get(version) {
      const row = await queries
        .selectFrom('settings_versions')
        .selectAll()
        .where('version', '=', version)
        .executeTakeFirst()
      return row && settingsVersion(row)
    },
    async list({ limit, before }) {
      const rows = await queries
        .selectFrom('settings_versions')
        .selectAll()
        .$if(before !== undefined, query => query.where('version', '<', before ?? 0))
        .orderBy('version', 'desc')
        .limit(pageLimit(limit))
        .execute()
      return rows.map(settingsVersion)
    },
    save({ base, document, comment, by }) {
      return writer.write('settings', async transaction => {
        const newest = await transaction
          .selectFrom('settings_versions')
          .select(['version', 'by'])
          .orderBy('version', 'desc')
          .limit(1)
          .executeTakeFirst()
        const version = newest?.version ?? 0
        if (version !== base) {
          throw new StoreError(
            'STORE_CONFLICT',
            `the settings are at version ${version}${newest ? ` by ${newest.by}` : ''}, not at ${base} any more; look at them again, then change them`,
          )
        }
        const row = {
          version: version + 1,
          document: JSON.stringify(document),
          at: Date.now(),
          by,
          comment: comment ?? null,
        }
        await transaction.insertInto('settings_versions').values(row).execute()
        return { result: settingsVersion(row), changed: [String(row.version)] }
      })
    },
  }
}

function settingsVersion(row: Selectable<Tables['settings_versions']>): SettingsVersion {
  return {
    version: row.version,
    document: readJson(row.document),
    at: row.at,
    by: row.by,
    ...(row.comment !== null && { comment: row.comment }),
  }
}
