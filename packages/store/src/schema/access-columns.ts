import type { DocumentColumns, SecretDocumentColumns } from './tables.ts'

/** The tables of the zero-trust access path. */
export interface AccessColumns {
  access_segments: DocumentColumns
  access_segment_groups: DocumentColumns
  access_server_groups: DocumentColumns
  access_connector_groups: DocumentColumns
  access_publications: DocumentColumns
  access_policies: DocumentColumns
  access_keys: KeyColumns
  access_members: MemberColumns
  /** `totp_step`: the last time step that was used. */
  access_people: SecretDocumentColumns & { totp_step: number | null }
  access_authority: SecretDocumentColumns
  access_streams: StreamColumns
}

/** Columns of a provisioning key. */
export interface KeyColumns extends DocumentColumns {
  hash: string
  uses: number
}

/** Columns of an edge, a connector or an agent. */
export interface MemberColumns {
  id: string
  kind: string
  name: string
  /** The name, then the user of an agent on a line of its own. */
  folded: string
  user: string
  serial: string
  expires_at: number
  revoked_at: number | null
  enabled: number
  created_at: number
  last_seen_at: number | null
  document: string
}

/** Columns of a stream. `id` goes beyond 2^53: it is read as text. */
interface StreamColumns {
  id: number
  connection: string
  session: string
  edge: string
  user: string
  segment: string
  connector: string
  server: string
  status: string
  code: string
  started_at: number
  ended_at: number | null
  document: string
}
