import type { ZoneView, ZoneWrite } from '@portolan/console/contract'
import { type SecretForm, secretOf } from '../sites/site-form.ts'

/** A zone as its form holds it. */
export interface ZoneForm {
  name: string
  description: string
  proxy: { kind: 'socks5' | 'http'; host: string; port: number | string; user: string }
  password: SecretForm
  isDefault: boolean
}

/** What the form opens with; undefined for a new zone. */
export function formOfZone(zone: ZoneView | undefined): ZoneForm {
  return {
    name: zone?.name ?? '',
    description: zone?.description ?? '',
    proxy: {
      kind: zone?.proxy.kind ?? 'socks5',
      host: zone?.proxy.host ?? '',
      port: zone?.proxy.port ?? 1080,
      user: zone?.proxy.user ?? '',
    },
    password: { way: 'stay' },
    isDefault: zone?.isDefault ?? false,
  }
}

/** What is sent to make or to replace the zone. */
export function writeOfZone(form: ZoneForm, zone: Pick<ZoneView, 'revision'> | undefined): ZoneWrite {
  const { kind, host, port, user } = form.proxy
  const password = secretOf(form.password)
  return {
    name: form.name.trim(),
    ...(form.description.trim() !== '' && { description: form.description.trim() }),
    proxy: { kind, host: host.trim(), port: Number(port), ...(user.trim() !== '' && { user: user.trim() }) },
    isDefault: form.isDefault,
    ...(password !== undefined && { password }),
    ...(zone && { revision: zone.revision }),
  }
}

export const ZONE_FIELDS: readonly string[] = [
  ...['name', 'description', 'proxy.kind', 'proxy.host', 'proxy.port', 'proxy.user', 'password', 'isDefault'],
]

/** Whether a port is that of a kind of proxy, so that it may follow the kind. */
export const usualProxyPort = (kind: 'socks5' | 'http'): number => (kind === 'socks5' ? 1080 : 3128)
