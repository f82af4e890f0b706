import { createServer, type Server, type Socket } from 'node:net'
import { TrustedNetworks } from '@portolan/channels'
import type { ListenerSettings } from '@portolan/settings'
import { ServerError } from './errors.ts'

/** Connections that wait to be accepted. The system may allow fewer (net.core.somaxconn). */
const BACKLOG = 1024
/** Connections that a listener may hold until its settings are in force. */
const MAX_HELD = 1024

/** A listener that takes part in the server. */
export interface StandingListener {
  readonly settings: ListenerSettings
  /** Load balancers that send a PROXY header. */
  readonly proxies: TrustedNetworks
}

/** What listeners tell their owner. */
export interface ListenersObserver {
  onConnection(socket: Socket, listener: StandingListener): void
  warn(text: string): void
}

/** Listeners that stand and are not in force yet. One of the two has to be called, once. */
interface PreparedListeners {
  /** Puts them in force; those that are wanted no more are closed. */
  commit(): void
  discard(): Promise<void>
}

/** One socket that listens, whatever settings it has in the course of time. */
interface Door {
  readonly server: Server
  /** Undefined until its first settings are in force: who comes before waits. */
  listener: StandingListener | undefined
  readonly held: Socket[]
}

/** Where control connections come in. New ones stand before old ones go, so that a port that cannot be had changes nothing. */
export class ControlListeners {
  readonly #observer: ListenersObserver
  #doors: readonly Door[] = []
  #closed = false

  constructor(observer: ListenersObserver) {
    this.#observer = observer
  }

  /** Those in force, with the ports that they really have. */
  get standing(): readonly { readonly settings: ListenerSettings; readonly port: number }[] {
    return this.#doors.flatMap(({ server, listener }) => {
      if (!listener) return []
      const bound = server.address()
      const port = bound && typeof bound === 'object' ? bound.port : listener.settings.port
      return [{ settings: listener.settings, port }]
    })
  }

  /** Opens those that are not there yet. @throws {ServerError} `SERVER_LISTEN`, and nothing has changed */
  async prepare(wanted: readonly ListenerSettings[]): Promise<PreparedListeners> {
    const { kept, leaving } = matchUp(wanted, this.#doors)
    const next = new Map<ListenerSettings, Door>(kept)
    const opened: Door[] = []
    const closed: Door[] = []
    const discard = async () => {
      for (const { server, held } of opened) {
        for (const socket of held) socket.destroy()
        server.close()
      }
      if (!this.#closed) for (const door of closed) await this.#reopen(door)
    }
    try {
      for (const settings of wanted) {
        if (next.has(settings)) continue
        const door = await this.#listen(settings, wanted).catch(async (error: unknown) => {
          const inTheWay = leaving.filter(old => portOf(old) === settings.port && !closed.includes(old))
          if (inTheWay.length === 0) throw error
          // The same port on another address: the one that goes has to go first.
          for (const old of inTheWay) old.server.close()
          closed.push(...inTheWay)
          return await this.#listen(settings, wanted)
        })
        opened.push(door)
        next.set(settings, door)
      }
    } catch (error) {
      await discard()
      throw error
    }
    return {
      commit: () => {
        if (this.#closed) return void discard()
        this.#doors = wanted.flatMap(settings => next.get(settings) ?? [])
        for (const [settings, door] of next) this.#enforce(door, settings)
        for (const { server } of leaving) server.close()
      },
      discard,
    }
  }

  close(): void {
    this.#closed = true
    for (const { server } of this.#doors) server.close()
    this.#doors = []
  }

  #enforce(door: Door, settings: ListenerSettings): void {
    const listener = { settings, proxies: new TrustedNetworks(settings.proxyProtocol) }
    door.listener = listener
    for (const socket of door.held.splice(0))
      this.#observer.onConnection(socket.off('error', ignore), listener)
  }

  /** Takes a place again that was given up for one that could not be had. */
  async #reopen(door: Door): Promise<void> {
    if (!door.listener) return
    const { settings } = door.listener
    try {
      const again = await this.#listen(
        settings,
        this.#doors.flatMap(({ listener }) => listener?.settings ?? []),
      )
      this.#doors = this.#doors.map(one => (one === door ? again : one))
      this.#enforce(again, settings)
    } catch (error) {
      this.#doors = this.#doors.filter(one => one !== door)
      this.#observer.warn(error instanceof Error ? error.message : String(error))
    }
  }

  async #listen(settings: ListenerSettings, among: readonly ListenerSettings[]): Promise<Door> {
    // Half-open, so that a client that sends its end after its last command still gets the reply.
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true })
    const door: Door = { server, listener: undefined, held: [] }
    server.on('connection', socket => {
      if (door.listener) this.#observer.onConnection(socket, door.listener)
      else if (door.held.length < MAX_HELD) door.held.push(socket.on('error', ignore))
      else socket.destroy()
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        const at = `${settings.host}:${settings.port}`
        const text = `listener ${settings.name} cannot listen on ${at}: ${listenAdvice(error)}`
        reject(new ServerError('SERVER_LISTEN', text, { cause: error }))
      })
      const ipv6Only = hasIPv4Twin(settings, among)
      server.listen({ host: settings.host, port: settings.port, backlog: BACKLOG, ipv6Only }, resolve)
    })
    server.removeAllListeners('error')
    server.on('error', (error: NodeJS.ErrnoException) => {
      // EMFILE and its kin: the next accept may go well again.
      this.#observer.warn(`listener ${door.listener?.settings.name ?? settings.name}: ${error.message}`)
    })
    return door
  }
}

/** Which doors go on under which settings: those at the same place, by their names where there are several. */
function matchUp(wanted: readonly ListenerSettings[], doors: readonly Door[]) {
  const leaving = new Set(doors)
  const kept = new Map<ListenerSettings, Door>()
  const take = (settings: ListenerSettings, fits: (listener: ListenerSettings) => boolean) => {
    const door = [...leaving].find(({ listener }) => listener && fits(listener.settings))
    if (!door) return
    leaving.delete(door)
    kept.set(settings, door)
  }
  for (const settings of wanted) {
    take(settings, old => placeOf(old) === placeOf(settings) && old.name === settings.name)
  }
  for (const settings of wanted) {
    if (!kept.has(settings)) take(settings, old => placeOf(old) === placeOf(settings))
  }
  return { kept, leaving: [...leaving] }
}

/** A `::` listener beside one for IPv4 on the same port must leave IPv4 to it. */
function hasIPv4Twin({ host, port }: ListenerSettings, among: readonly ListenerSettings[]): boolean {
  return host === '::' && among.some(other => other.host === '0.0.0.0' && other.port === port)
}

function portOf({ server }: Door): number | undefined {
  const bound = server.address()
  return bound && typeof bound === 'object' ? bound.port : undefined
}

function placeOf({ host, port }: ListenerSettings): string {
  return `${host} ${port}`
}

function listenAdvice({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return 'another program listens there already'
  if (code === 'EACCES') return 'ports below 1024 need the right to bind them'
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address'
  return message
}

function ignore(): void {}
