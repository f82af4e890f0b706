import type { SecureVersion } from 'node:tls'
import type { Way } from '../support/transfers.ts'

/**
 * One step of a dialogue. In texts, `{user}` and `{password}` are those of the session, `{port}` is the port of the last
 * `listen`, and `{portBytes}` the same as PORT writes it.
 */
export type Step =
  /** A line, sent with its CRLF in UTF-8, and the codes of the replies that come, preliminary ones included. */
  | { readonly send: string; readonly expect: Codes; readonly text?: RegExp }
  /** Bytes as they are (Latin-1), several lines or less than one, and the codes that come. */
  | { readonly bytes: string; readonly expect: Codes; readonly text?: RegExp }
  /** Replies to lines of earlier steps. */
  | { readonly expect: Codes; readonly text?: RegExp }
  /** Agrees on a data connection; a passive one is dialled at once, unless `dial` is false. */
  | { readonly data: Way; readonly dial?: false }
  /** Listens for the server, and announces nothing. */
  | { readonly listen: true }
  /** Bytes (Latin-1) over the data connection, and then how it ends; `open` leaves it standing. */
  | { readonly put: string; readonly end?: 'open' | 'reset' }
  /** Everything that comes over the data connection up to its end. */
  | { readonly get: string | RegExp }
  /** Reads the data connection to its end, whatever comes; the bytes, when a number is given. */
  | { readonly drain: number | 'reset' }
  /** A TLS handshake on the control connection; `P` goes on with PBSZ and PROT. */
  | { readonly handshake: SecureVersion }
  /** CCC, its reply 200, and on in the clear. */
  | { readonly clear: true }
  /** A file on the server's disk, below the user's home: its content (Latin-1), or undefined for none. */
  | { readonly disk: string; readonly holds: string | undefined }

/** A reply code, or those of several replies in their order. */
export type Codes = number | readonly number[]

/** A dialogue, and how it has to go. */
export interface Script {
  readonly name: string
  /** Listener; default `clear`. */
  readonly listener?: 'clear' | 'optional' | 'required' | 'implicit' | 'private'
  /** Who is logged in when it begins; default `alice`, who may do everything. `nobody`: no login. */
  readonly as?: Role
  readonly steps: readonly Step[]
  /**
   * What has to be true afterwards. Default `usable`: NOOP is answered, QUIT too, and nothing else comes. `closed`: the
   * server has ended the connection after its last reply. `cut`: the same, and how it ends does not matter.
   */
  readonly ends?: 'usable' | 'closed' | 'cut'
}

/** What users may do, by the beginning of their names. */
export type Role = 'alice' | 'nobody' | 'reader' | 'restricted' | 'quota' | 'appender'

/** Lines that are answered with one reply each. */
export const each = (expect: number, ...lines: readonly string[]): Step[] =>
  lines.map(send => ({ send, expect }))
