import { createHash } from 'node:crypto'
import type { EdgeSaysToAgent } from '../control/messages.ts'
import type { AgentLink } from './agent-side.ts'
import type { EdgeParts } from './edge-parts.ts'

/** What agents have to take: worked out in small turns, since every change may be one for all of them. */
export interface AgentDefinitions extends Disposable {
  /** Soon, if anything changed for that agent. */
  plan(agent: AgentLink): void
  /** A time window has begun or ended: what was worked out before does not count. */
  planAnew(agents: Iterable<AgentLink>): void
  forget(agent: AgentLink): void
}

const MAX_DEFINITIONS = 20_000
/** Milliseconds of one turn; streams go on between turns. */
const TURN_MS = 5

/** What an agent was told, and of what it was made. */
interface Told {
  /** Of everything that definitions depend on but the time. */
  readonly basis: string
  /** Of the message, but for its version. */
  readonly hash: string
}

export function createAgentDefinitions({
  state,
  identities,
  now,
}: Pick<EdgeParts, 'state' | 'identities' | 'now'>): AgentDefinitions {
  const told = new WeakMap<AgentLink, Told>()
  const planned = new Set<AgentLink>()
  let turn: NodeJS.Immediate | undefined

  const define = (agent: AgentLink) => {
    const { policy, members } = state
    const identity = identities.known(agent.user)
    if (!policy || identity === undefined || identity === 'gone') return
    const { groups } = identity
    const deviceLabels = agent.labels()
    const edges = [...members.edges]
    const basis = JSON.stringify([state.generation, groups, deviceLabels, edges])
    const before = told.get(agent)
    if (before?.basis === basis) return
    const who = { user: agent.user, groups, clientAddress: agent.from, deviceLabels }
    const message: EdgeSaysToAgent = {
      type: 'definitions',
      version: policy.version,
      definitions: policy
        .definitions(who, now())
        .slice(0, MAX_DEFINITIONS)
        .map(({ applications, ports, ...rest }) => ({
          ...rest,
          applications: [...applications],
          ports: [...ports],
        })),
      edges,
      signInExpiresAt: agent.peer.expiresAt,
    }
    const hash = createHash('sha256')
      .update(JSON.stringify({ ...message, version: 0 }))
      .digest('base64')
    told.set(agent, { basis, hash })
    // Another version that says the same is no news.
    if (hash !== before?.hash) agent.link.message(message)
  }

  const work = () => {
    turn = undefined
    const until = performance.now() + TURN_MS
    for (const agent of planned) {
      planned.delete(agent)
      define(agent)
      if (performance.now() >= until) break
    }
    if (planned.size > 0) turn = setImmediate(work)
  }
  const plan = (agent: AgentLink) => {
    planned.add(agent)
    turn ??= setImmediate(work)
  }
  return {
    plan,
    planAnew(agents) {
      for (const agent of agents) {
        const before = told.get(agent)
        if (before) told.set(agent, { ...before, basis: '' })
        plan(agent)
      }
    },
    forget: agent => planned.delete(agent),
    [Symbol.dispose]() {
      if (turn) clearImmediate(turn)
      planned.clear()
    },
  }
}
