import type { Socket } from 'node:net'
import type { CipherNameAndProtocol } from 'node:tls'
import type { Endpoint } from '@portolan/protocol'
import { closeCleanly } from './close.ts'
import type { ByteSink, ByteSource, DataConnection, DataTls, PumpOptions } from './data-connection.ts'
import type { Because } from './decision.ts'
import { ChannelError } from './errors.ts'
import { handshake } from './handshake.ts'
import { receiveStream } from './receive.ts'
import { sendStream } from './send.ts'
import type { BreakCause, Peer, StreamEnd } from './stream-end.ts'
import type { TlsSide } from './tls-side.ts'
import { TlsTap } from './tls-tap.ts'

/** What is known of a data connection from the start. */
export interface ConnectionFacts {
  readonly mode: 'passive' | 'active'
  /** Who is at the other end, for the texts. */
  readonly peer: Peer
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly because: Because
  /** Told once, when the descriptor is closed. */
  readonly closed?: () => void
}

/** Makes a data connection of a socket that stands. From now on the socket belongs to it. */
export function adoptSocket(socket: Socket, facts: ConnectionFacts): DataConnection {
  return new SocketConnection(socket, facts)
}

/**
 * What a data connection is doing. `secured` and `open` can move bytes, once; what moved them ends it; `cut` is the end
 * of everything else.
 */
type State =
  | { readonly phase: 'open' }
  | { readonly phase: 'securing' }
  | { readonly phase: 'moving' }
  | { readonly phase: 'ended' }
  | { readonly phase: 'cut'; readonly cause: BreakCause }

class SocketConnection implements DataConnection {
  readonly mode: 'passive' | 'active'
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly because: Because
  readonly #facts: ConnectionFacts
  /** The socket that owns the descriptor. */
  #raw: Socket
  /** What bytes are written to and read from: the same, or the TLSSocket above it. */
  #stream: Socket
  #tap: TlsTap | undefined
  #tls: DataTls | undefined
  #state: State = { phase: 'open' }

  constructor(socket: Socket, facts: ConnectionFacts) {
    this.mode = facts.mode
    this.local = facts.local
    this.remote = facts.remote
    this.because = facts.because
    this.#facts = facts
    this.#raw = socket
    this.#stream = socket
    this.#own(socket)
  }

  get tls(): DataTls | undefined {
    return this.#tls
  }

  async secure(
    side: TlsSide,
    { signal, watchEnd }: { signal: AbortSignal; watchEnd: boolean },
  ): Promise<void> {
    if (this.#tls) throw new Error('the data connection is under TLS already')
    this.#begin('securing')
    if (watchEnd) {
      this.#disown(this.#raw)
      this.#tap = new TlsTap(this.#raw)
      this.#own(this.#tap.socket)
    }
    const stream = side.wrap(this.#tap ?? this.#raw)
    stream.on('error', ignore)
    this.#stream = stream
    try {
      await handshake(stream, {
        peer: side.role === 'server' ? 'client' : 'server',
        signal,
        what: 'data connection',
        tap: this.#tap,
      })
      side.verify?.(stream)
    } catch (error) {
      const cut = this.#cut
      if (cut) throw new ChannelError('CHANNEL_ABORTED', cut.text, { cause: error })
      this.destroy({ code: 'tls', text: error instanceof Error ? error.message : 'the TLS handshake failed' })
      throw error
    }
    // Null when the peer has gone since, whatever the types say.
    const cipher: CipherNameAndProtocol | null = stream.getCipher()
    this.#tls = {
      protocol: stream.getProtocol() ?? 'unknown',
      cipher: cipher?.name ?? 'unknown',
      reused: stream.isSessionReused(),
    }
    if (this.#state.phase === 'securing') this.#state = { phase: 'open' }
  }

  async send(source: ByteSource | AsyncIterable<Uint8Array>, options: PumpOptions): Promise<StreamEnd> {
    this.#begin('moving')
    const connection = this
    const end = await sendStream(
      {
        stream: this.#stream,
        peer: this.#facts.peer,
        local: this.local,
        remote: this.remote,
        tls: this.#tls !== undefined,
        get cut() {
          return connection.#cut
        },
        destroy: cause => this.destroy(cause),
      },
      source,
      options,
    )
    if (end.kind === 'clean') this.#close()
    return end
  }

  async receive(sink: ByteSink, options: PumpOptions): Promise<StreamEnd> {
    this.#begin('moving')
    const connection = this
    const end = await receiveStream(
      {
        stream: this.#stream,
        peer: this.#facts.peer,
        tap: this.#tap,
        plain: this.#stream === this.#raw,
        get cut() {
          return connection.#cut
        },
        moved: heir => this.#moveTo(heir),
        destroy: cause => this.destroy(cause),
      },
      sink,
      options,
    )
    if (end.kind === 'clean') this.#close()
    return end
  }

  destroy(cause: BreakCause): void {
    if (this.#state.phase === 'cut' || this.#state.phase === 'ended') return
    this.#state = { phase: 'cut', cause }
    // Once our end was sent there is nothing left to be taken back, and Node cannot reset a socket that it is shutting down.
    if (this.#raw.writableEnded || this.#stream.writableEnded) this.#raw.destroy()
    else this.#raw.resetAndDestroy()
    this.#stream.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy({ code: 'aborted', text: 'the data connection was given up' })
  }

  get #cut(): BreakCause | undefined {
    return this.#state.phase === 'cut' ? this.#state.cause : undefined
  }

  #begin(phase: 'securing' | 'moving'): void {
    if (this.#state.phase === 'cut') return
    if (this.#state.phase !== 'open') throw new Error(`the data connection is ${this.#state.phase} already`)
    this.#state = { phase }
  }

  #close(): void {
    if (this.#state.phase !== 'moving') return
    this.#state = { phase: 'ended' }
    closeCleanly(this.#stream)
  }

  #moveTo(heir: Socket): void {
    this.#disown(this.#raw)
    this.#stream = heir
    this.#own(heir)
  }

  #own(socket: Socket): void {
    this.#raw = socket
    socket.allowHalfOpen = true
    socket.on('error', ignore)
    socket.once('close', this.#onClosed)
  }

  /** Before its connection is moved to another socket, whose closing is the one that counts. */
  #disown(socket: Socket): void {
    socket.off('close', this.#onClosed)
  }

  readonly #onClosed = (): void => this.#facts.closed?.()
}

function ignore(): void {}
