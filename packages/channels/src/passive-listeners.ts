import { createServer, isIPv4, isIPv6, type Server, type Socket } from 'node:net'
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
  /** Set while a part of this server is known to hold it: until it has let go, there is nothing to be repaired. */
  readonly awaited?: true
}

/** Where to listen. */
export interface ListenersPlan {
  /** Undefined: nowhere. */
  readonly range: PortRange | undefined
  /** Bind addresses, such as `0.0.0.0` and `::`. */
  readonly hosts: readonly string[]
  /** Ports that others still hold and are going to let go of: not tried before {@link PassiveListeners.claim}. */
  readonly awaited?: PortRange | undefined
}

/** What the listeners tell their owner. */
export interface ListenersOptions {
  /** Milliseconds between two attempts at a port that the system refused. */
  readonly retryMs: number
  /** The socket is paused and stays open for writing when its peer ends. */
  onConnection(port: number, socket: Socket): void
  /** The port takes connections on every host. */
  onStand(port: number): void
}

/** A port on one host. */
interface Place {
  readonly port: number
  readonly host: string
  /** Leaves IPv4 to another listener. */
  readonly ipv6Only: boolean
}

interface Prepared {
  readonly plan: ListenersPlan
  readonly opened: ReadonlyMap<string, Listener>
  readonly failed: ReadonlyMap<string, FailedPort>
}

type Listener = Place & { readonly server: Server }

/** The system says no. */
type Refusal = Place & { readonly refused: string; readonly inUse: boolean }

/**
 * The listeners of the passive range. They stand open all the time: nothing is bound between PASV and the transfer. A plan
 * replaces another in two steps, so that it can be given up as long as something else may fail; a port that is in both stays
 * open throughout.
 */
export class PassiveListeners implements AsyncDisposable {
  readonly #options: ListenersOptions
  readonly #servers = new Map<string, Listener>()
  /** Those that the plan does not want any more, by port, until nobody is waited for there. */
  readonly #leaving = new Map<number, Listener[]>()
  #failed = new Map<string, FailedPort>()
  #plan: ListenersPlan = { range: undefined, hosts: [] }
  #prepared: Prepared | undefined
  #retry: NodeJS.Timeout | undefined
  #claiming: Promise<void> | undefined
  /** Asked for while it was under way. */
  #claimAgain = false
  /** From the preparation of a plan until it is in force or given up. */
  #changing = false
  #closed = false

  constructor(options: ListenersOptions) {
    this.#options = options
  }

  /** Ports that take connections on every host. */
  get listening(): number {
    return (this.#plan.range?.count ?? 0) - new Set([...this.#failed.values()].map(({ port }) => port)).size
  }

  get failed(): readonly FailedPort[] {
    return [...this.#failed.values()]
  }

  /**
   * Opens what a plan needs beside what stands. Ports that the system refuses are told of after {@link commit} and tried
   * again later; a host that is refused on every port (no IPv6 on this machine) does not count.
   * @throws {ChannelError} `CHANNEL_LISTEN` when not a single port can be had, and nothing has changed
   */
  async prepare(plan: ListenersPlan): Promise<void> {
    this.discard()
    this.#changing = true
    clearTimeout(this.#retry)
    await this.#claiming
    const opened = new Map<string, Listener>()
    const failed = new Map<string, FailedPort>()
    await this.#openAll(plan, opened, failed)
    const dead = deadHosts(plan, failed)
    this.#prepared = { plan, opened, failed }
    if (this.#closed || (plan.range && dead.size === plan.hosts.length)) {
      this.discard()
      await nextTurn()
      const [first] = failed.values()
      throw new ChannelError(
        'CHANNEL_LISTEN',
        `the system refuses to listen on any of the passive ports ${plan.range}: ${first?.text ?? 'no address to bind to is given'}`,
      )
    }
    for (const [key, { host }] of failed) if (dead.has(host)) failed.delete(key)
  }

  /**
   * Puts the prepared plan in force.
   * @param isPending - whether anybody is waited for at a port: it stays open until {@link release}
   */
  commit(isPending: (port: number) => boolean): void {
    const prepared = this.#prepared
    if (!prepared || this.#closed) return
    this.#prepared = undefined
    this.#changing = false
    this.#plan = prepared.plan
    this.#failed = new Map(prepared.failed)
    for (const [key, listener] of prepared.opened) this.#servers.set(key, listener)
    const wanted = new Set(placesOf(this.#plan).map(keyOf))
    this.#leaving.clear()
    for (const [key, listener] of this.#servers) {
      if (wanted.has(key)) continue
      if (isPending(listener.port)) {
        this.#leaving.set(listener.port, [...(this.#leaving.get(listener.port) ?? []), listener])
      } else {
        listener.server.close()
        this.#servers.delete(key)
      }
    }
    this.#planRetry()
  }

  /** Gives the prepared plan up. */
  discard(): void {
    closeAll(this.#prepared?.opened.values() ?? [])
    this.#prepared = undefined
    this.#changing = false
    this.#planRetry()
  }

  /** Nobody is waited for at this port any more. @returns true when listeners stood there for nothing else, and are gone now */
  release(port: number): boolean {
    const leaving = this.#leaving.get(port)
    if (!leaving) return false
    this.#leaving.delete(port)
    closeAll(leaving)
    for (const listener of leaving) this.#servers.delete(keyOf(listener))
    return true
  }

  /** Tries the ports that could not be had again, now. Between two plans nothing is tried. */
  async claim(): Promise<void> {
    if (this.#changing || this.#closed) return
    clearTimeout(this.#retry)
    this.#claimAgain = this.#claiming !== undefined
    this.#claiming ??= this.#tryAgain().finally(() => {
      this.#claiming = undefined
      this.#planRetry()
    })
    await this.#claiming
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    this.discard()
    // Not waiting for 'close': it comes only after the last data connection, which has its own owner.
    closeAll(this.#servers.values())
    this.#servers.clear()
    await nextTurn()
  }

  async #openAll(
    plan: ListenersPlan,
    opened: Map<string, Listener>,
    failed: Map<string, FailedPort>,
  ): Promise<void> {
    const wanted = placesOf(plan)
    const keys = new Set(wanted.map(keyOf))
    // Our own listener on another address of the same port may be in the way: it goes when the plan comes.
    const ours = new Set([...this.#servers].filter(([key]) => !keys.has(key)).map(([, { port }]) => port))
    const missing = wanted.filter(place => !this.#servers.has(keyOf(place)))
    const now = missing.filter(({ port }) => !plan.awaited?.contains(port))
    for (let at = 0; at < now.length; at += BATCH) {
      const batch = now.slice(at, at + BATCH)
      for (const result of await Promise.all(batch.map(place => this.#listen(place)))) {
        if (!('refused' in result)) opened.set(keyOf(result), result)
        else failed.set(keyOf(result), failureOf(result, result.inUse && ours.has(result.port)))
      }
      await nextTurn()
    }
    for (const place of missing) {
      if (plan.awaited?.contains(place.port))
        failed.set(keyOf(place), failureOf({ ...place, refused: '' }, true))
    }
    for (const host of plan.hosts) {
      const places = wanted.filter(place => place.host === host)
      await this.#checkAwaited(places, failed)
    }
  }

  /** Where every port of a host is awaited, another one tells whether there can be any. */
  async #checkAwaited(places: readonly Place[], failed: Map<string, FailedPort>): Promise<void> {
    const [first] = places
    if (!first || !places.every(place => failed.get(keyOf(place))?.awaited)) return
    const probe = await this.#listen({ ...first, port: 0 })
    if (!('refused' in probe)) return void probe.server.close()
    for (const place of places)
      failed.set(keyOf(place), failureOf({ ...place, refused: probe.refused }, false))
  }

  #listen(place: Place): Promise<Listener | Refusal> {
    const { port, host, ipv6Only } = place
    return new Promise(resolve => {
      const server = createServer({
        allowHalfOpen: true,
        pauseOnConnect: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEPALIVE_MS,
      })
      server.once('error', (error: NodeJS.ErrnoException) =>
        resolve({ ...place, refused: error.message, inUse: error.code === 'EADDRINUSE' }),
      )
      server.listen({ port, host, backlog: BACKLOG, exclusive: true, ipv6Only }, () => {
        server.removeAllListeners('error')
        // EMFILE and its kin: this connection is lost, the listener stands.
        server.on('error', ignore)
        server.on('connection', socket => this.#options.onConnection(port, socket))
        resolve({ ...place, server })
      })
    })
  }

  #planRetry(): void {
    clearTimeout(this.#retry)
    if (this.#failed.size === 0 || this.#closed || this.#changing) return
    this.#retry = setTimeout(() => void this.claim(), this.#options.retryMs)
    this.#retry.unref()
  }

  async #tryAgain(): Promise<void> {
    do {
      this.#claimAgain = false
      for (const place of placesOf(this.#plan)) {
        const before = this.#failed.get(keyOf(place))
        if (before) await this.#tryPlace(place, before)
        if (this.#closed) return
      }
    } while (this.#claimAgain)
  }

  async #tryPlace(place: Place, before: FailedPort): Promise<void> {
    const key = keyOf(place)
    const result = await this.#listen(place)
    if ('refused' in result) {
      this.#failed.set(key, failureOf(result, before.awaited === true && result.inUse))
      return
    }
    if (this.#closed) return void result.server.close()
    this.#servers.set(key, result)
    this.#failed.delete(key)
    if ([...this.#failed.values()].every(({ port }) => port !== place.port)) this.#options.onStand(place.port)
  }
}

function placesOf({ range, hosts }: ListenersPlan): Place[] {
  // Beside one for IPv4 a `::` listener has to leave IPv4 alone.
  const beside = hosts.some(host => isIPv4(host))
  const all: Place[] = []
  for (const port of range?.ports() ?? []) {
    for (const host of hosts) all.push({ port, host, ipv6Only: beside && isIPv6(host) })
  }
  return all
}

/** Hosts on which no port of the plan can be had. */
function deadHosts({ range, hosts }: ListenersPlan, failed: ReadonlyMap<string, FailedPort>): Set<string> {
  const refused = [...failed.values()].filter(one => !one.awaited)
  return new Set(hosts.filter(host => refused.filter(one => one.host === host).length === range?.count))
}

function failureOf({ port, host, refused }: Place & { refused: string }, awaited: boolean): FailedPort {
  if (!awaited) return { port, host, text: refused }
  const text = 'reservations made before the settings changed still hold it: it is taken when they are over'
  return { port, host, text, awaited: true }
}

function closeAll(listeners: Iterable<Listener>): void {
  for (const { server } of listeners) server.close()
}

function keyOf({ port, host, ipv6Only }: Place): string {
  return `${port} ${host}${ipv6Only ? ' only' : ''}`
}

function ignore(): void {}
