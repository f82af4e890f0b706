import type { ProvisioningKeyCreate, ProvisioningKeyView } from '@portolan/console/contract'

const DAY_MS = 86_400_000

/** Days for which a key may be used; empty: until it is used up. */
export const KEY_LIVES = [
  { value: '1', label: 'One day' },
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '365', label: 'One year' },
  { value: '', label: 'Until it is used up' },
] as const

/** A new provisioning key as its form holds it. */
export interface KeyForm {
  name: string
  description: string
  kind: 'edge' | 'connector'
  connectorGroup: string
  maxUses: number | string
  days: string
  networks: string[]
}

export const formOfNewKey = (kind: KeyForm['kind'], connectorGroup = ''): KeyForm => ({
  name: '',
  description: '',
  kind,
  connectorGroup,
  maxUses: 1,
  days: '7',
  networks: [],
})

/** What is sent to make it. @param now milliseconds since 1970 */
export function writeOfNewKey(form: KeyForm, now: number): ProvisioningKeyCreate {
  const description = form.description.trim()
  return {
    name: form.name.trim(),
    ...(description !== '' && { description }),
    kind: form.kind,
    ...(form.kind === 'connector' && form.connectorGroup !== '' && { connectorGroup: form.connectorGroup }),
    maxUses: Number(form.maxUses),
    ...(form.days !== '' && { expiresAt: now + Number(form.days) * DAY_MS }),
    ...(form.networks.length > 0 && { networks: form.networks }),
  }
}

/** What of a key can be changed. `days`: `stay` leaves the end as it is. */
export interface KeyChangeForm {
  description: string
  enabled: boolean
  days: string
  networks: string[]
}

export const formOfKey = (key: ProvisioningKeyView): KeyChangeForm => ({
  description: key.description ?? '',
  enabled: key.enabled,
  days: 'stay',
  networks: [...(key.networks ?? [])],
})

/** What is sent to change it. @param now milliseconds since 1970 */
export function writeOfKey(form: KeyChangeForm, key: Pick<ProvisioningKeyView, 'expiresAt'>, now: number) {
  const description = form.description.trim()
  const expiresAt =
    form.days === 'stay' ? key.expiresAt : form.days === '' ? undefined : now + Number(form.days) * DAY_MS
  return {
    ...(description !== '' && { description }),
    enabled: form.enabled,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(form.networks.length > 0 && { networks: form.networks }),
  }
}
