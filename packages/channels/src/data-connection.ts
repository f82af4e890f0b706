import type { Endpoint } from '@portolan/protocol'
import type { Because, Decision } from './decision.ts'
import type { FileTarget } from './kernel-receive.ts'
import type { FileRun } from './kernel-send.ts'
import type { BreakCause, StreamEnd } from './stream-end.ts'
import type { TlsSide } from './tls-side.ts'

/** Where bytes to send come from. The pump owns the buffers, so that a file of any size costs the same memory. */
export interface ByteSource {
  /** Set when the bytes are those of a file as it stands on disk, so that the kernel may send them by itself. */
  readonly file?: FileRun
  /** Fills the start of `into`; resolves to how many bytes, 0 at the end. Never called twice at once. */
  read(into: Buffer): Promise<number>
}

/** Where received bytes go. */
export interface ByteSink {
  /** Set when the bytes become those of a file as they stand, so that the kernel may write them by itself. */
  readonly file?: FileTarget
  /** Takes the chunk whole. The chunk's memory is used again once the promise has resolved. */
  write(chunk: Buffer): Promise<void>
  /**
   * Takes the chunk whole without a wait, for sinks that need some microseconds; false: not now, it goes by {@link write}.
   * Spares a trip to the thread pool and back, and the bytes are still in the processor's cache.
   */
  writeNow?(chunk: Buffer): boolean
}

/** Bounds and observers of one pump run. */
export interface PumpOptions {
  /** Ends the stream as broken with this cause when it fires; `signal.reason` is a {@link BreakCause}. */
  readonly signal: AbortSignal
  /** Milliseconds without a byte moved after which the stream is broken (`stalled`). */
  readonly stallMs: number
  /** Waits until this many bytes may pass. Absent: no limit. */
  readonly throttle?: (bytes: number) => Promise<void> | undefined
  /** Told after each chunk, with the bytes moved so far. */
  readonly onProgress?: (bytes: number) => void
}

/** What is known of a TLS data connection once its handshake is done. */
export interface DataTls {
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly protocol: string
  readonly cipher: string
  /** True only when the peer resumed a session of this same control connection. */
  readonly reused: boolean
}

/** A data connection that stands: TCP is up. Nothing has been sent on it yet. */
export interface DataConnection extends AsyncDisposable {
  readonly mode: 'passive' | 'active'
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly because: Because
  /** Set once {@link secure} has resolved. */
  readonly tls: DataTls | undefined
  /**
   * Does our side of the TLS handshake. A server calls it after 150 went out, since clients wait for 150 first; a client
   * after it sent the command, since servers wait for the command first.
   * `watchEnd` has to be true when the peer is going to send: it makes close_notify visible (a tap of the
   * record headers), which costs a little speed.
   * @throws {ChannelError} `CHANNEL_TLS_HANDSHAKE` with what the peer did, or what is wrong with its certificate.
   */
  secure(side: TlsSide, options: { signal: AbortSignal; watchEnd: boolean }): Promise<void>
  /**
   * Sends until the source ends, then ends the stream cleanly (close_notify, FIN) and waits, bounded, until the peer
   * has acknowledged its end. Errors of the source are thrown after the connection was reset; the peer never sees a clean end then.
   */
  send(source: ByteSource | AsyncIterable<Uint8Array>, options: PumpOptions): Promise<StreamEnd>
  /** Receives until the peer ends. Errors of the sink are thrown after the connection was reset. */
  receive(sink: ByteSink, options: PumpOptions): Promise<StreamEnd>
  /** Cuts the connection with RST, so that no peer takes it for a clean end. Idempotent. */
  destroy(cause: BreakCause): void
}

/** A data connection that was agreed on (PASV, EPSV, PORT, EPRT) and does not exist yet. Server and client hold the same type. */
export interface DataPromise extends AsyncDisposable {
  readonly mode: 'passive' | 'active'
  /** Passive: where the peer is expected, with the reason. Active: whom we are going to dial. */
  readonly endpoint: Decision<Endpoint>
  /**
   * Accepts or dials, once. Resolves as soon as TCP stands.
   * @throws {ChannelError} with what came instead, within the bound of `signal` and of the promise's own deadline.
   */
  open(signal: AbortSignal): Promise<DataConnection>
}
