import type { Account } from '../policy/account.ts'
import type { UserFiles } from './user-files.ts'

/** What a session may do next. One field says it all, so that no two flags can disagree. */
export type SessionState =
  | { readonly phase: 'greeted' }
  | { readonly phase: 'named'; readonly user: string; readonly anonymous: boolean }
  | { readonly phase: 'ready'; readonly account: Account; readonly files: UserFiles }

/**
 * What an earlier command prepared for the next one. A new command of the same kind replaces it; the command it was
 * meant for, and REIN, take it away.
 */
export type Preparation =
  | { readonly kind: 'none' }
  | { readonly kind: 'restart'; readonly offset: number }
  | { readonly kind: 'range'; readonly start: number; readonly end: number }
  | { readonly kind: 'rename'; readonly from: string }
  | { readonly kind: 'copy'; readonly from: string }

/** The representation of transfers: RFC 959 sections 3.1 and 3.4, and MODE Z. */
export interface Representation {
  readonly type: 'ascii' | 'binary'
  readonly mode: 'stream' | 'deflate'
  /** zlib level of MODE Z, 1 to 9. */
  readonly deflateLevel: number
}

/** As a session begins: RFC 959 section 5.1 makes ASCII the default. */
export const INITIAL_REPRESENTATION: Representation = { type: 'ascii', mode: 'stream', deflateLevel: 6 }
