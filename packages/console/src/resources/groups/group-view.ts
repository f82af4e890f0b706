import { type GroupSettings, groupAsInput } from '@portolan/settings'
import type { Document, JsonValue } from '@portolan/store'
import { type Group, group as groupSchema } from '../../contract/index.ts'
import { asJson, foldersOf, isRecord } from '../users/user-view.ts'

/** A group before its members are counted. */
export type UncountedGroup = Omit<Group, 'members'>

const uncounted = groupSchema.omit({ members: true })

/** A group of the store, as the API tells of one. */
export function viewOfDocument({ name, document, revision }: Document): UncountedGroup {
  return uncounted.parse({ ...fieldsOf(document), name, origin: 'store', revision })
}

/** A group of the settings file. */
export function viewOfFileGroup(group: GroupSettings): UncountedGroup {
  return uncounted.parse({ ...fieldsOf(groupAsInput(group)), name: group.name, origin: 'file', revision: 0 })
}

/** What the audit log keeps of a group. */
export function auditOfGroup({ revision: _, ...rest }: UncountedGroup): JsonValue {
  return asJson(rest)
}

function fieldsOf(document: unknown): Record<string, unknown> {
  const fields = isRecord(document) ? document : {}
  return { requireTls: false, ...fields, folders: foldersOf(fields.folders) }
}
