import type { Status } from './codes.ts'
import type { GatewayError } from './errors.ts'
import type { WindowSettings } from './wire/types.ts'

/** What edge, connector and agent have in common: where their identity is kept, and how they say what happens. */
export interface PartOptions<Event> {
  /** Folder of the identity, made owner-only. */
  readonly folder: string
  /** The text of an invitation; needed once, and afterwards not looked at. */
  readonly invitation?: string
  readonly version: string
  onEvent(event: Event): void
  readonly windows?: WindowSettings
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

export interface EdgeOptions extends PartOptions<EdgeEvent> {
  /** What it is called; needed at enrolment. */
  readonly name: string
  readonly host: string
  readonly port: number
  /** Where agents and connectors reach it, `HOST:PORT`; empty: the address that is bound. */
  readonly addresses: readonly string[]
  readonly bounds?: EdgeBounds
}

/** How much an edge carries. What is beyond is refused with a status of its own, and others go on. */
export interface EdgeBounds {
  /** Streams that are open or being opened, of all. Default 50,000. */
  readonly streams?: number
  /** Streams of one agent. Default 1,000. */
  readonly streamsPerAgent?: number
  /** Agents that are connected. Default 20,000. */
  readonly agents?: number
  /** Streams that one agent may ask for in a second. Default 500. */
  readonly opensPerSecond?: number
  /** Connections from one client address to one publication. Default 200. */
  readonly connectionsPerClient?: number
  /** How long a stream may take to be opened, over all connectors that are asked. Milliseconds, default 10,000. */
  readonly openMs?: number
}

export type EdgeEvent =
  | { readonly type: 'listening'; readonly address: string; readonly port: number }
  | {
      readonly type: 'controller'
      readonly state: 'connected' | 'lost' | 'grace-over'
      readonly text: string
    }
  | {
      readonly type: 'connected' | 'gone'
      readonly kind: 'agent' | 'connector'
      readonly who: string
      readonly address: string
      readonly text: string
    }
  | { readonly type: 'refused-link'; readonly address: string; readonly status: Status }
  | {
      readonly type: 'stream'
      readonly connection: string
      readonly user: string
      readonly target: string
      readonly status?: Status
    }
  | { readonly type: 'warning'; readonly code: string; readonly text: string }

/** A running edge. */
export interface Edge extends AsyncDisposable {
  readonly id: string
  readonly address: { readonly address: string; readonly port: number }
  figures(): {
    readonly agents: number
    readonly connectors: number
    readonly streams: number
    readonly refusedLinks: number
  }
  /** Takes no new streams and waits for those that are open, or until the signal. */
  drain(signal: AbortSignal): Promise<void>
}

export interface ConnectorOptions extends PartOptions<ConnectorEvent> {
  readonly name: string
  /** Milliseconds that a server may take to accept. Default 5,000. */
  readonly dialMs?: number
}

export type ConnectorEvent =
  | {
      readonly type: 'edge'
      readonly edge: string
      readonly state: 'connected' | 'lost' | 'refused'
      readonly text: string
    }
  | {
      readonly type: 'stream'
      readonly connection: string
      readonly user: string
      readonly target: string
      readonly status?: Status
    }
  | {
      readonly type: 'health'
      readonly segment: string
      readonly host: string
      readonly port: number
      readonly state: 'up' | 'down' | 'unknown'
    }
  | { readonly type: 'warning'; readonly code: string; readonly text: string }

/** A running connector. It listens nowhere. */
export interface Connector extends AsyncDisposable {
  readonly id: string
  figures(): { readonly edges: number; readonly streams: number }
  drain(signal: AbortSignal): Promise<void>
}

/** Where an agent takes connections. `HOST:PORT`, loopback unless somebody says otherwise. */
export interface Interception {
  readonly socks5?: {
    readonly host: string
    readonly port: number
    /** What a client has to know (RFC 1929). Absent: whoever reaches the port may use it. */
    readonly login?: { readonly user: string; readonly password: string }
  }
  readonly http?: { readonly host: string; readonly port: number }
  /** A listener of its own for one application. */
  readonly listeners?: readonly {
    readonly host: string
    readonly port: number
    readonly target: { readonly host: string; readonly port: number }
  }[]
  /** Linux, with the right to administer the network: all connections to the applications, by nftables. */
  readonly transparent?: boolean
}

export interface AgentOptions extends PartOptions<AgentEvent> {
  readonly user: string
  /** What this machine is called. */
  readonly device: string
  readonly labels: readonly string[]
  /** Asked for when a sign-in is needed: at the start, and when one has expired. */
  credentials(why: {
    readonly codeNeeded: boolean
    readonly text: string
    /** How often in this sign-in what was given has been refused. */
    readonly refusals: number
  }): Promise<{ readonly password: string; readonly code?: string } | { readonly token: string } | undefined>
  readonly intercept: Interception
}

export type AgentEvent =
  | { readonly type: 'signed-in'; readonly user: string; readonly until: number }
  | {
      readonly type: 'edge'
      readonly edge: string
      readonly state: 'connected' | 'lost' | 'refused'
      readonly text: string
    }
  | {
      readonly type: 'listening'
      readonly how: 'socks5' | 'http' | 'listener' | 'transparent'
      readonly address: string
    }
  | {
      readonly type: 'definitions'
      readonly segments: number
      /** The first application that is forwarded, to show how to reach it. */
      readonly example?: { readonly host: string; readonly port: number }
    }
  /** What became of a connection; `how` says whether it was forwarded, bypassed or refused. */
  | {
      readonly type: 'connection'
      readonly how: 'forwarded' | 'bypassed' | 'refused' | 'ended'
      readonly target: string
      readonly text: string
      readonly status?: Status
    }
  | { readonly type: 'warning'; readonly code: string; readonly text: string }

/** A running agent. */
export interface Agent extends AsyncDisposable {
  readonly user: string
  /** Resolves when it is signed out for good, with why: nothing is forwarded any more until it is started anew. */
  readonly signedOut: Promise<GatewayError>
  figures(): { readonly edge: string | undefined; readonly streams: number }
  /** What would become of a connection to that target, without making it. */
  why(target: { readonly host: string; readonly port: number }): {
    readonly action: 'forward' | 'bypass' | 'direct'
    readonly because: string
  }
  /** Takes no new streams and waits for those that are open, or until the signal. */
  drain(signal: AbortSignal): Promise<void>
}
