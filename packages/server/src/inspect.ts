import type { Because } from '@portolan/channels'
import type { SessionInfo } from './link.ts'

/** A line of a control connection, as an administrator sees it. */
export interface DialogueLine {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly from: 'client' | 'server'
  /** Without its line end, at most 500 characters. Arguments of PASS and ACCT are `***`. */
  readonly text: string
}

/** A data connection of a session, open or over. */
export interface DataConnectionInfo {
  readonly session: string
  readonly user: string | undefined
  readonly command: string
  readonly path: string
  readonly direction: 'download' | 'upload' | 'listing'
  readonly mode: 'passive' | 'active'
  /** The two ends, as `address:port`. */
  readonly local: string
  readonly remote: string
  readonly because: Because
  readonly tls: { readonly protocol: string; readonly reused: boolean } | undefined
  /** Milliseconds since 1970. */
  readonly since: number
  /** Absent while it is open. */
  readonly ended?: { readonly at: number; readonly verdict: string; readonly text?: string }
  readonly bytes: number
  /** Bytes of the whole, where that is known before the end: downloads. */
  readonly size?: number
}

/** One session opened up. */
export interface SessionDetail extends SessionInfo {
  readonly userClass: string | undefined
  readonly userClassBecause: Because | undefined
  readonly home: string
  readonly folder: string
  /** TLS of the control connection. */
  readonly tlsProtocol: string | undefined
  readonly client: string
  /** What the client was told last about a data connection, and why. */
  readonly agreed:
    | { readonly mode: 'passive' | 'active'; readonly endpoint: string; readonly because: Because }
    | undefined
  /** The last 200 lines. */
  readonly dialogue: readonly DialogueLine[]
  /** Those that are open, then the last 20 that are over, newest first. */
  readonly dataConnections: readonly DataConnectionInfo[]
}

/** One port of a range, as an administrator sees it. */
export interface PortInfo {
  readonly port: number
  /** `failed`: the system refuses it. `resting`: given back unused a moment ago, and passed over for that client. */
  readonly state: 'free' | 'reserved' | 'in-use' | 'resting' | 'failed'
  /** Client addresses that are waited for. */
  readonly waitingFor: readonly string[]
  /** Sessions with a data connection through this port. */
  readonly sessions: readonly string[]
  /** Why the system refuses it. */
  readonly text?: string
}

/** Both ranges. Ports that are free and have nothing to tell are left out. */
export interface PortsPicture {
  readonly passive:
    | { readonly basePort: number; readonly numberOfPorts: number; readonly ports: readonly PortInfo[] }
    | undefined
  /** Absent when active mode is off; without `basePort` the system chooses ports. */
  readonly active:
    | { readonly basePort?: number; readonly numberOfPorts?: number; readonly ports: readonly PortInfo[] }
    | undefined
  /** Sessions that wait for a free passive port. */
  readonly waiting: number
}

/** Somebody whom the server keeps out. */
export interface BanInfo {
  readonly kind: 'address' | 'user'
  /** An IP address or a network in CIDR form, or a user name. */
  readonly value: string
  /** Milliseconds since 1970; absent: until it is lifted. */
  readonly until?: number
}
