/** A transfer that the person stopped. */
export interface Stopped {
  readonly name: string
  /** Bytes that stand for the next run; 0: none. */
  readonly kept: number
}

/** What a run has come to so far. */
export class Tally {
  done = 0
  /** Of these, files that were transferred. */
  files = 0
  /** Bytes of what is done. */
  bytes = 0
  /** Left out because their server could not be used. */
  notTried = 0
  readonly failures: unknown[] = []
  readonly stopped: Stopped[] = []
  /** What a mirror says of itself. */
  mirror: object | undefined
}
