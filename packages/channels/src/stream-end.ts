/**
 * What broke a data stream. Stable across releases:
 *
 * - `reset`: the peer sent RST, or the network did.
 * - `truncated`: TCP ended under TLS without close_notify, so anybody may have ended it.
 * - `tls`: a record could not be decrypted, or the peer sent an alert.
 * - `stalled`: no byte moved for the stall time.
 * - `peer-closed`: the reader went away before it had everything.
 * - `format`: the bytes are not what the transfer mode promises (MODE Z that does not inflate, or ends early).
 * - `aborted`: we ended it: ABOR, QUIT, a lost control connection, a shutdown.
 */
export type BreakCode = 'reset' | 'truncated' | 'tls' | 'stalled' | 'peer-closed' | 'format' | 'aborted'

/** Who is at the other end of a connection. */
export type Peer = 'client' | 'server'

/** What broke a data stream, and the sentence that says so. */
export interface BreakCause {
  readonly code: BreakCode
  readonly text: string
}

/**
 * How a data stream ended. Nothing turns `broken` into `clean`, and only `clean` can become 226.
 * `bytes` are those of the data connection's payload (after TLS; before inflating or TYPE A conversion).
 */
export type StreamEnd =
  | { readonly kind: 'clean'; readonly bytes: number }
  | { readonly kind: 'broken'; readonly bytes: number; readonly cause: BreakCause }

/** Whether an unknown value, such as the reason of a signal, is a cause. */
export function isBreakCause(value: unknown): value is BreakCause {
  if (typeof value !== 'object' || value === null || value instanceof Error) return false
  return (
    'code' in value && 'text' in value && typeof value.code === 'string' && typeof value.text === 'string'
  )
}
