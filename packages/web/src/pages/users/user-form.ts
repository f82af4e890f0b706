import type { PermissionRule, User, UserWrite, VirtualFolder } from '@portolan/console/contract'
import { bare, type Keyed, keyed } from '../../components/keyed.ts'

/** The fields of a user as a form holds them: texts where the settings take texts, and empty for what is absent. */
export interface UserForm {
  enabled: boolean
  home: string
  groups: string[]
  /** false: the rules of the groups hold, and without those everything is allowed. */
  ownPermissions: boolean
  permissions: readonly Keyed<PermissionRule>[]
  folders: readonly Keyed<VirtualFolder>[]
  networks: string[]
  expires: string
  requireTls: boolean
  maxSessions: number | string
  uploadRate: string
  downloadRate: string
  quota: { bytes: string; files: number | string }
  idleTimeout: string
}

/** What the form opens with. */
export function formOfUser(user: User): UserForm {
  return {
    enabled: user.enabled,
    home: user.home,
    groups: [...user.groups],
    ownPermissions: user.permissions !== undefined,
    permissions: (user.permissions ?? []).map(keyed),
    folders: user.folders.map(keyed),
    networks: [...user.networks],
    expires: dayOf(user.expires ?? ''),
    requireTls: user.requireTls,
    maxSessions: user.maxSessions ?? '',
    uploadRate: user.uploadRate ?? '',
    downloadRate: user.downloadRate ?? '',
    quota: { bytes: user.quota?.bytes ?? '', files: user.quota?.files ?? '' },
    idleTimeout: user.idleTimeout ?? '',
  }
}

/** The end of a day is written as the day, as the settings take it. */
function dayOf(expires: string): string {
  return expires.replace(/T23:59:59(?:\.999)?Z$/, '')
}

/** What is sent to replace the user. Empty fields are left out, which is how a setting is taken away. */
export function writeOfUser(form: UserForm, { name, revision }: Pick<User, 'name' | 'revision'>): UserWrite {
  const bytes = text(form.quota.bytes)
  const files = number(form.quota.files)
  return {
    name,
    revision,
    enabled: form.enabled,
    home: form.home.trim(),
    groups: form.groups,
    permissions: form.ownPermissions ? form.permissions.map(bare) : undefined,
    folders: form.folders.map(bare),
    networks: form.networks,
    expires: text(form.expires),
    requireTls: form.requireTls,
    maxSessions: number(form.maxSessions),
    uploadRate: text(form.uploadRate),
    downloadRate: text(form.downloadRate),
    quota: bytes === undefined && files === undefined ? undefined : { bytes, files },
    idleTimeout: text(form.idleTimeout),
  }
}

const text = (value: string): string | undefined => (value.trim() === '' ? undefined : value.trim())

const number = (value: number | string): number | undefined =>
  typeof value === 'number' ? value : value.trim() === '' ? undefined : Number(value)

/** Every field at which a mistake can stand. */
export function fieldsOfUser(form: UserForm): readonly string[] {
  return [
    'home',
    'groups',
    'networks',
    'expires',
    'requireTls',
    'maxSessions',
    'uploadRate',
    'downloadRate',
    'quota.bytes',
    'quota.files',
    'quota',
    'idleTimeout',
    ...fieldsOfRows(form),
  ]
}

/** The fields of the rules and folders of a user or a group. */
export function fieldsOfRows(form: {
  readonly permissions: readonly unknown[]
  readonly folders: readonly unknown[]
}): readonly string[] {
  return [
    ...form.permissions.flatMap((_, at) => [
      `permissions.${at}`,
      `permissions.${at}.path`,
      `permissions.${at}.allow`,
    ]),
    ...form.folders.flatMap((_, at) => [`folders.${at}`, `folders.${at}.path`, `folders.${at}.folder`]),
  ]
}
