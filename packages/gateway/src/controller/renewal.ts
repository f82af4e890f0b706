import { type MemberRow, StoreError } from '@portolan/store'
import type { EnrolReply } from '../control/messages.ts'
import { GatewayError } from '../errors.ts'
import { checkCsr } from '../pki/csr.ts'
import { enrolled, type IssuerParts } from './enrolment.ts'
import { asJson, documentOf } from './member-document.ts'
import { refusal, refusalOf } from './refusal.ts'

/** How long the certificate before counts, too, in milliseconds: the answer may be lost with the link that it was to come by. */
const PREVIOUS_MS = 10 * 60_000

export interface RenewAsk {
  readonly id: string
  /** That of the certificate that the member's link stands on. */
  readonly serial: string
  readonly csr: string
  readonly from: string
}

/**
 * A new certificate for an edge or a connector, asked for over the link that its present one stands for. Of two that have the same
 * certificate, one renews it: the other is a copy, or is copied, and both are told of. Never rejects.
 */
export async function renewMember(parts: IssuerParts, ask: RenewAsk): Promise<EnrolReply> {
  try {
    const row = await parts.store.access.members.get(ask.id)
    const wrong = !row || row.revokedAt !== undefined || !row.enabled
    if (wrong) throw new GatewayError('GATEWAY_ENROL_REFUSED', 'It was revoked, removed or disabled.')
    if (row.kind === 'agent')
      throw new GatewayError(
        'GATEWAY_SIGN_IN_REFUSED',
        'A sign-in is not prolonged: sign in again when it expires.',
      )
    return await renewRow(parts, row, ask)
  } catch (error) {
    const text = `The certificate of ${ask.id} was not renewed: ${error instanceof Error ? error.message : String(error)}`
    parts.onEvent({ type: 'enrol-refused', who: ask.id, address: ask.from, text })
    return refusalOf(error)
  }
}

async function renewRow(parts: IssuerParts, row: MemberRow, ask: RenewAsk): Promise<EnrolReply> {
  const { authority, settings, now, store, directory, onEvent } = parts
  const csr = await checkCsr(ask.csr)
  const before = documentOf(row)
  if (csr.fingerprint === before.publicKey) {
    // The same request again by whoever asked the first time: the answer was lost, and it is the same.
    const { previous } = before
    if (previous && now() < previous.until && [previous.serial, row.serial].includes(ask.serial))
      return enrolled(parts, row, { certificate: before.certificate, expiresAt: row.expiresAt })
    throw new GatewayError(
      'GATEWAY_ENROL_REFUSED',
      'The certificate request was used before: make a new one.',
    )
  }
  if (row.serial !== ask.serial) return elsewhere(parts, row, ask)
  if (directory.hasKey(csr.fingerprint))
    throw new GatewayError(
      'GATEWAY_ENROL_REFUSED',
      'The certificate request was used before: make a new one.',
    )
  const issued = await authority.issue({
    csr,
    identity: { kind: row.kind, id: row.id },
    lifetimeMs: settings().certificateLifetime,
    now: now(),
  })
  const document = asJson({
    ...before,
    publicKey: csr.fingerprint,
    certificate: issued.certificate,
    previous: { serial: ask.serial, until: now() + PREVIOUS_MS },
  })
  try {
    const changed = await store.access.members.change(row.id, {
      serial: issued.serial,
      expiresAt: issued.expiresAt,
      document,
      ifSerial: ask.serial,
    })
    directory.put(changed)
  } catch (error) {
    if (error instanceof StoreError && error.code === 'STORE_CONFLICT') return elsewhere(parts, row, ask)
    throw error
  }
  const until = new Date(issued.expiresAt).toISOString()
  const text = `The certificate of the ${row.kind} ${row.name} was renewed, until ${until}.`
  onEvent({ type: 'renewed', who: row.name, address: ask.from, text })
  return enrolled(parts, row, issued)
}

function elsewhere({ onEvent }: IssuerParts, { kind, name }: MemberRow, { from }: RenewAsk): EnrolReply {
  const text = `The certificate of the ${kind} ${name} was renewed elsewhere: its identity was copied, or restored from an older copy. Revoke it and enrol it anew.`
  onEvent({ type: 'enrol-refused', who: name, address: from, text })
  onEvent({ type: 'warning', code: 'GATEWAY_IDENTITY', text: `${text} It was asked from ${from}.` })
  return refusal('GATEWAY_ENROL_REFUSED', text)
}
