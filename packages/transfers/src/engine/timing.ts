/** The clocks of an engine, in milliseconds. */
export interface EngineTiming {
  /** How long a node has a run without saying that it lives. Default 15,000. */
  readonly lease: number
  /** How often it says so. Default 5,000. */
  readonly heartbeat: number
  /** How often the queue is looked at when nothing wakes the engine: for leases of others that have run out. Default 5,000. */
  readonly poll: number
}

export const DEFAULT_TIMING: EngineTiming = { lease: 15_000, heartbeat: 5_000, poll: 5_000 }
