import type { TLSSocket } from 'node:tls'
import type { Status } from '../codes.ts'
import { connectorSays, type EdgeSays, type EdgeSaysToConnector } from '../control/messages.ts'
import type { EdgeEvent } from '../parts.ts'
import type { MemberIdentity } from '../pki/types.ts'
import { readHost } from '../policy/host.ts'
import { createLink } from '../wire/link.ts'
import { type Json, PEER_CODES, type WindowSettings } from '../wire/types.ts'
import { CONNECTOR_PING } from './bounds.ts'
import type { Candidate } from './choose-connector.ts'
import { createMemberLinks, type MemberLink } from './member-links.ts'
import { probesOf } from './probes.ts'
import type { Relays } from './relays.ts'
import type { EdgeState } from './state.ts'

type Connected = Extract<EdgeSays, { type: 'connected' }>['connectors'][number]
type Health = Connected['health'][number]

/** A connector that is connected. */
export interface ConnectorLink extends MemberLink {
  readonly health: Map<string, Health>
  load: { streams: number; bytesPerSecond: number; cpu: number; residentBytes: number }
  /** The last `configure`, as JSON, so that it is said only when it changes; and what it was made of. */
  configured: string
  basis: string
}

export interface ConnectorSide {
  readonly size: number
  /** A connector has come in; its certificate and its member have been checked. */
  accept(socket: TLSSocket, peer: MemberIdentity, from: string): void
  /** The link for streams to that connector. */
  get(id: string): ConnectorLink | undefined
  nameOf(id: string): string
  /** Those of a server group, as the choice sees them, for one server. */
  candidates(serverGroup: string, segment: string, host: string, port: number): Candidate[]
  /** Tells connectors what changed of their group, the edges or the probes. */
  configure(): void
  check(): void
  expire(graceMs: number): void
  list(): Connected[]
  destroyAll(status: Status): Promise<void>
}

export interface ConnectorSideOptions {
  readonly state: EdgeState
  readonly relays: Relays
  onEvent(event: EdgeEvent): void
  /** Who is connected has changed. */
  onChanged(): void
  readonly windows?: WindowSettings | undefined
  now(): number
}

const MAX_HEALTH = 1_000
/** A thousand reports of health come as one message. */
const MAX_MESSAGE = 4 * 1024 * 1024
const EXPIRY: Status = { code: 'POL_REVOKED', text: 'The certificate of the connector has expired.' }
const NOTHING = { streams: 0, bytesPerSecond: 0, cpu: 0, residentBytes: 0 }

export function createConnectorSide(options: ConnectorSideOptions): ConnectorSide {
  const { state, relays, onEvent, onChanged, now } = options
  const links = createMemberLinks<ConnectorLink>(EXPIRY, now)
  const nameOf = (id: string) => state.members.get(id)?.name ?? id

  const configure = (connector: ConnectorLink) => {
    const { config, members } = state
    const member = members.get(connector.peer.id)
    if (!config || !member) return
    // Members change with every sign-in, and what is probed is long.
    const basis = JSON.stringify([state.generation, member.connectorGroup, member.draining, members.edges])
    if (basis === connector.basis) return
    connector.basis = basis
    const group = config.connectorGroups.find(({ name }) => name === member.connectorGroup)
    const message: EdgeSaysToConnector = {
      type: 'configure',
      group: member.connectorGroup ?? '',
      maxStreams: group?.maxStreams ?? 10_000,
      draining: member.draining,
      edges: [...members.edges],
      probes: group ? probesOf(config, group.name) : [],
      ...(group?.bytesPerSecond !== undefined && { bytesPerSecond: group.bytesPerSecond }),
    }
    const json = JSON.stringify(message)
    if (json === connector.configured) return
    connector.configured = json
    // What is not probed any more is not known any more.
    const probed = new Set(message.probes.map(({ segment }) => segment))
    for (const [key, { segment }] of connector.health) if (!probed.has(segment)) connector.health.delete(key)
    connector.link.message(message)
  }

  const onMessage = (connector: ConnectorLink, json: Json) => {
    const message = connectorSays.parse(json)
    switch (message.type) {
      case 'hello':
        links.heard(connector)
        connector.version = message.version
        connector.privateAddress = message.privateAddress
        return onChanged()
      case 'load':
        connector.load = message
        return
      case 'health':
        for (const report of message.reports) {
          const key = healthKey(report.segment, report.host, report.port)
          if (connector.health.has(key) || connector.health.size < MAX_HEALTH)
            connector.health.set(key, { ...report, at: now() })
        }
        return onChanged()
      case 'renew':
        void relays
          .renew(connector.peer, message.csr)
          .then(reply => connector.link.message({ type: 'renewed', reply }))
    }
  }

  return {
    get size() {
      return links.size
    },
    accept(socket, peer, from) {
      const link = createLink(socket, {
        side: 'acceptor',
        peer: PEER_CODES.connector,
        ...CONNECTOR_PING,
        maxMessage: MAX_MESSAGE,
        ...(options.windows && { windows: options.windows }),
        handlers: {
          onOpen: incoming =>
            incoming.refuse({ code: 'CON_PROTOCOL', text: 'A connector asks for no streams.' }),
          onMessage: json => onMessage(connector, json),
        },
      })
      const connector: ConnectorLink = {
        peer,
        from,
        since: now(),
        link,
        version: '',
        privateAddress: '',
        expired: false,
        health: new Map(),
        load: NOTHING,
        configured: '',
        basis: '',
      }
      links.add(connector)
      const who = nameOf(peer.id)
      onEvent({
        type: 'connected',
        kind: 'connector',
        who,
        address: from,
        text: 'A connector has connected.',
      })
      configure(connector)
      onChanged()
      void link.closed.then(({ text }) => {
        links.remove(connector)
        onEvent({ type: 'gone', kind: 'connector', who, address: from, text })
        onChanged()
      })
    },
    get: id => links.get(id),
    nameOf,
    candidates(serverGroup, segment, host, port) {
      const groups = new Map(state.policy?.connectorGroupsOf(serverGroup).map(group => [group.name, group]))
      const key = healthKey(segment, host, port)
      const seen = new Set<string>()
      const found: Candidate[] = []
      for (const { peer } of links) {
        const member = state.members.get(peer.id)
        const group = groups.get(member?.connectorGroup ?? '')
        const connector = links.get(peer.id)
        if (!member || !group || !connector || seen.has(peer.id)) continue
        seen.add(peer.id)
        found.push({
          id: peer.id,
          group: group.name,
          weight: group.weight,
          maxStreams: group.maxStreams,
          streams: connector.link.streams,
          draining: member.draining || connector.link.draining || connector.expired,
          silentMs: connector.link.silentMs,
          health: connector.health.get(key)?.state ?? 'unknown',
        })
      }
      return found
    },
    configure() {
      for (const connector of links) configure(connector)
    },
    check: () => links.check(state.members),
    expire: graceMs => links.expire(graceMs),
    list: () =>
      [...links]
        .slice(0, 1_000)
        .map(({ peer, from, privateAddress, since, version, load, link, health }) => ({
          id: peer.id,
          address: from,
          privateAddress,
          since,
          version,
          streams: load.streams,
          bytesPerSecond: load.bytesPerSecond,
          cpu: load.cpu,
          residentBytes: load.residentBytes,
          ...(link.roundTripMs !== undefined && { roundTripMs: link.roundTripMs }),
          health: [...health.values()],
        })),
    destroyAll: status => links.destroyAll(status),
  }
}

const healthKey = (segment: string, host: string, port: number) =>
  JSON.stringify([segment, readHost(host).text, port])
