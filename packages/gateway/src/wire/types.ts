import type { Status, StatusCode } from '../codes.ts'

/**
 * The wire between agent, edge, connector and controller: one TLS 1.3 connection, a *link*, that carries many *streams*.
 *
 * A frame: `u8 type | u24 length of the payload | u32 stream`, big-endian, then the payload.
 *
 * | type | payload | meaning |
 * |---|---|---|
 * | 1 OPEN | JSON, at most 8 KiB | begins a stream; its number is odd from the side that dialled the link, even from the other |
 * | 2 OPENED | JSON, at most 8 KiB | the other side stands: bytes may flow |
 * | 3 REFUSED | JSON `Status`, at most 8 KiB | instead of OPENED |
 * | 4 DATA | 1 to 65,536 bytes | |
 * | 5 CREDIT | u32 | so many more bytes may be sent on this stream, which begins with none; 0, once, after END came: all of them were taken |
 * | 6 END | u64 | the sender's side is complete; so many bytes of DATA were sent |
 * | 7 RESET | JSON `Status`, at most 8 KiB | the stream is broken in both directions |
 * | 8 NOTE | JSON, at most 8 KiB | word about the stream, in its place among the DATA of its sender; no part of its bytes |
 * | 9 MESSAGE | JSON text, in pieces of at most 65,536 bytes, stream 1 for a piece that is not the last, else 0 | word between the two sides of the link |
 * | 10 PING, 11 PONG | 8 bytes | liveness; a PING is answered at once with its bytes |
 * | 12 GOAWAY | JSON `Status`, with `closing: true` or without | no new streams; those that are open go on, unless the link is being closed |
 *
 * What is not in the table, longer than the table says, or about a stream that was never opened, closes the link with `*_PROTOCOL`.
 */
export const FRAME = {
  open: 1,
  opened: 2,
  refused: 3,
  data: 4,
  credit: 5,
  end: 6,
  reset: 7,
  note: 8,
  message: 9,
  ping: 10,
  pong: 11,
  goaway: 12,
} as const
export type FrameType = (typeof FRAME)[keyof typeof FRAME]

export const HEADER_BYTES = 8
export const MAX_DATA = 65_536
export const MAX_JSON = 8_192

/** Protocols by ALPN: the role is known before a byte is read. A peer of another version is refused by TLS itself. */
export const ALPN = {
  /** Without a client certificate: enrolment and sign-in. Few, slow, bounded. */
  enrol: 'portolan-enrol/1',
  agent: 'portolan-agent/1',
  connector: 'portolan-connector/1',
  control: 'portolan-control/1',
} as const

/** JSON that travels. What is undefined does not. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

/** How much a side of a stream takes before it gives credit: the bound of its memory. */
export interface WindowSettings {
  /** What a stream begins with, in bytes. Default 262,144. */
  readonly initial: number
  /** How far it grows for a reader that keeps up, in bytes. Default 8,388,608: 100 MB/s need 4 MB at 40 ms of round trip. */
  readonly max: number
}

/** One end of a link. */
export interface Link extends AsyncDisposable {
  /** Streams that are open or being opened. */
  readonly streams: number
  /** Milliseconds since anything came from the other side. New streams are better opened elsewhere when it is above 2,000. */
  readonly silentMs: number
  /** Round trip of the last PING, in milliseconds; undefined before the first. */
  readonly roundTripMs: number | undefined
  /** Whether the other side said GOAWAY, or this one. */
  readonly draining: boolean
  /** Resolves, never rejects, when the link is gone, with why. All its streams were reset before. */
  readonly closed: Promise<Status>
  /**
   * Asks the other side for a stream. Resolves with the stream when OPENED came.
   * @throws {StreamRefused} with the status of REFUSED, of the link's end, or of the signal's end
   */
  open(ask: Json, signal: AbortSignal): Promise<{ readonly stream: WireStream; readonly answer: Json }>
  /** Sends a message; whole and in order. */
  message(message: Json): void
  /** Resolves when the other side has answered a PING. */
  ping(signal: AbortSignal): Promise<void>
  /** No new streams on either side. */
  goAway(status: Status): void
  /** Resets all streams and closes. */
  destroy(status: Status): void
}

/** What the owner of a link does with what comes. Errors that they throw close the link. */
export interface LinkHandlers {
  /** A stream is asked for: accept or refuse it, now or later. `incoming.gone` says that nobody waits any more. */
  onOpen(incoming: IncomingStream): void
  onMessage(message: Json): void
  onGoAway?(status: Status): void
}

/** A stream that the other side asked for. Exactly one of accept and refuse is called. */
export interface IncomingStream {
  readonly ask: Json
  /** Aborted, with a {@link Status}, when the other side gave up or the link went. */
  readonly gone: AbortSignal
  accept(answer: Json): WireStream
  refuse(status: Status): void
}

/** A stream was not opened. */
export class StreamRefused extends Error {
  override readonly name = 'StreamRefused'
  readonly status: Status
  constructor(status: Status) {
    super(status.text)
    this.status = status
  }
}

/**
 * One stream, seen from one end. It pushes what comes to its sink, never more than the credit that was given, so a sink never
 * has to say no; it gives credit as the sink says that bytes are gone.
 */
export interface WireStream {
  readonly id: number
  /** Bytes of DATA so far. */
  readonly sent: number
  readonly received: number
  /** Milliseconds since 1970 of the last DATA in either direction. */
  readonly lastMovedAt: number
  /** Takes over what comes; called once, at once after the stream is there. */
  attach(sink: StreamSink): void
  /**
   * Sends bytes. False: no credit is left for more than what was queued; wait for `sink.onRoom`. The bytes are copied or written before
   * it returns, unless `owned` says that they are the stream's to keep.
   */
  write(bytes: Uint8Array, owned?: boolean): boolean
  /** Bytes that may be written before `write` has to queue. */
  readonly room: number
  /** This side is complete: sends END with its count. */
  end(): void
  /** Breaks the stream off in both directions. */
  reset(status: Status): void
  note(note: Json): void
  /**
   * The sink is done with so many bytes: credit for as many goes to the other side. All that came has to be consumed, also after the
   * end, which is how the other side learns that everything was taken.
   */
  consumed(bytes: number): void
}

/** Where a stream's bytes go. */
export interface StreamSink {
  /** The bytes are valid during the call only. */
  onData(bytes: Buffer): void
  /** The other side is complete, and its count is ours. */
  onEnd(): void
  /** The stream is broken: from the other side, by the link, by a count that differs, or by `reset` of this side. Nothing follows. */
  onReset(status: Status): void
  onNote?(note: Json): void
  /** There is credit again after `write` said false, or for the first time. */
  onRoom(): void
  /** So many bytes of what was written have left for the other side: they take no memory here any more. */
  onSent?(bytes: number): void
  /** Both sides are complete, and both have taken everything: nothing follows, and nothing can be broken any more. */
  onDelivered?(): void
}

/** Which codes a link blames its peer with. */
export interface PeerCodes {
  readonly lost: StatusCode
  readonly protocol: StatusCode
  readonly countMismatch: StatusCode
  /** Refuses streams that the peer asks for beyond what one may have. Default `EDG_BUSY`. */
  readonly tooMany?: StatusCode
}
export const PEER_CODES = {
  agent: {
    lost: 'AGT_LOST',
    protocol: 'AGT_PROTOCOL',
    countMismatch: 'AGT_COUNT_MISMATCH',
    tooMany: 'AGT_TOO_MANY_STREAMS',
  },
  connector: { lost: 'CON_LOST', protocol: 'CON_PROTOCOL', countMismatch: 'CON_COUNT_MISMATCH' },
  /** As connectors see it, the only ones from which it asks for streams. */
  edge: {
    lost: 'EDG_LOST',
    protocol: 'EDG_LOST',
    countMismatch: 'EDG_LOST',
    tooMany: 'CON_TOO_MANY_STREAMS',
  },
} as const satisfies Record<string, PeerCodes>
