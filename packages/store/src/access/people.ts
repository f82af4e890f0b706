import type { Writer } from '../changes/writer.ts'
import { secretDocuments } from '../collections/secret-documents.ts'
import type { Box } from '../secrets/box.ts'
import type { AccessPeople } from '../store-access.ts'

/** What people of the access path sign in with beside their password. */
export function people(writer: Writer, box: Box): AccessPeople {
  return {
    ...secretDocuments(writer, box, 'access_people', 'person'),
    async takeTotpStep(name, step) {
      const taken = await writer.database.queries
        .updateTable('access_people')
        .set({ totp_step: step })
        .where('name', '=', name)
        .where(({ eb, or }) => or([eb('totp_step', 'is', null), eb('totp_step', '<', step)]))
        .returning('name')
        .executeTakeFirst()
      return taken !== undefined
    },
  }
}
