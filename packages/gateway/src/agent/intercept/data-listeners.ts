import { createServer, type Server, type Socket } from 'node:net'
import { plainAddress } from '../../transport/address.ts'
import { closeWithReset } from '../../wire/linger.ts'

/** How long a data connection is waited for, in milliseconds. */
const WAIT_MS = 60_000
/** Listeners of one control connection that wait at once; the oldest goes. FTP needs one. */
const MAX_WAITING = 8

/** Listeners for data connections of one control connection: each takes one connection, of the same client, within a minute. */
export class DataListeners implements Disposable {
  readonly #waiting = new Set<Server>()
  readonly #timers = new Map<Server, NodeJS.Timeout>()

  /**
   * Listens at any free port of an address.
   * @param client - whose connections are taken; others are reset
   */
  async listen(host: string, client: string, take: (socket: Socket) => void): Promise<number> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, socket => {
      socket.on('error', () => {})
      if (plainAddress(socket.remoteAddress) !== client) return closeWithReset(socket)
      this.#close(server)
      take(socket)
    })
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    server.once('error', reject).listen({ host, port: 0 }, resolve)
    await promise
    server.off('error', reject).on('error', () => {})
    this.#waiting.add(server)
    this.#timers.set(
      server,
      setTimeout(() => this.#close(server), WAIT_MS),
    )
    const [oldest] = this.#waiting
    if (this.#waiting.size > MAX_WAITING && oldest) this.#close(oldest)
    const address = server.address()
    return address !== null && typeof address === 'object' ? address.port : 0
  }

  [Symbol.dispose](): void {
    for (const server of [...this.#waiting]) this.#close(server)
  }

  #close(server: Server): void {
    this.#waiting.delete(server)
    clearTimeout(this.#timers.get(server))
    this.#timers.delete(server)
    server.close()
  }
}
