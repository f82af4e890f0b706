import type { Document } from '@portolan/store'
import { z } from 'zod'

/** A token of an agent, as it is kept: the token itself was told once. */
const personToken = z.object({
  id: z.string(),
  name: z.string(),
  /** SHA-256 in hexadecimal. */
  hash: z.string(),
  createdAt: z.number(),
  createdBy: z.string(),
  expiresAt: z.number().optional(),
})

const person = z.object({ tokens: z.array(personToken).default([]) })

/** What somebody signs in with beside the password, without what is secret. */
export type Person = z.output<typeof person>

/** What a document says; nothing for one that says nothing. */
export function personOf(row: Pick<Document, 'document'> | undefined): Person {
  return person.safeParse(row?.document).data ?? { tokens: [] }
}
