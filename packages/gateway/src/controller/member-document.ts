import type { JsonValue, MemberRow } from '@portolan/store'
import { z } from 'zod'

/**
 * What the document of a member's row holds. Fields that others put there stay.
 * `node` and `previous` are the controllers' own.
 */
const memberDocument = z.looseObject({
  description: z.string().optional(),
  /** It takes no new streams. */
  draining: z.boolean().catch(false),
  connectorGroup: z.string().optional(),
  /** Where others reach an edge, `HOST:PORT`. */
  addresses: z.array(z.string()).catch([]),
  enrolledFrom: z.string().catch(''),
  /** The name of the provisioning key; empty for agents, who sign in. */
  enrolledWith: z.string().catch(''),
  version: z.string().catch(''),
  /** What an agent says of its device. */
  labels: z.array(z.string()).catch([]),
  /** SHA-256 of the public key of the certificate that counts, and the certificate itself (PEM). */
  publicKey: z.string().catch(''),
  certificate: z.string().catch(''),
  /** The serial number before the last renewal, and until when it counts, too: the answer may have been lost. */
  previous: z.object({ serial: z.string(), until: z.int() }).optional().catch(undefined),
  /** The node whose controller an edge was connected to last. */
  node: z.string().optional().catch(undefined),
})
export type MemberDocument = z.output<typeof memberDocument>

/** The document of a member, whole, whatever its row has. */
export function documentOf({ document }: Pick<MemberRow, 'document'>): MemberDocument {
  const read = memberDocument.safeParse(document)
  return read.success ? read.data : memberDocument.parse({})
}

/** As the store keeps it. */
export function asJson(document: Partial<MemberDocument>): JsonValue {
  return JSON.parse(JSON.stringify(document))
}
