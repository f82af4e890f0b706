import { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { memberIdentityOf } from '../pki/member-identity.ts'
import type { MemberIdentity } from '../pki/types.ts'

/** Who is at the other end, or why nobody is. `ours`: the authority signed the certificate, so that its owner may be told. */
export type Verified =
  | { readonly peer: MemberIdentity }
  | { readonly peer?: undefined; readonly text: string; readonly ours: boolean }

/**
 * Looks at the certificate that TLS has checked against the authority. Names of hosts play no part: members move, and the authority
 * signs nobody else.
 * @param now - milliseconds since 1970, for the text; the check itself goes by the clock of the machine
 */
export function verifyPeer(socket: TLSSocket, authority: X509Certificate, now: number): Verified {
  const leaf = socket.getPeerX509Certificate()
  if (leaf === undefined) return { text: 'It shows no certificate.', ours: false }
  if (!socket.authorized) return explain(leaf, authority, now)
  const peer = memberIdentityOf(leaf)
  return peer ? { peer } : { text: 'Its certificate names no member.', ours: false }
}

/** Checks what TLS was not asked to: a certificate against an authority that came with it and that is known by its fingerprint. */
export function verifyPinned(leaf: X509Certificate, authority: X509Certificate, now: number): Verified {
  if (!authority.ca || !isIssuedBy(leaf, authority) || !counts(leaf, now) || !counts(authority, now))
    return explain(leaf, authority, now)
  const peer = memberIdentityOf(leaf)
  return peer ? { peer } : { text: 'Its certificate names no member.', ours: false }
}

function explain(leaf: X509Certificate, authority: X509Certificate, now: number): Verified {
  if (!isIssuedBy(leaf, authority))
    return { text: 'Its certificate was not signed by the authority of this access path.', ours: false }
  return { text: explainDates(leaf, now) ?? 'Its certificate cannot be used.', ours: true }
}

/** Says that a certificate does not count at a time, with both times; undefined when it does. */
export function explainDates(certificate: X509Certificate | string, now: number): string | undefined {
  const of = typeof certificate === 'string' ? new X509Certificate(certificate) : certificate
  if (counts(of, now)) return undefined
  const here = `the clock here says ${new Date(now).toISOString()}`
  return now < of.validFromDate.getTime()
    ? `The certificate is not yet valid: it counts from ${of.validFromDate.toISOString()}, and ${here}. One of the clocks is wrong: set it, by NTP for instance.`
    : `The certificate has expired: it counted until ${of.validToDate.toISOString()}, and ${here}. If the clock is right, enrol or sign in anew; if not, set it.`
}

const isIssuedBy = (leaf: X509Certificate, authority: X509Certificate) =>
  leaf.checkIssued(authority) && leaf.verify(authority.publicKey)

const counts = ({ validFromDate, validToDate }: X509Certificate, now: number) =>
  validFromDate.getTime() <= now && now <= validToDate.getTime()
