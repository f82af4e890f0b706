import type { ClientOptions } from '@portolan/client'
import type { Step } from './evidence.ts'

/** What is to be examined, and how far. Only `options` is needed. */
export interface DoctorAsk {
  /** As for the client that does not get through. */
  readonly options: ClientOptions
  /** The folder to list; default that of the login. */
  readonly folder?: string
  /** A file to download while NOOP is sent; default one of the folder that is large enough. */
  readonly file?: string
  /** Upload, download, compare and remove a file in this folder. Default: nothing is written. */
  readonly writeTest?: string
  /** Send the password in the clear too, although `options` ask for TLS. Default false. */
  readonly allowClear?: boolean
  /** Seconds of silence on the control connection to try, each. Default none. */
  readonly idle?: readonly number[]
  /** Milliseconds for each wait of a step. Default 10,000. */
  readonly stepMs?: number
  /** Milliseconds for all together, without {@link idle}. Default 180,000. */
  readonly totalMs?: number
  readonly signal?: AbortSignal
  /** Told of each step when it is over, in the order in which they end. */
  readonly onStep?: (step: Step) => void
}
