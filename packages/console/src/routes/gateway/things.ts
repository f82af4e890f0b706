import {
  connectorGroupView,
  connectorGroupWrite,
  publicationView,
  publicationWrite,
  segmentGroupView,
  segmentGroupWrite,
  segmentView,
  segmentWrite,
  serverGroupView,
  serverGroupWrite,
} from '../../contract/index.ts'
import type { Route } from '../../http/route.ts'
import type { Services } from '../../node/services.ts'
import type { AccessDocs } from '../../resources/access/access-docs.ts'
import type { Checks } from '../../resources/access/checks.ts'
import { healthOf } from '../../resources/access/live-members.ts'
import { memberDocumentOf } from '../../resources/access/member-document.ts'
import {
  connectorGroupKind,
  publicationKind,
  segmentGroupKind,
  segmentKind,
  serverGroupKind,
} from '../../resources/access/thing-kinds.ts'
import { connectorsOf } from '../../resources/access/uses.ts'
import { thingRoutes } from './thing-routes.ts'

/** Segments, groups and publications. */
export const gatewayThingsRoutes = (services: Services, checks: Checks): Route[] => {
  const live = () => services.access.running?.live() ?? []
  return [
    ...thingRoutes(services, {
      path: '/access/segments',
      one: 'an application segment',
      many: 'Application segments',
      audit: 'access.segment',
      kind: segmentKind(checks, services.store),
      view: segmentView,
      write: segmentWrite,
      tell: ({ value }) => ({ health: healthOf(value, live()) }),
    }),
    ...thingRoutes(services, {
      path: '/access/segment-groups',
      one: 'a segment group',
      many: 'Segment groups',
      audit: 'access.segment-group',
      kind: segmentGroupKind(checks, services.store),
      view: segmentGroupView,
      write: segmentGroupWrite,
      tell: ({ value }, docs) => ({ segments: segmentsOf(docs, 'segmentGroup', value.name) }),
    }),
    ...thingRoutes(services, {
      path: '/access/server-groups',
      one: 'a server group',
      many: 'Server groups',
      audit: 'access.server-group',
      kind: serverGroupKind(checks, services.store),
      view: serverGroupView,
      write: serverGroupWrite,
      tell: ({ value }, docs) => ({ segments: segmentsOf(docs, 'serverGroup', value.name) }),
    }),
    ...thingRoutes(services, {
      path: '/access/connector-groups',
      one: 'a connector group',
      many: 'Connector groups',
      audit: 'access.connector-group',
      kind: connectorGroupKind(checks, services.store),
      view: connectorGroupView,
      write: connectorGroupWrite,
      async tell({ value }) {
        const members = await connectorsOf(services.store)
        const own = members.filter(member => memberDocumentOf(member).connectorGroup === value.name)
        const connected = new Set(live().flatMap(edge => edge.connectors.map(({ id }) => id)))
        return { connectors: own.length, connected: own.filter(({ id }) => connected.has(id)).length }
      },
    }),
    ...thingRoutes(services, {
      path: '/access/publications',
      one: 'a publication',
      many: 'Publications: servers inside that an edge listens for',
      audit: 'access.publication',
      kind: publicationKind(checks),
      view: publicationView,
      write: publicationWrite,
      tell: () => ({}),
    }),
  ]
}

const segmentsOf = ({ segments }: AccessDocs, by: 'segmentGroup' | 'serverGroup', group: string): string[] =>
  segments.filter(({ value }) => value[by] === group).map(({ value }) => value.name)
