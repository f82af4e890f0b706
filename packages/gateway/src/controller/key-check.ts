import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type { ProvisioningKeyRow } from '@portolan/store'
import ipaddr from 'ipaddr.js'
import { type ProvisioningKey, provisioningKey } from '../model/index.ts'

/** What is compared with when there is no such key, so that time does not tell. */
const NO_HASH = '0'.repeat(64)

/** A key that may be used, or why not: `told` to the stranger, `because` to the administrator. */
export type KeyCheck =
  | { readonly key: ProvisioningKey }
  | { readonly key?: undefined; readonly told: string; readonly because: string }

const UNKNOWN = 'The provisioning key is not valid.'

/**
 * Whether a provisioning key is good for somebody at that address. Who does not have the secret learns nothing, not even whether there
 * is such a key. Uses are not counted here.
 */
export function checkKeyUse(
  row: ProvisioningKeyRow | undefined,
  { kind, key: name, secret }: { kind: 'edge' | 'connector'; key: string; secret: string },
  from: string,
  now: number,
): KeyCheck {
  const given = createHash('sha256').update(secret).digest()
  const kept = Buffer.from(/^[0-9a-f]{64}$/.test(row?.hash ?? '') ? (row?.hash ?? NO_HASH) : NO_HASH, 'hex')
  const same = timingSafeEqual(given, kept)
  if (row === undefined)
    return { told: UNKNOWN, because: `there is no provisioning key ${JSON.stringify(name)}` }
  if (!same) return { told: UNKNOWN, because: `the secret is not that of the provisioning key ${name}` }
  const read = provisioningKey.safeParse(
    typeof row.document === 'object' && row.document !== null ? { ...row.document, name: row.name } : {},
  )
  if (!read.success) return no(`the provisioning key ${name} cannot be read`)
  const key = read.data
  if (key.kind !== kind)
    return no(`the provisioning key ${name} is for kind ${key.kind}, not for kind ${kind}`)
  if (!key.enabled) return no(`the provisioning key ${name} is disabled`)
  if (key.expiresAt !== undefined && key.expiresAt <= now)
    return no(`the provisioning key ${name} has expired at ${new Date(key.expiresAt).toISOString()}`)
  if (key.networks && !key.networks.some(network => isWithin(from, network)))
    return no(`the provisioning key ${name} may not be used from ${from}`)
  if (row.uses >= key.maxUses) return usedUp(key)
  return { key }
}

/** All uses are taken: by those whom it was made for, or by somebody who has a copy. */
export const usedUp = ({ name, maxUses }: ProvisioningKey): KeyCheck & { key?: undefined } =>
  no(
    `the provisioning key ${name} was used ${maxUses === 1 ? 'once' : `${maxUses} times`}, as often as it may be: if that was nobody you know, revoke what enrolled with it`,
  )

const no = (because: string) => ({ told: `${because.charAt(0).toUpperCase()}${because.slice(1)}.`, because })

function isWithin(address: string, network: string): boolean {
  if (isIP(address) === 0) return false
  try {
    const parsed = ipaddr.process(address)
    const [base, bits] = network.includes('/')
      ? ipaddr.parseCIDR(network)
      : ([ipaddr.process(network), undefined] as const)
    return base.kind() === parsed.kind() && parsed.match(base, bits ?? (base.kind() === 'ipv4' ? 32 : 128))
  } catch {
    return false
  }
}
