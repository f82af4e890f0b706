import type { LiveConnector, LiveEdge } from '@portolan/gateway'
import type { MemberRow } from '@portolan/store'
import type { MemberView, SegmentView } from '../../contract/index.ts'

type Connection = MemberView['connections'][number]

/** Where a member is connected at the moment, as far as this node's controller knows. */
export function connectionsOf(
  member: Pick<MemberRow, 'id' | 'kind'>,
  edges: readonly LiveEdge[],
): Connection[] {
  if (member.kind === 'edge') {
    return edges.filter(({ id }) => id === member.id).map(edge => ({ ...edgeConnection(edge), health: [] }))
  }
  return edges.flatMap(edge =>
    member.kind === 'connector'
      ? edge.connectors.filter(({ id }) => id === member.id).map(one => connectorConnection(edge, one))
      : edge.agents
          .filter(({ id }) => id === member.id)
          .map(({ address, privateAddress, since, streams }) => ({
            edge: edge.name,
            address,
            privateAddress,
            since,
            streams,
            bytesPerSecond: 0,
            cpu: 0,
            residentBytes: 0,
            health: [],
          })),
  )
}

/** The version that a member said when it connected; undefined when it is not connected. */
export function liveVersionOf(id: string, edges: readonly LiveEdge[]): string | undefined {
  return edges.flatMap(edge => [edge, ...edge.connectors, ...edge.agents]).find(one => one.id === id)?.version
}

function edgeConnection({ name, address, since, streams, bytesPerSecond, cpu, residentBytes }: LiveEdge) {
  return { edge: name, address, privateAddress: '', since, streams, bytesPerSecond, cpu, residentBytes }
}

function connectorConnection(edge: LiveEdge, connector: LiveConnector): Connection {
  const { address, privateAddress, since, streams, bytesPerSecond, cpu, residentBytes } = connector
  return {
    edge: edge.name,
    address,
    privateAddress,
    since,
    streams,
    bytesPerSecond,
    cpu,
    residentBytes,
    ...(connector.roundTripMs !== undefined && { roundTripMs: connector.roundTripMs }),
    health: connector.health.map(one => ({ ...one })),
  }
}

/** Whether a segment can be reached, by what its connectors have found out last: one that reaches it is enough. */
export function healthOf(
  { name, healthReporting }: { readonly name: string; readonly healthReporting: string },
  edges: readonly LiveEdge[],
): SegmentView['health'] {
  if (healthReporting === 'none') return 'none'
  const states = new Set(
    edges
      .flatMap(edge => edge.connectors.flatMap(connector => connector.health))
      .filter(({ segment }) => segment === name)
      .map(({ state }) => state),
  )
  if (states.has('up')) return 'up'
  return states.has('down') ? 'down' : 'unknown'
}
