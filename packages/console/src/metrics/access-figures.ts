import type { ControllerEvent, LiveEdge, StreamReport } from '@portolan/gateway'
import { Counter, Gauge, type Registry } from 'prom-client'

/** What counts the access path. */
export interface AccessFigures {
  count(event: ControllerEvent): void
  /** Takes what is connected now; nothing when this node is no controller. */
  update(edges: readonly LiveEdge[]): void
}

/** Streams whose end was counted lately: their edge may tell it again. */
const MOST_ENDED = 20_000

/** Makes the figures of the access path in a registry. */
export function accessFigures(registry: Registry): AccessFigures {
  const registers = [registry]
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name: `portolan_access_${name}`, help, labelNames, registers })
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name: `portolan_access_${name}`, help, labelNames, registers })
  const edges = gauge('edges', 'Edges that are connected to this node.')
  const connectors = gauge('connectors', 'Connectors that are connected to an edge.')
  const agents = gauge('agents', 'Agents that are connected to an edge.')
  const streams = gauge('streams', 'Streams that are open.', ['edge'])
  const refused = gauge('refused_links', 'Connections that an edge has refused since its start.', ['edge'])
  const ended = counter('streams_ended_total', 'Streams that have ended or were refused.', ['code'])
  const bytes = counter('bytes_total', 'Bytes of streams that have ended.', ['direction'])
  const came = counter('members_total', 'Enrolments and sign-ins.', ['what', 'outcome'])
  const seen = new Set<string>()

  const countEnd = (report: StreamReport) => {
    const { ConnectionID, ConnectionStatus, InternalReason: code } = report
    if (ConnectionStatus === 'open' || ConnectionStatus === 'active' || seen.has(ConnectionID)) return
    seen.add(ConnectionID)
    const [oldest] = seen
    if (seen.size > MOST_ENDED && oldest !== undefined) seen.delete(oldest)
    ended.inc({ code })
    bytes.inc({ direction: 'to-server' }, report.ZENTotalBytesRxClient)
    bytes.inc({ direction: 'to-client' }, report.ZENTotalBytesTxClient)
  }

  return {
    count(event) {
      switch (event.type) {
        case 'streams':
          for (const report of event.streams) countEnd(report)
          return
        case 'enrolled':
          return came.inc({ what: 'enrolment', outcome: 'done' })
        case 'enrol-refused':
          return came.inc({ what: 'enrolment', outcome: 'refused' })
        case 'signed-in':
          return came.inc({ what: 'sign-in', outcome: 'done' })
        case 'sign-in-refused':
          return came.inc({ what: 'sign-in', outcome: 'refused' })
        default:
      }
    },
    update(live) {
      streams.reset()
      refused.reset()
      for (const { name, streams: open, refusedLinks } of live) {
        streams.set({ edge: name }, open)
        refused.set({ edge: name }, refusedLinks)
      }
      edges.set(live.length)
      connectors.set(new Set(live.flatMap(edge => edge.connectors.map(({ id }) => id))).size)
      agents.set(new Set(live.flatMap(edge => edge.agents.map(({ id }) => id))).size)
    },
  }
}
