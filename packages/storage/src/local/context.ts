import type { Confinement } from './confinement.ts'
import type { FileCopier } from './copy-base.ts'
import type { Leftovers } from './leftovers.ts'
import type { Owners } from './owners.ts'
import type { Pace } from './pace.ts'

/** What the operations of one local storage share. */
export interface LocalContext {
  readonly confinement: Confinement
  readonly pace: Pace
  readonly owners: Owners
  /** Whether the folders on the way to the root are dated by this machine: see `QuietWay`. */
  readonly quietWays: boolean
  readonly leftovers: Leftovers
  readonly copier: FileCopier
  /** Whether a published upload survives a loss of power. */
  readonly durable: boolean
  /** Permission bits that new files and folders do not get; undefined leaves that to the process. */
  readonly umask: number | undefined
  /** Milliseconds that a broken upload is kept; 0 keeps none. */
  readonly keepBrokenMs: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}
