import type { EdgeBounds } from '../parts.ts'

/** Bounds that one may set, all of them given. */
export type Bounds = Required<EdgeBounds>

export const boundsOf = (given: EdgeBounds = {}): Bounds => ({
  streams: given.streams ?? 50_000,
  streamsPerAgent: given.streamsPerAgent ?? 1_000,
  agents: given.agents ?? 20_000,
  opensPerSecond: given.opensPerSecond ?? 500,
  connectionsPerClient: given.connectionsPerClient ?? 200,
  openMs: given.openMs ?? 10_000,
})

/** Connectors that one stream is asked of. */
export const MAX_TRIES = 3
/** A link that was silent for so long gets no new streams as long as there is another. Milliseconds; pings go much more often. */
export const SILENT_MS = 2_000
/** How often connectors and controllers are pinged, and how long they may be silent before they are lost. Milliseconds. */
export const CONNECTOR_PING = { pingMs: 700, lostMs: 10_000 } as const
export const CONTROLLER_PING = { pingMs: 700, lostMs: 2_500 } as const
/** How long a user's identity is waited for. Milliseconds. */
export const IDENTITY_MS = 2_000
/** How long a pin outlives its last stream. Milliseconds. */
export const PIN_LINGER_MS = 10_000
/** Expectations that one control stream has at once, and the longest that one may live, in seconds. */
export const MAX_EXPECTATIONS = 64
export const MAX_EXPECTATION_SECONDS = 120
/** Ends of streams that are kept while no controller takes them. */
export const MAX_WAITING_ENDS = 10_000
/** Enrolments and sign-ins that wait for the controller: in all, and from one address; and how long, in milliseconds. */
export const RELAYS = { waiting: 64, perAddress: 8, ms: 10_000 }
/** How long a member waits that the controller does not list yet, in milliseconds; and how many wait at once. */
export const ADMISSION_MS = 3_000
export const MAX_ADMISSIONS = 256
