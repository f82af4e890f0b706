import { z } from 'zod'
import { description, name } from './fields.ts'

export const MEMBER_KINDS = ['edge', 'connector', 'agent'] as const
export const memberKind = z.enum(MEMBER_KINDS)
/** What takes part: the name of its certificate says so, and nothing else does. */
export type MemberKind = z.output<typeof memberKind>

/** A key with which edges or connectors enrol. The secret itself is told once and kept as a hash. */
export const provisioningKey = z.strictObject({
  name,
  description,
  kind: z.enum(['edge', 'connector']),
  enabled: z.boolean().default(true),
  /** The connector group of those who enrol with it; for connectors only. */
  connectorGroup: name.optional(),
  maxUses: z.int().min(1).max(10_000).default(1),
  /** Milliseconds since 1970. Absent: it does not expire. */
  expiresAt: z.int().optional(),
  /** Networks in CIDR form from which it may be used; absent: any. */
  networks: z.array(z.string().min(1).max(64)).min(1).max(100).optional(),
})
export type ProvisioningKey = z.output<typeof provisioningKey>

/** An edge or a connector that has enrolled. */
export const member = z.strictObject({
  /** Never given twice. */
  id: z.string(),
  kind: memberKind,
  name,
  description,
  enabled: z.boolean().default(true),
  /** It takes no new streams. */
  draining: z.boolean().default(false),
  connectorGroup: name.optional(),
  /** Where others reach an edge, `HOST:PORT`, the first is tried first. */
  addresses: z.array(z.string()).default([]),
  enrolledAt: z.int(),
  enrolledFrom: z.string(),
  /** The name of the provisioning key. */
  enrolledWith: z.string(),
  /** The serial number of the certificate that counts, in hexadecimal; others of it are refused. */
  serial: z.string(),
  certificateExpiresAt: z.int(),
  /** When it was revoked; it never comes back. */
  revokedAt: z.int().optional(),
  version: z.string().default(''),
})
export type Member = z.output<typeof member>
