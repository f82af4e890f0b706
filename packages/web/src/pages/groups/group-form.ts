import type { Group, GroupWrite, PermissionRule, VirtualFolder } from '@portolan/console/contract'
import { bare, type Keyed, keyed } from '../../components/keyed.ts'

/** The fields of a group as a form holds them. */
export interface GroupForm {
  name: string
  /** false: the group says nothing about permissions. */
  ownPermissions: boolean
  permissions: readonly Keyed<PermissionRule>[]
  folders: readonly Keyed<VirtualFolder>[]
  quota: { bytes: string; files: number | string }
  requireTls: boolean
}

export function formOfGroup(group: Group | undefined): GroupForm {
  return {
    name: group?.name ?? '',
    ownPermissions: group?.permissions !== undefined,
    permissions: (group?.permissions ?? []).map(keyed),
    folders: (group?.folders ?? []).map(keyed),
    quota: { bytes: group?.quota?.bytes ?? '', files: group?.quota?.files ?? '' },
    requireTls: group?.requireTls ?? false,
  }
}

/** What is sent to make the group or to replace the one that was looked at. */
export function writeOfGroup(form: GroupForm, group: Pick<Group, 'revision'> | undefined): GroupWrite {
  const bytes = form.quota.bytes.trim() || undefined
  const files = form.quota.files === '' ? undefined : Number(form.quota.files)
  return {
    name: form.name.trim(),
    permissions: form.ownPermissions ? form.permissions.map(bare) : undefined,
    folders: form.folders.map(bare),
    quota: bytes === undefined && files === undefined ? undefined : { bytes, files },
    requireTls: form.requireTls,
    revision: group?.revision,
  }
}
