import type { Socket } from 'node:net'
import { connect, type SecureVersion, type TLSSocket } from 'node:tls'
import { RawPipe } from './raw-pipe.ts'
import { within } from './within.ts'

/** Both connections have to name the same host: Node resumes a session only for the host it was made with. */
const SERVER_NAME = 'portolan.test'
const HANDSHAKE_MS = 10_000

/** TLS of a client, and the pipe below it. */
export interface ClientTls {
  readonly stream: TLSSocket
  readonly pipe: RawPipe
}

/** What the connections of one session share: the version, and the session tickets of the server. */
export class TlsSessions {
  readonly version: SecureVersion
  #ticket: Buffer | undefined

  constructor(version: SecureVersion) {
    this.version = version
  }

  /**
   * The client's side of a handshake.
   * @param options.resume - resume the session of the connection before; default true
   */
  async secure(raw: Socket, { resume = true }: { resume?: boolean } = {}): Promise<ClientTls> {
    const pipe = new RawPipe(raw)
    const ticket = resume ? this.#ticket : undefined
    const stream = connect({
      socket: pipe,
      servername: SERVER_NAME,
      minVersion: this.version,
      maxVersion: this.version,
      rejectUnauthorized: false,
      ...(ticket && { session: ticket }),
    })
    stream.on('session', (session: Buffer) => {
      this.#ticket = session
    })
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    stream.once('secureConnect', resolve)
    stream.once('error', reject)
    stream.once('close', () => reject(new Error('the connection was closed during the TLS handshake')))
    await within(promise, HANDSHAKE_MS, 'TLS handshake')
    stream.on('error', () => {})
    return { stream, pipe }
  }
}
