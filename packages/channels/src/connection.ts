import type { Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import type { Endpoint } from '@portolan/protocol'
import type { ByteSink, ByteSource, DataConnection, DataTls, PumpOptions } from './data-connection.ts'
import type { Because } from './decision.ts'
import { onAbort } from './deferred.ts'
import { ChannelError } from './errors.ts'
import { receiveStream } from './receive.ts'
import { sendStream } from './send.ts'
import type { BreakCause, StreamEnd } from './stream-end.ts'
import { TlsTap } from './tls-tap.ts'

/** What is known of a data connection from the start. */
export interface ConnectionFacts {
  readonly mode: 'passive' | 'active'
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly because: Because
}

/** Makes a data connection of a socket that stands. From now on the socket belongs to it. */
export function adoptSocket(socket: Socket, facts: ConnectionFacts): DataConnection {
  return new SocketConnection(socket, facts)
}

class SocketConnection implements DataConnection {
  readonly mode: 'passive' | 'active'
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly because: Because
  readonly #raw: Socket
  #stream: Socket
  #tap: TlsTap | undefined
  #tls: DataTls | undefined
  #cause: BreakCause | undefined

  constructor(socket: Socket, facts: ConnectionFacts) {
    this.mode = facts.mode
    this.local = facts.local
    this.remote = facts.remote
    this.because = facts.because
    this.#raw = socket
    this.#stream = socket
    socket.allowHalfOpen = true
    socket.on('error', ignore)
  }

  get tls(): DataTls | undefined {
    return this.#tls
  }

  async secure(context: SecureContext, options: { signal: AbortSignal; watchEnd: boolean }): Promise<void> {
    if (this.#stream !== this.#raw) throw new Error('the data connection is under TLS already')
    this.#tap = options.watchEnd ? new TlsTap(this.#raw) : undefined
    const stream = new TLSSocket(this.#tap ?? this.#raw, {
      isServer: true,
      secureContext: context,
    })
    this.#stream = stream
    stream.on('error', ignore)
    try {
      await new Promise<void>((resolve, reject) => {
        stream.once('secure', resolve)
        stream.once('error', reject)
        stream.once('close', () => reject(new Error('the peer closed the connection during the handshake')))
        onAbort(options.signal, () => reject(new Error('it was ended', { cause: options.signal.reason })))
      })
    } catch (error) {
      this.destroy({ code: 'tls', text: 'the TLS handshake failed' })
      const text = error instanceof Error ? error.message : String(error)
      throw new ChannelError(
        'CHANNEL_TLS_HANDSHAKE',
        `the TLS handshake of the data connection failed: ${text}`,
        { cause: error },
      )
    }
    this.#tls = {
      protocol: stream.getProtocol() ?? 'unknown',
      cipher: stream.getCipher().name,
      reused: stream.isSessionReused(),
    }
  }

  async send(source: ByteSource | AsyncIterable<Uint8Array>, options: PumpOptions): Promise<StreamEnd> {
    return sendStream(this.#stream, source, options, cause => this.destroy(cause))
  }

  async receive(sink: ByteSink, options: PumpOptions): Promise<StreamEnd> {
    return receiveStream(this.#stream, this.#tap, sink, options, cause => this.destroy(cause))
  }

  destroy(cause: BreakCause): void {
    if (this.#cause) return
    this.#cause = cause
    this.#raw.resetAndDestroy()
    this.#stream.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#raw.destroyed) return
    this.destroy({ code: 'aborted', text: 'the data connection was given up' })
  }
}

function ignore(): void {}
