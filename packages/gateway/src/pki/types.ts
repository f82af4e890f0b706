import type { MemberKind } from '../model/index.ts'

/** Who a certificate stands for. It is read from the URI `portolan:KIND/ID` of its subject alternative name, and from nowhere else. */
export interface MemberIdentity {
  readonly kind: MemberKind | 'controller'
  readonly id: string
  /** Serial number in lower-case hexadecimal without leading zeros. */
  readonly serial: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** What a member keeps on disk, owner-only: its key never leaves the machine. */
export interface Identity {
  readonly id: string
  readonly kind: MemberKind
  /** PEM. */
  readonly key: string
  readonly certificate: string
  readonly authority: string
  /** Where to go: edges, or for an edge its controllers. */
  readonly addresses: readonly string[]
  readonly expiresAt: number
}

/**
 * What one needs to take part, as one text that can be copied: `ptl1.` and base64url of JSON.
 * It pins the authority by its SHA-256, so nothing else has to be trusted.
 */
export interface Invitation {
  readonly kind: MemberKind
  /** `HOST:PORT` of controllers (for an edge) or edges. */
  readonly addresses: readonly string[]
  /** SHA-256 of the authority's certificate (DER), in hexadecimal. */
  readonly authority: string
  /** Name and secret of a provisioning key; agents sign in instead. */
  readonly key?: string
  readonly secret?: string
}
