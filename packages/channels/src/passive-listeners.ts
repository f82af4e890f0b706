import { createServer, isIPv4, type Server, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ChannelError } from './errors.ts'
import type { PortRange } from './port-range.ts'

/** Connections that may wait in the kernel until the process takes them. Linux caps it by `net.core.somaxconn` (4096). */
const BACKLOG = 4096
/** Ports opened before other work gets its turn: keeps the event loop free while ten thousand are opened. */
const BATCH = 128
/** Milliseconds between two probes of an idle data connection by the kernel. */
const KEEPALIVE_MS = 60_000

/** A port that the system refused, and why. */
export interface FailedPort {
  readonly port: number
  readonly host: string
  readonly text: string
}

/** What the listeners tell their owner. */
export interface ListenersOptions {
  readonly range: PortRange
  /** Bind addresses, such as `0.0.0.0` and `::`. */
  readonly hosts: readonly string[]
  /** Milliseconds between two attempts at a port that the system refused. */
  readonly retryMs: number
  /** The socket is paused and stays open for writing when its peer ends. */
  onConnection(port: number, socket: Socket): void
  /** The port takes connections on every host. */
  onStand(port: number): void
  /** The port does not, or no longer. */
  onFall(port: number): void
}

/** The listeners of the passive range. They stand open from start to end: nothing is bound between PASV and the transfer. */
export class PassiveListeners implements AsyncDisposable {
  readonly #options: ListenersOptions
  readonly #servers = new Map<string, Server>()
  readonly #failed = new Map<string, FailedPort>()
  readonly #ipv6Only: boolean
  #retry: NodeJS.Timeout | undefined
  #closed = false

  private constructor(options: ListenersOptions) {
    this.#options = options
    this.#ipv6Only = options.hosts.some(host => isIPv4(host))
  }

  /**
   * Opens every port on every host. A port that the system refuses is reported as fallen and tried again later; a host
   * that is refused on every port (no IPv6 on this machine) does not count.
   * @throws {ChannelError} `CHANNEL_LISTEN` when not a single port can be had
   */
  static async open(options: ListenersOptions): Promise<PassiveListeners> {
    const listeners = new PassiveListeners(options)
    await listeners.#openAll()
    return listeners
  }

  /** Ports that take connections. */
  get listening(): number {
    return this.#options.range.count - new Set([...this.#failed.values()].map(({ port }) => port)).size
  }

  get failed(): readonly FailedPort[] {
    return [...this.#failed.values()]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    const servers = [...this.#servers.values()]
    this.#servers.clear()
    // Not waiting for 'close': it comes only after the last data connection, which has its own owner.
    for (const server of servers) server.close()
    await nextTurn()
  }

  async #openAll(): Promise<void> {
    const { range, hosts } = this.#options
    const failed: FailedPort[] = []
    let batch: Promise<FailedPort | undefined>[] = []
    const collect = async () => {
      for (const failure of await Promise.all(batch)) if (failure) failed.push(failure)
      batch = []
      await nextTurn()
    }
    for (const port of range.ports()) {
      for (const host of hosts) batch.push(this.#listen(port, host))
      if (batch.length >= BATCH) await collect()
    }
    await collect()
    const dead = new Set(hosts.filter(host => failed.filter(one => one.host === host).length === range.count))
    if (dead.size === hosts.length) {
      await this[Symbol.asyncDispose]()
      const [first] = failed
      throw new ChannelError(
        'CHANNEL_LISTEN',
        `the system refuses to listen on any of the passive ports ${range}: ${first?.text ?? 'no address to bind to is given'}`,
      )
    }
    for (const failure of failed) if (!dead.has(failure.host)) this.#fall(failure)
    this.#planRetry()
  }

  #listen(port: number, host: string): Promise<FailedPort | undefined> {
    return new Promise(resolve => {
      const server = createServer({
        allowHalfOpen: true,
        pauseOnConnect: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEPALIVE_MS,
      })
      server.once('error', error => resolve({ port, host, text: error.message }))
      server.listen({ port, host, backlog: BACKLOG, exclusive: true, ipv6Only: this.#ipv6Only }, () => {
        server.removeAllListeners('error')
        // EMFILE and its kin: this connection is lost, the listener stands.
        server.on('error', ignore)
        server.on('connection', socket => this.#options.onConnection(port, socket))
        if (this.#closed) server.close()
        else this.#servers.set(keyOf(port, host), server)
        resolve(undefined)
      })
    })
  }

  #fall(failure: FailedPort): void {
    this.#failed.set(keyOf(failure.port, failure.host), failure)
    this.#options.onFall(failure.port)
  }

  #planRetry(): void {
    if (this.#failed.size === 0 || this.#closed) return
    this.#retry = setTimeout(() => void this.#tryAgain(), this.#options.retryMs)
    this.#retry.unref()
  }

  async #tryAgain(): Promise<void> {
    for (const failure of [...this.#failed.values()]) {
      const again = await this.#listen(failure.port, failure.host)
      if (this.#closed) return
      if (again) {
        this.#failed.set(keyOf(again.port, again.host), again)
      } else {
        this.#failed.delete(keyOf(failure.port, failure.host))
        if (![...this.#failed.values()].some(({ port }) => port === failure.port))
          this.#options.onStand(failure.port)
      }
    }
    this.#planRetry()
  }
}

function keyOf(port: number, host: string): string {
  return `${port} ${host}`
}

function ignore(): void {}
