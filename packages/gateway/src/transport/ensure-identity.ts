import { GatewayError } from '../errors.ts'
import { readIdentity, writeIdentity } from '../pki/identity-file.ts'
import { decodeInvitation } from '../pki/invitation.ts'
import type { Identity } from '../pki/types.ts'
import { enrol } from './enrol.ts'
import { explainDates } from './verify-peer.ts'

export interface EnsureIdentityOptions {
  readonly folder: string
  readonly kind: 'edge' | 'connector'
  /** The text of an invitation; looked at only when the folder has no identity, or one that has expired. */
  readonly invitation?: string
  readonly name: string
  /** Where others reach an edge, `HOST:PORT`. */
  readonly addresses?: readonly string[]
  readonly version: string
  readonly signal: AbortSignal
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

/**
 * The identity of a folder; without one, it enrols with the invitation and keeps what it gets.
 * @throws {GatewayError} `GATEWAY_IDENTITY` for a folder that cannot be read, is of another kind, or whose certificate has expired with no
 * invitation at hand; `GATEWAY_INVITATION`; and what {@link enrol} throws
 */
export async function ensureIdentity(options: EnsureIdentityOptions): Promise<Identity> {
  const { folder, kind, signal, now = Date.now } = options
  const kept = await identityOfKind(folder, kind)
  const dates = kept && explainDates(kept.certificate, now())
  if (kept && dates === undefined) return kept
  if (options.invitation === undefined) {
    if (kept) throw new GatewayError('GATEWAY_IDENTITY', `The identity in ${folder} cannot be used. ${dates}`)
    throw new GatewayError(
      'GATEWAY_INVITATION',
      `There is no identity in ${folder} yet: an invitation is needed. An administrator makes one in the console, or by "portolan access invite".`,
    )
  }
  const invitation = decodeInvitation(options.invitation)
  if (invitation.kind !== kind)
    throw new GatewayError(
      'GATEWAY_INVITATION',
      `The invitation is for kind ${invitation.kind}, not for kind ${kind}.`,
    )
  const identity = await enrol({
    invitation,
    addresses: invitation.addresses,
    request: {
      type: 'enrol',
      kind,
      name: options.name,
      addresses: [...(options.addresses ?? [])],
      version: options.version,
    },
    signal,
    now,
  })
  await writeIdentity(folder, identity)
  return identity
}

/**
 * The identity of a folder, if it has one of that kind.
 * @throws {GatewayError} `GATEWAY_IDENTITY` when it cannot be read or is of another kind
 */
export async function identityOfKind(folder: string, kind: Identity['kind']): Promise<Identity | undefined> {
  const kept = await readIdentity(folder)
  if (kept && kept.kind !== kind) {
    const text = `The folder ${folder} has the identity of kind ${kept.kind}, not of kind ${kind}: give each part a folder of its own.`
    throw new GatewayError('GATEWAY_IDENTITY', text)
  }
  return kept
}
