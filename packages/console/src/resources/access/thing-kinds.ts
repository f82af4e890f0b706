import {
  type ConnectorGroup,
  connectorGroup,
  type Publication,
  publication,
  type Segment,
  type SegmentGroup,
  type ServerGroup,
  segment,
  segmentGroup,
  serverGroup,
} from '@portolan/gateway/model'
import type { Store } from '@portolan/store'
import type { Checks } from './checks.ts'
import type { ThingKind } from './things.ts'
import { usersOf } from './uses.ts'

/** Application segments. Rules name them. */
export const segmentKind = (checks: Checks, store: Store): ThingKind<Segment> => ({
  kind: { code: 'SEGMENT', word: 'segment' },
  schema: segment,
  table: access => access.segments,
  check: (fields, docs) => checks.segment(fields, docs),
  usedBy: (name, docs) => usersOf('segment', name, docs, store),
})

/** Segments and rules name them. */
export const segmentGroupKind = (checks: Checks, store: Store): ThingKind<SegmentGroup> => ({
  kind: { code: 'SEGMENT_GROUP', word: 'segment group' },
  schema: segmentGroup,
  table: access => access.segmentGroups,
  check: (fields, docs) => checks.segmentGroup(fields, docs),
  usedBy: (name, docs) => usersOf('segment-group', name, docs, store),
})

/** Segments and publications name them. */
export const serverGroupKind = (checks: Checks, store: Store): ThingKind<ServerGroup> => ({
  kind: { code: 'SERVER_GROUP', word: 'server group' },
  schema: serverGroup,
  table: access => access.serverGroups,
  check: (fields, docs) => checks.serverGroup(fields, docs),
  usedBy: (name, docs) => usersOf('server-group', name, docs, store),
})

/** Server groups, connectors and provisioning keys name them. */
export const connectorGroupKind = (checks: Checks, store: Store): ThingKind<ConnectorGroup> => ({
  kind: { code: 'CONNECTOR_GROUP', word: 'connector group' },
  schema: connectorGroup,
  table: access => access.connectorGroups,
  check: (fields, docs) => checks.connectorGroup(fields, docs),
  usedBy: (name, docs) => usersOf('connector-group', name, docs, store),
})

/** Nothing names them. */
export const publicationKind = (checks: Checks): ThingKind<Publication> => ({
  kind: { code: 'PUBLICATION', word: 'publication' },
  schema: publication,
  table: access => access.publications,
  check: (fields, docs) => checks.publication(fields, docs),
  usedBy: async () => [],
})
