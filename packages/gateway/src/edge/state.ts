import type { Status } from '../codes.ts'
import type { ControllerSays } from '../control/messages.ts'
import { compilePolicy } from '../policy/index.ts'
import type { AccessConfig, Policy } from '../policy/types.ts'
import { statusOf } from '../wire/status.ts'
import { createMembers, type Members } from './members.ts'
import { readConfig } from './read-config.ts'

/** The longest that a timer of Node waits, in milliseconds. */
export const LONGEST_TIMER_MS = 2_147_483_647

/**
 * Where the edge stands with its controller:
 * - `waiting`: there is a link, or there never was one, and not everything has been told on it yet.
 * - `ready`: configuration and members are those of the controller that is there.
 * - `lost`: what is open lives on, for the grace.
 * - `grace-over`: nothing is open any more.
 */
type Phase = 'waiting' | 'ready' | 'lost' | 'grace-over'

/** What the edge knows of its controller, and decides by. */
export interface EdgeState extends Disposable {
  readonly phase: Phase
  readonly config: AccessConfig | undefined
  /** Another with every configuration that was said, also when two have the same version. */
  readonly generation: number
  readonly policy: Policy | undefined
  readonly members: Members
  /** Set once, when the edge is taken out of service. */
  draining: boolean
  /** Why nobody gets a new stream now; undefined: streams are taken. */
  refusal(): Status | undefined
  connected(): void
  /** @throws when the configuration cannot be decided by */
  said(message: Extract<ControllerSays, { type: 'config' | 'members' }>): void
  lost(): void
}

export interface StateHandlers {
  /** Configuration and members of this controller are there. */
  onReady(): void
  /** After {@link StateHandlers.onReady} too, when either changes. */
  onChanged(what: 'config' | 'members'): void
  onGraceOver(): void
}

export function createState(handlers: StateHandlers): EdgeState {
  const members = createMembers()
  let phase: Phase = 'waiting'
  let config: AccessConfig | undefined
  let generation = 0
  let policy: Policy | undefined
  let heard = { config: false, members: false }
  let grace: NodeJS.Timeout | undefined
  let draining = false

  return {
    get phase() {
      return phase
    },
    get config() {
      return config
    },
    get generation() {
      return generation
    },
    get policy() {
      return policy
    },
    members,
    get draining() {
      return draining || members.draining
    },
    set draining(value) {
      draining = value
    },
    refusal() {
      if (draining || members.draining) return statusOf('EDG_DRAINING')
      return phase === 'ready' ? undefined : statusOf('EDG_CONTROLLER_LOST')
    },
    connected() {
      heard = { config: false, members: false }
    },
    said(message) {
      if (message.type === 'config') {
        const read = readConfig(message.config)
        policy = compilePolicy(read)
        config = read
        generation++
      } else members.said(message)
      heard = { ...heard, [message.type]: true }
      if (phase !== 'ready' && heard.config && heard.members) {
        phase = 'ready'
        clearTimeout(grace)
        handlers.onReady()
      }
      handlers.onChanged(message.type)
    },
    lost() {
      if (phase !== 'ready') return
      phase = 'lost'
      grace = setTimeout(
        () => {
          phase = 'grace-over'
          handlers.onGraceOver()
        },
        Math.min(members.graceMs, LONGEST_TIMER_MS),
      )
    },
    [Symbol.dispose]() {
      clearTimeout(grace)
    },
  }
}
