import type { Because } from '@portolan/channels'
import type { Endpoint, Reply } from '@portolan/protocol'
import type { FtpError, Rung } from './errors.ts'

/** What was decided. */
export type DecisionAbout =
  | 'mode'
  | 'passive-address'
  | 'external-address'
  | 'listing'
  | 'resume'
  | 'verify'
  | 'pipelining'
  | 'connections'
  | 'zone'

/** Everything a client tells of itself. `session` counts control connections from 1. Never holds a password. */
export type ClientEvent =
  | {
      readonly type: 'connected'
      readonly session: number
      readonly local: Endpoint
      readonly remote: Endpoint
      readonly ms: number
    }
  | { readonly type: 'sent'; readonly session: number; readonly line: string }
  | { readonly type: 'received'; readonly session: number; readonly reply: Reply }
  | {
      readonly type: 'decision'
      readonly session: number
      readonly about: DecisionAbout
      readonly because: Because
    }
  | {
      readonly type: 'tls'
      readonly session: number
      readonly channel: 'control' | 'data'
      readonly protocol: string
      readonly cipher: string
      readonly reused: boolean
    }
  | {
      readonly type: 'data-opened'
      readonly session: number
      readonly rung: Rung
      readonly local: Endpoint
      readonly remote: Endpoint
      readonly because: Because
      readonly ms: number
    }
  | {
      readonly type: 'rung-left'
      readonly session: number
      readonly rung: Rung
      readonly because: Because
    }
  | { readonly type: 'warning'; readonly session: number; readonly because: Because }
  | {
      readonly type: 'retry'
      readonly what: string
      readonly attempt: number
      readonly delayMs: number
      readonly error: FtpError
    }
  | { readonly type: 'closed'; readonly session: number; readonly because: Because }
