import type { Selectable } from 'kysely'
import type { Writer } from '../changes/writer.ts'
import { StoreError } from '../errors.ts'
import { readTexts } from '../json-text.ts'
import type { Tables } from '../schema/tables.ts'
import type { Box } from '../secrets/box.ts'
import type { AdministratorRow, Administrators, Role } from '../store.ts'
import { exists, missing } from './missing.ts'

type Columns = Selectable<Tables['administrators']>

/** Changes that happen at every sign-in, which nobody has to be told of. */
const QUIET: ReadonlySet<string> = new Set(['lastLoginAt', 'totpStep'])

/** Those who may sign in to the console. */
export function administrators(writer: Writer, box: Box): Administrators {
  const { queries } = writer.database
  const secretOf = (name: string) => ({ table: 'administrators', column: 'totp_secret', row: name })

  function toRow(row: Columns): AdministratorRow {
    return {
      name: row.name,
      role: toRole(row.role),
      enabled: row.enabled === 1,
      password: row.password,
      recoveryCodes: readTexts(row.recovery_codes),
      createdAt: row.created_at,
      ...(row.totp_secret !== null && { totpSecret: box.open(row.totp_secret, secretOf(row.name)) }),
      ...(row.totp_step !== null && { totpStep: row.totp_step }),
      ...(row.last_login_at !== null && { lastLoginAt: row.last_login_at }),
    }
  }

  const find = (from: typeof queries, name: string) =>
    from.selectFrom('administrators').selectAll().where('name', '=', name).executeTakeFirst()

  /** To be asked after a change, in its transaction. */
  async function demandOne(transaction: typeof queries): Promise<void> {
    const one = await transaction
      .selectFrom('administrators')
      .select('name')
      .where('role', '=', 'administrator')
      .where('enabled', '=', 1)
      .limit(1)
      .executeTakeFirst()
    if (one !== undefined) return
    throw new StoreError(
      'STORE_LAST_ADMINISTRATOR',
      'nobody could administer afterwards; make somebody else an administrator first',
    )
  }

  return {
    async get(name) {
      const row = await find(queries, name)
      return row && toRow(row)
    },
    async list() {
      const rows = await queries.selectFrom('administrators').selectAll().orderBy('name').execute()
      return rows.map(toRow)
    },
    create({ name, role, password }) {
      return writer.write('administrators', async transaction => {
        const row: Columns = {
          name,
          role,
          enabled: 1,
          password,
          totp_secret: null,
          totp_step: null,
          recovery_codes: '[]',
          created_at: Date.now(),
          last_login_at: null,
        }
        const made = await transaction
          .insertInto('administrators')
          .values(row)
          .onConflict(clash => clash.doNothing())
          .returning('name')
          .executeTakeFirst()
        if (made === undefined) throw exists('administrator', name)
        return { result: toRow(row), changed: [name] }
      })
    },
    change(name, change) {
      return writer.write('administrators', async transaction => {
        const before = await find(transaction, name)
        if (before === undefined) throw missing('administrator', name)
        const { role, enabled, password, totpSecret, totpStep, recoveryCodes, lastLoginAt } = change
        const row: Columns = {
          ...before,
          ...(typeof role === 'string' && { role }),
          ...(typeof enabled === 'boolean' && { enabled: enabled ? 1 : 0 }),
          ...(typeof password === 'string' && { password }),
          ...(totpSecret !== undefined && {
            totp_secret: totpSecret === null ? null : await box.seal(transaction, totpSecret, secretOf(name)),
          }),
          ...(totpStep !== undefined && { totp_step: totpStep }),
          ...(recoveryCodes !== undefined && { recovery_codes: JSON.stringify(recoveryCodes ?? []) }),
          ...(lastLoginAt !== undefined && { last_login_at: lastLoginAt }),
        }
        await transaction.updateTable('administrators').set(row).where('name', '=', name).execute()
        if (couldAdminister(before) && !couldAdminister(row)) await demandOne(transaction)
        const quiet = Object.keys(change).every(key => QUIET.has(key))
        return { result: toRow(row), changed: quiet ? [] : [name] }
      })
    },
    remove(name) {
      return writer.write('administrators', async transaction => {
        const gone = await transaction
          .deleteFrom('administrators')
          .where('name', '=', name)
          .returningAll()
          .executeTakeFirst()
        if (gone !== undefined && couldAdminister(gone)) await demandOne(transaction)
        return { result: gone !== undefined, changed: gone === undefined ? [] : [name] }
      })
    },
    async takeTotpStep(name, step) {
      const taken = await queries
        .updateTable('administrators')
        .set({ totp_step: step })
        .where('name', '=', name)
        .where(({ eb, or }) => or([eb('totp_step', 'is', null), eb('totp_step', '<', step)]))
        .returning('name')
        .executeTakeFirst()
      return taken !== undefined
    },
    takeRecoveryCode(name, hash) {
      return writer.write('administrators', async transaction => {
        const row = await find(transaction, name)
        const codes = readTexts(row?.recovery_codes ?? '[]')
        if (!codes.includes(hash)) return { result: false, changed: [] }
        await transaction
          .updateTable('administrators')
          .set({ recovery_codes: JSON.stringify(codes.filter(code => code !== hash)) })
          .where('name', '=', name)
          .execute()
        return { result: true, changed: [name] }
      })
    },
  }
}

const couldAdminister = (row: Columns): boolean => row.role === 'administrator' && row.enabled === 1

function toRole(text: string): Role {
  return text === 'administrator' || text === 'operator' ? text : 'read-only'
}
