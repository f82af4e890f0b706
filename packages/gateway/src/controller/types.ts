import type { Store } from '@portolan/store'
import type { StreamReport } from '../control/messages.ts'
import type { Invitation } from '../pki/types.ts'
import type { AccessDecision, Requester, Target } from '../policy/types.ts'

/** The part of the settings that a controller goes by. Times are milliseconds. */
export interface ControllerSettings {
  readonly host: string
  readonly port: number
  /** What invitations say; empty: the address that is bound. `HOST:PORT`. */
  readonly publicAddresses: readonly string[]
  /** How long streams of an edge live without its controller. */
  readonly grace: number
  /** A session in which nothing moves for so long is ended. */
  readonly idleTimeout: number
  /** How long a sign-in of an agent is good. */
  readonly signInLifetime: number
  /** How long certificates of edges and connectors are good; they renew at two thirds. */
  readonly certificateLifetime: number
  readonly trustedNetworks: readonly string[]
}

/** The people of the node, as the controller asks for them. */
export interface People {
  /**
   * Checks a password or token, and the second factor where there is one; throttled by the node.
   * @throws {GatewayError} `GATEWAY_SIGN_IN_REFUSED`, `GATEWAY_CODE_NEEDED`
   */
  signIn(ask: {
    user: string
    password?: string
    code?: string
    token?: string
    address: string
  }): Promise<void>
  /** Undefined: no such user, or disabled, or expired. */
  identify(user: string): Promise<{ readonly groups: readonly string[] } | undefined>
}

export interface ControllerOptions {
  readonly store: Pick<Store, 'access' | 'changes'>
  readonly node: string
  settings(): ControllerSettings
  readonly people: People
  onEvent(event: ControllerEvent): void
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

/** For log, figures, audit and live pages. */
export type ControllerEvent =
  | { readonly type: 'edge-connected' | 'edge-lost'; readonly edge: string; readonly address: string }
  | {
      readonly type: 'enrolled' | 'renewed' | 'enrol-refused' | 'signed-in' | 'sign-in-refused'
      readonly who: string
      readonly address: string
      readonly text: string
    }
  | { readonly type: 'streams'; readonly streams: readonly StreamReport[] }
  | { readonly type: 'warning'; readonly code: string; readonly text: string }

/** What is connected now. */
export interface LiveEdge {
  readonly id: string
  readonly name: string
  readonly address: string
  readonly since: number
  readonly version: string
  readonly streams: number
  readonly bytesPerSecond: number
  readonly cpu: number
  readonly residentBytes: number
  readonly refusedLinks: number
  readonly connectors: readonly LiveConnector[]
  readonly agents: readonly LiveAgent[]
}
export interface LiveConnector {
  readonly id: string
  readonly address: string
  readonly privateAddress: string
  readonly since: number
  readonly version: string
  readonly streams: number
  readonly bytesPerSecond: number
  readonly cpu: number
  readonly residentBytes: number
  readonly roundTripMs?: number
  readonly health: readonly {
    readonly segment: string
    readonly host: string
    readonly port: number
    readonly state: 'up' | 'down' | 'unknown'
    readonly ms?: number
    readonly text?: string
    readonly at: number
  }[]
}
export interface LiveAgent {
  readonly id: string
  readonly user: string
  readonly device: string
  readonly address: string
  readonly privateAddress: string
  readonly since: number
  readonly version: string
  readonly platform: string
  readonly streams: number
  readonly signInExpiresAt: number
}

/** The controller of a node: it decides, enrols and keeps; it carries no payload. */
export interface Controller extends AsyncDisposable {
  /** What is bound. */
  readonly address: { readonly address: string; readonly port: number }
  /** SHA-256 of the authority's certificate. */
  readonly authority: string
  /** The invitation for a provisioning key whose secret is known, or for agents. */
  invitation(
    ask: { kind: 'edge' | 'connector'; key: string; secret: string } | { kind: 'agent' },
  ): Promise<Invitation>
  /** What an edge would decide for that user now. The same function, the same configuration. */
  why(
    who: Omit<Requester, 'groups'> & { groups?: readonly string[] },
    target: Target,
    now?: number,
  ): Promise<AccessDecision>
  live(): readonly LiveEdge[]
  /** Streams that are open, of all edges that are connected to this node. */
  streams(): readonly StreamReport[]
  /** Ends streams; answers to how many edges it was said. */
  kick(ask: { connection?: string; session?: string; user?: string }): number
  /** Settings are others. */
  apply(): Promise<void>
}
