import type { Status } from '../codes.ts'
import type {
  AccessPolicy,
  ConnectorGroup,
  ForwardingPolicy,
  Publication,
  Segment,
  SegmentGroup,
  ServerGroup,
} from '../model/index.ts'

/** Everything that decisions are made from, as of one moment. A controller sends it to its edges as it is. */
export interface AccessConfig {
  /** Grows with every change, over all nodes. */
  readonly version: number
  readonly segments: readonly Segment[]
  readonly segmentGroups: readonly SegmentGroup[]
  readonly serverGroups: readonly ServerGroup[]
  readonly connectorGroups: readonly ConnectorGroup[]
  readonly forwarding: ForwardingPolicy
  readonly access: AccessPolicy
  readonly publications: readonly Publication[]
  /** Networks in CIDR form in which `on-net` segments are bypassed. */
  readonly trustedNetworks: readonly string[]
}

/** Who asks. */
export interface Requester {
  readonly user: string
  readonly groups: readonly string[]
  /** From where the agent reaches the edge. */
  readonly clientAddress: string
  readonly deviceLabels: readonly string[]
}

/** What is asked for: an address or a name, and a port. */
export interface Target {
  readonly host: string
  readonly port: number
}

/** The rule that decided. */
export interface RuleRef {
  readonly policy: 'segment' | 'forwarding' | 'access'
  readonly name: string
  /** Its place in the policy, from 1; absent for a segment's own bypass. */
  readonly place?: number
}

/**
 * The decision and all that led to it. `action`:
 * - `allow`: the stream may be opened.
 * - `bypass`: agents connect directly and no stream is opened.
 * - `deny`: it is refused.
 */
export interface AccessDecision {
  readonly action: 'allow' | 'bypass' | 'deny'
  /** For `allow` there is none. */
  readonly status?: Status
  readonly rule?: RuleRef
  readonly segment?: string
  /** The application of the segment that fits the target best, as it was written. */
  readonly application?: string
  /** Every step that was taken, in order, as sentences; the last one is the reason. */
  readonly because: readonly string[]
  /** Said to the user, when the rule has a message. */
  readonly message?: string
}

/** What an agent is told of a segment: what to take, and whether to forward it. */
export interface Definition {
  readonly segment: string
  readonly applications: readonly string[]
  readonly ports: readonly { readonly from: number; readonly to: number }[]
  readonly action: 'forward' | 'bypass'
  /** Why, as a sentence. */
  readonly because: string
  readonly doubleEncryption: boolean
  readonly inspection: 'off' | 'ftp'
}

/** A configuration that was made ready: indexes by address and name, networks compiled. Pure: no clock, no I/O. */
export interface Policy {
  readonly version: number
  /**
   * Segment's bypass, then the client forwarding policy, then the access policy; the most specific segment first, then the first
   * rule that fits. At most 50 µs with ten thousand segments and rules.
   * @param now - milliseconds since 1970, for time windows
   */
  decide(who: Requester, target: Target, now: number): AccessDecision
  /**
   * What an agent of that user has to know. `forward-allowed` leaves out what is not allowed, but for parts of wider segments that are
   * forwarded: these are told as bypassed.
   */
  definitions(who: Requester, now: number): readonly Definition[]
  /** The segment that an allowed decision names. */
  segment(name: string): Segment | undefined
  /** The connector groups of a segment that are enabled. */
  connectorGroupsOf(serverGroup: string): readonly ConnectorGroup[]
  /** When a time window begins or ends next after `now`, so that definitions are made anew; undefined: never. */
  nextChange(now: number): number | undefined
}
