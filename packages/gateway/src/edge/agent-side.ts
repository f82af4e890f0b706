import type { TLSSocket } from 'node:tls'
import type { Status } from '../codes.ts'
import { agentOpen, agentSays, type EdgeSays } from '../control/messages.ts'
import type { MemberIdentity } from '../pki/types.ts'
import { refuseLink } from '../transport/refuse-link.ts'
import { createLink } from '../wire/link.ts'
import { statusOf } from '../wire/status.ts'
import type { WindowSettings } from '../wire/types.ts'
import { type Json, PEER_CODES } from '../wire/types.ts'
import { createAgentDefinitions } from './agent-definitions.ts'
import { agentStream } from './agent-stream.ts'
import type { EdgeParts } from './edge-parts.ts'
import { createMemberLinks, type MemberLink } from './member-links.ts'
import type { Relays } from './relays.ts'

type Connected = Extract<EdgeSays, { type: 'connected' }>['agents'][number]

/** An agent that is connected. Who its user is says the controller, never the agent. */
export interface AgentLink extends MemberLink {
  readonly user: string
  /** What its machine is called. */
  readonly device: string
  labels(): readonly string[]
  platform: string
}

export interface AgentSide {
  readonly size: number
  accept(socket: TLSSocket, peer: MemberIdentity, from: string): void
  /** Tells agents what they have to take; of one user, or of all. Those of whom nothing changed are told nothing. */
  define(user?: string): void
  /** The same for all, when a time window has begun or ended. */
  defineAnew(): void
  /** That user is gone, or disabled. */
  userGone(user: string): void
  check(): void
  expire(graceMs: number): void
  list(): Connected[]
  /** No new streams; those that are open go on. */
  goAway(status: Status): void
  destroyAll(status: Status): Promise<void>
}

export interface AgentSideOptions {
  readonly parts: EdgeParts
  readonly relays: Relays
  /** Who is connected has changed. */
  onChanged(): void
  onRefused(from: string, status: Status): void
  readonly windows?: WindowSettings | undefined
}

export function createAgentSide(options: AgentSideOptions): AgentSide {
  const { parts, relays, onChanged, onRefused, windows } = options
  const { state, identities, bounds, onEvent, now } = parts
  const links = createMemberLinks<AgentLink>(statusOf('AGT_SIGN_IN_EXPIRED'), now)
  const definitions = createAgentDefinitions(parts)
  /** How many links a user has. */
  const users = new Map<string, number>()

  const onMessage = (agent: AgentLink, json: Json) => {
    const message = agentSays.parse(json)
    if (message.type === 'renew') {
      void relays.renew(agent.peer, message.csr).then(reply => agent.link.message({ type: 'renewed', reply }))
      return
    }
    links.heard(agent)
    agent.version = message.version
    agent.privateAddress = message.privateAddress
    agent.platform = message.platform
    onChanged()
  }

  const refuse = (socket: TLSSocket, status: Status, from: string) => {
    refuseLink(socket, status)
    onRefused(from, status)
  }

  return {
    get size() {
      return links.size
    },
    accept(socket, peer, from) {
      const member = state.members.get(peer.id)
      if (!member?.user) return refuse(socket, statusOf('POL_REVOKED'), from)
      if (links.size >= bounds.agents) return refuse(socket, statusOf('EDG_BUSY'), from)
      const { user, name: device } = member
      const link = createLink(socket, {
        side: 'acceptor',
        peer: PEER_CODES.agent,
        // What is beyond the bound is refused with a row of the log; what is far beyond is refused without one.
        maxStreams: bounds.streamsPerAgent * 2,
        opensPerSecond: bounds.opensPerSecond,
        ...(windows && { windows }),
        handlers: {
          onOpen: incoming => void agentStream(parts, agent, agentOpen.parse(incoming.ask), incoming),
          onMessage: json => onMessage(agent, json),
        },
      })
      const agent: AgentLink = {
        peer,
        from,
        since: now(),
        link,
        version: '',
        privateAddress: '',
        expired: false,
        user,
        device,
        labels: () => state.members.get(peer.id)?.labels ?? [],
        platform: '',
      }
      links.add(agent)
      users.set(user, (users.get(user) ?? 0) + 1)
      const who = `${user} at ${device}`
      onEvent({ type: 'connected', kind: 'agent', who, address: from, text: 'An agent has connected.' })
      onChanged()
      void identities.of(user).then(identity => {
        if (identity === 'gone') link.destroy(statusOf('POL_USER_UNKNOWN'))
        else definitions.plan(agent)
      })
      void link.closed.then(({ text }) => {
        links.remove(agent)
        definitions.forget(agent)
        const left = (users.get(user) ?? 0) - 1
        if (left > 0) users.set(user, left)
        else {
          users.delete(user)
          identities.forget(user)
        }
        onEvent({ type: 'gone', kind: 'agent', who, address: from, text })
        onChanged()
      })
    },
    define(user) {
      for (const agent of links) if (user === undefined || agent.user === user) definitions.plan(agent)
    },
    defineAnew: () => definitions.planAnew(links),
    userGone(user) {
      for (const agent of [...links])
        if (agent.user === user) agent.link.destroy(statusOf('POL_USER_UNKNOWN'))
    },
    check: () => links.check(state.members),
    expire: graceMs => links.expire(graceMs),
    list: () =>
      [...links].slice(0, 20_000).map(agent => ({
        id: agent.peer.id,
        user: agent.user,
        device: agent.device,
        address: agent.from,
        privateAddress: agent.privateAddress,
        since: agent.since,
        version: agent.version,
        platform: agent.platform,
        streams: agent.link.streams,
        signInExpiresAt: agent.peer.expiresAt,
      })),
    goAway(status) {
      for (const { link } of links) link.goAway(status)
    },
    destroyAll(status) {
      definitions[Symbol.dispose]()
      return links.destroyAll(status)
    },
  }
}
