import type { GatewayEnd, Status } from '../codes.ts'

/** Milliseconds since 1970; 0: not yet. */
export interface JoinTimes {
  readonly firstSent: number
  readonly lastSent: number
  readonly firstReceived: number
  readonly lastReceived: number
}

/** Two ends that were joined. `sent` is from the client to the server, `received` from the server to the client, wherever it is looked at. */
export interface Joined {
  /** Resolves, never rejects. Clean only when both directions came to their end, byte for byte. */
  readonly ended: Promise<GatewayEnd>
  /** Bytes so far. */
  readonly sent: number
  readonly received: number
  /** Milliseconds since 1970 of the last bytes in either direction. */
  readonly lastMovedAt: number
  readonly times: JoinTimes
  /** Breaks both ends. */
  abort(status: Status): void
}
