import { randomBytes } from 'node:crypto'
import { type MemberRow, type Store, StoreError } from '@portolan/store'
import type { EnrolReply, EnrolRequest } from '../control/messages.ts'
import { GatewayError } from '../errors.ts'
import { member, type ProvisioningKey } from '../model/index.ts'
import type { Authority, Issued } from '../pki/authority.ts'
import { type CheckedCsr, checkCsr } from '../pki/csr.ts'
import { parseAddress } from '../transport/address.ts'
import type { Directory } from './directory.ts'
import { checkKeyUse, usedUp } from './key-check.ts'
import { asJson, documentOf, type MemberDocument } from './member-document.ts'
import { refusalOf } from './refusal.ts'
import type { ControllerEvent, ControllerSettings } from './types.ts'

/** What all that issues certificates has in common. */
export interface IssuerParts {
  readonly store: Pick<Store, 'access'>
  readonly authority: Authority
  readonly directory: Directory
  settings(): ControllerSettings
  onEvent(event: ControllerEvent): void
  now(): number
  /** Where the new member goes: edges, or for an edge its controllers. */
  addressesFor(kind: MemberRow['kind']): string[]
}

/** An identity is never given twice. */
export const newMemberId = (): string => randomBytes(10).toString('hex')

export const enrolled = (
  parts: Pick<IssuerParts, 'authority' | 'addressesFor'>,
  { id, kind }: Pick<MemberRow, 'id' | 'kind'>,
  { certificate, expiresAt }: Pick<Issued, 'certificate' | 'expiresAt'>,
): EnrolReply => ({
  type: 'enrolled',
  id,
  kind,
  certificate,
  authority: parts.authority.certificate,
  addresses: parts.addressesFor(kind),
  expiresAt,
})

type Ask = Extract<EnrolRequest, { type: 'enrol' }>

/**
 * Enrols an edge or a connector. What it is called and what it is, the key and the controller say: the certificate request gives its public
 * key and nothing else. Never rejects.
 * @param from - the address of whoever asks, as the edge sees it when it came through one
 */
export async function enrolMember(parts: IssuerParts, ask: Ask, from: string): Promise<EnrolReply> {
  try {
    const key = await goodKey(parts, ask, from)
    const csr = await checkCsr(ask.csr)
    if (parts.directory.hasKey(csr.fingerprint))
      throw refused('The certificate request was used before: make a new one.')
    const name = checkName(ask.name)
    for (const address of ask.addresses) parseAddress(address)
    const taken = await memberCalled(parts, ask.kind, name)
    if (taken && (taken.expiresAt > parts.now() || !taken.enabled)) throw refused(nameTaken(ask.kind, name))
    if (!(await parts.store.access.keys.use(key.name, key.maxUses))) throw refused(usedUp(key).told)
    const row = await keepMember(parts, { ask, key, name, csr, from, taken })
    parts.directory.put(row.row)
    const text = `The ${ask.kind} ${name} has enrolled with the provisioning key ${key.name}.`
    parts.onEvent({ type: 'enrolled', who: name, address: from, text })
    return enrolled(parts, row.row, row.issued)
  } catch (error) {
    const because =
      error instanceof Refused ? error.because : error instanceof Error ? error.message : String(error)
    parts.onEvent({
      type: 'enrol-refused',
      who: ask.name.slice(0, 64),
      address: from,
      text: `${ask.kind} ${JSON.stringify(ask.name.slice(0, 64))} was not enrolled: ${because}`,
    })
    return refusalOf(
      error instanceof GatewayError && error.code === 'GATEWAY_INVALID' ? refused(error.message) : error,
    )
  }
}

/** What the log says, when it is more than who asked is told. */
class Refused extends GatewayError {
  readonly because: string

  constructor(told: string, because = told) {
    super('GATEWAY_ENROL_REFUSED', told)
    this.because = because
  }
}

const refused = (told: string, because?: string) => new Refused(told, because)

async function goodKey(
  { store: { access }, now }: IssuerParts,
  ask: Ask,
  from: string,
): Promise<ProvisioningKey> {
  const checked = checkKeyUse(await access.keys.get(ask.key), ask, from, now())
  if (!checked.key) throw refused(checked.told, checked.because)
  const { key } = checked
  if (key.kind !== 'connector') return key
  const group = key.connectorGroup
  if (group === undefined || !(await access.connectorGroups.get(group)))
    throw refused(`The connector group ${group ?? ''} of the provisioning key ${key.name} does not exist.`)
  return key
}

function checkName(text: string): string {
  const name = member.shape.name.safeParse(text)
  if (name.success) return name.data
  throw refused(`The name ${name.error.issues[0]?.message ?? 'cannot be used'}.`)
}

const nameTaken = (kind: string, name: string) =>
  `There is ${kind === 'edge' ? 'an' : 'a'} ${kind} ${name} already: choose another name, or revoke that one first.`

/** The member of that kind and name that was not revoked. */
async function memberCalled(
  { store: { access } }: IssuerParts,
  kind: 'edge' | 'connector',
  name: string,
): Promise<MemberRow | undefined> {
  const { items } = await access.members.list({ kind, search: name, offset: 0, limit: 500 })
  return items.find(row => row.name === name && row.revokedAt === undefined)
}

interface NewMember {
  readonly ask: Ask
  readonly key: ProvisioningKey
  readonly name: string
  readonly csr: CheckedCsr
  readonly from: string
  /** A member of that name whose certificate has expired: it comes back as itself. */
  readonly taken: MemberRow | undefined
}

async function keepMember(
  { store: { access }, authority, settings, now }: IssuerParts,
  { ask, key, name, csr, from, taken }: NewMember,
): Promise<{ row: MemberRow; issued: Issued }> {
  const id = taken?.id ?? newMemberId()
  const issued = await authority.issue({
    csr,
    identity: { kind: ask.kind, id },
    lifetimeMs: settings().certificateLifetime,
    now: now(),
  })
  const document: MemberDocument = {
    ...documentOf(taken ?? { document: {} }),
    ...(key.connectorGroup !== undefined && { connectorGroup: key.connectorGroup }),
    addresses: [...ask.addresses],
    enrolledFrom: from,
    enrolledWith: key.name,
    version: ask.version,
    publicKey: csr.fingerprint,
    certificate: issued.certificate,
    previous: undefined,
  }
  const certificate = { serial: issued.serial, expiresAt: issued.expiresAt, document: asJson(document) }
  try {
    const row = taken
      ? await access.members.change(id, { ...certificate, ifSerial: taken.serial })
      : await access.members.create({ id, kind: ask.kind, name, user: '', enabled: true, ...certificate })
    return { row, issued }
  } catch (error) {
    if (error instanceof StoreError && (error.code === 'STORE_EXISTS' || error.code === 'STORE_CONFLICT'))
      throw refused(nameTaken(ask.kind, name))
    throw error
  }
}
