import type { DataConnection, StreamEnd, Throttle } from '@portolan/channels'
import type { Reply } from '@portolan/protocol'

/** What is to be transferred. */
export interface TransferOrder {
  readonly verb: 'RETR' | 'STOR' | 'APPE' | 'STOU' | 'LIST' | 'MLSD' | 'NLST'
  readonly argument: string | undefined
  readonly type: 'A' | 'I'
  /** Bytes that are there already: REST. */
  readonly offset?: number
  /** First and last byte, for servers with RANG. */
  readonly range?: { readonly start: number; readonly end: number }
  readonly signal: AbortSignal
  /** Bytes that a download is known to have; decides about an end without close_notify. */
  readonly expected?: number | undefined
  readonly throttle?: Throttle | undefined
  readonly onProgress?: ((bytes: number) => void) | undefined
  /** Another transfer follows on this session: its EPSV may be sent ahead. */
  readonly more?: boolean
  /** Stop a download after so many bytes; the 426 that follows is what was wanted. */
  readonly stopAfter?: number
}

/** What moves the bytes once the connection stands. */
export type MoveBytes = (connection: DataConnection, options: MoveOptions) => Promise<StreamEnd>

interface MoveOptions {
  readonly signal: AbortSignal
  readonly stallMs: number
  readonly throttle?: Throttle
  readonly onProgress?: (bytes: number) => void
}

/** How a transfer ended well. */
export interface Transferred {
  /** On the data connection: after TLS, before any conversion. */
  readonly bytes: number
  /** `proved`: by the end of the stream itself, or by its size under TLS; `claimed`: by the server's word alone. */
  readonly end: 'proved' | 'claimed'
  readonly reply: Reply
}

/** Who sends the bytes. */
export function directionOf({ verb }: TransferOrder): 'up' | 'down' {
  return verb === 'STOR' || verb === 'APPE' || verb === 'STOU' ? 'up' : 'down'
}

export function isListing({ verb }: TransferOrder): boolean {
  return verb === 'LIST' || verb === 'MLSD' || verb === 'NLST'
}
