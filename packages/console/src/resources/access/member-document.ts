import type { MemberRow } from '@portolan/store'
import { z } from 'zod'

/** What is shown and changed of a member's document; what else its controller keeps there stays. */
const memberDocument = z.looseObject({
  description: z.string().optional().catch(undefined),
  draining: z.boolean().catch(false),
  connectorGroup: z.string().optional().catch(undefined),
  addresses: z.array(z.string()).catch([]),
  enrolledFrom: z.string().catch(''),
  enrolledWith: z.string().catch(''),
  version: z.string().catch(''),
})
type MemberDocument = z.output<typeof memberDocument>

/** The document of a member, whatever its row has. */
export function memberDocumentOf({ document }: Pick<MemberRow, 'document'>): MemberDocument {
  return memberDocument.safeParse(document).data ?? memberDocument.parse({})
}
