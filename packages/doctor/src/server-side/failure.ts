import type { Because } from '@portolan/channels'

/** A data connection of a server that failed: what the server's log knows of it. */
export interface DataFailure {
  /** Milliseconds since 1970. */
  readonly at: number
  /** `none`: there never was a connection that could be used. `broken`: it ended in the middle of a transfer. */
  readonly kind: 'none' | 'broken'
  /** Of the event: of a `ChannelError`, or `REPLY_` and the code of the refusal. Not looked at where `kind` is `broken`. */
  readonly code: string
  /** The sentence the client was told. */
  readonly text: string
  readonly user: string
  /** The client's address on the control connection. */
  readonly address: string
  readonly command: string
  readonly mode?: 'passive' | 'active' | undefined
  /** What the client was told, or has announced, as `address:port`. */
  readonly endpoint?: string | undefined
  /** Why it was told so. */
  readonly because?: Because | undefined
}

/** A transfer that went well, for the comparison. */
export interface DataSuccess {
  readonly address: string
  readonly mode: string
  /** The server's end, as `address:port`. */
  readonly local: string
}

/** What failures are compared with. */
export interface FailureContext {
  /** Transfers of the same time that were complete. */
  readonly successes: readonly DataSuccess[]
  /** The passive range in force; absent when passive mode is off. */
  readonly passive?: { readonly basePort: number; readonly numberOfPorts: number } | undefined
}

/** What failures have in common, and what to do. */
export interface Cause {
  /** Stable, such as `PASSIVE_RANGE_CLOSED`. */
  readonly code: CauseCode
  /** A few words. */
  readonly title: string
  /** What happened, and how that is known. */
  readonly cause: string
  /** What to do, the likeliest first. Settings are named by their path. */
  readonly advice: readonly string[]
}

/** Every cause there is. Stable across releases. */
export const CAUSE_CODES = [
  'SERVER_ADVERTISES_PRIVATE',
  'WRONG_EXTERNAL_ADDRESS',
  'NAT_HAIRPIN',
  'SEPARATE_DATA_HOST',
  'PASSIVE_RANGE_CLOSED',
  'PASSIVE_RANGE_PARTLY_OPEN',
  'CLIENT_FIREWALL',
  'CLIENT_CAME_NOT',
  'CLIENT_GAVE_UP',
  'NO_FREE_PORT',
  'PORTS_REFUSED_BY_SYSTEM',
  'ADDRESS_UNKNOWN',
  'PASV_NEEDS_IPV4',
  'CLIENT_BEHIND_NAT',
  'ACTIVE_LOW_PORT',
  'ACTIVE_REFUSED',
  'ACTIVE_FILTERED',
  'ACTIVE_NO_ROUTE',
  'ACTIVE_PORTS_BUSY',
  'ACTIVE_FAILED',
  'DATA_TLS_FAILED',
  'CERTIFICATE_NOT_TRUSTED',
  'CLIENT_CERTIFICATE_NEEDED',
  'NO_COMMON_TLS',
  'NOT_TLS',
  'SESSION_REUSE_REQUIRED',
  'DATA_ENCRYPTION_REQUIRED',
  'MODE_SWITCHED_OFF',
  'WRONG_ORDER',
  'REPLACED',
  'SETTING_UNUSABLE',
  'PROXY_HEADER',
  'BROKEN_RESET',
  'BROKEN_TRUNCATED',
  'BROKEN_TLS',
  'BROKEN_STALLED',
  'BROKEN_CLOSED',
  'BROKEN_FORMAT',
  'BROKEN_ENDED',
  'OTHER',
] as const
export type CauseCode = (typeof CAUSE_CODES)[number]

/** Failures with one cause. */
export interface FailureGroup extends Cause {
  /** The newest first. */
  readonly failures: readonly DataFailure[]
}
