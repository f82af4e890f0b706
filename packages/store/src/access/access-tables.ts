import type { Writer } from '../changes/writer.ts'
import { documents } from '../collections/documents.ts'
import { secretDocuments } from '../collections/secret-documents.ts'
import type { Box } from '../secrets/box.ts'
import type { AccessTables } from '../store-access.ts'
import { provisioningKeys } from './keys.ts'
import { members } from './members.ts'
import { people } from './people.ts'
import { streams } from './streams.ts'

/** The zero-trust access path. */
export function accessTables(writer: Writer, box: Box): AccessTables {
  return {
    segments: documents(writer, 'access_segments', 'application segment'),
    segmentGroups: documents(writer, 'access_segment_groups', 'segment group'),
    serverGroups: documents(writer, 'access_server_groups', 'server group'),
    connectorGroups: documents(writer, 'access_connector_groups', 'connector group'),
    publications: documents(writer, 'access_publications', 'publication'),
    policies: documents(writer, 'access_policies', 'policy'),
    keys: provisioningKeys(writer),
    members: members(writer),
    people: people(writer, box),
    authority: secretDocuments(writer, box, 'access_authority', 'authority'),
    streams: streams(writer.database),
  }
}
