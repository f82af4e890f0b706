import type { UserSettings } from '@portolan/settings'
import { userAsInput } from '@portolan/settings'
import type { JsonValue, UserRow } from '@portolan/store'
import type { z } from 'zod'
import { type User, user as userSchema } from '../../contract/index.ts'

type Told = z.input<typeof userSchema>

/** A user of the store, as the API tells of one. What the document lacks is the default of the schema. */
export function viewOfRow(row: UserRow): User {
  return userSchema.parse({
    ...fieldsOf(row.document),
    name: row.name,
    origin: 'store',
    hasPassword: row.password !== undefined,
    enabled: row.enabled,
    groups: [...row.groups],
    revision: row.revision,
    createdAt: row.createdAt,
    changedAt: row.changedAt,
    changedBy: row.changedBy,
    lastLoginAt: row.lastLoginAt,
    lastLoginFrom: row.lastLoginFrom,
  } satisfies Partial<Told>)
}

/** A user of the settings file or of a flag. */
export function viewOfFileUser(user: UserSettings): User {
  return userSchema.parse({
    ...fieldsOf(userAsInput(user)),
    name: user.name,
    origin: 'file',
    hasPassword: user.password !== undefined,
    enabled: user.enabled,
    groups: [...user.groups],
    revision: 0,
  } satisfies Partial<Told>)
}

/** The document of a user, with the fields that every answer has. */
function fieldsOf(document: unknown): Record<string, unknown> {
  const fields = isRecord(document) ? document : {}
  return { home: '', requireTls: false, networks: [], ...fields, folders: foldersOf(fields.folders) }
}

/** Virtual folders of a document with `readOnly` filled in. */
export function foldersOf(folders: unknown): unknown[] {
  return Array.isArray(folders)
    ? folders.map((folder: unknown) => ({ readOnly: false, ...(isRecord(folder) ? folder : {}) }))
    : []
}

/** A document as fields by name. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What the audit log keeps of a user: all but what counts logins and revisions. */
export function auditOf(user: User): JsonValue {
  const {
    revision: _r,
    createdAt: _c,
    changedAt: _a,
    changedBy: _b,
    lastLoginAt: _l,
    lastLoginFrom: _f,
    ...rest
  } = user
  return asJson(rest)
}

/** A value as JSON has it: without what is absent. */
export function asJson(value: unknown): JsonValue {
  const parsed: JsonValue = JSON.parse(JSON.stringify(value ?? null))
  return parsed
}
