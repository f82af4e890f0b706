import type { Socket } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DnsCache, readProxyHeader } from '@portolan/channels'
import { encodeReply, normaliseAddress } from '@portolan/protocol'
import type { ServerEvent, SessionEvent } from '../events.ts'
import type { DataConnectionInfo, SessionDetail } from '../inspect.ts'
import type {
  Arrival,
  ControllerLink,
  PortSlice,
  Refusal,
  SessionInfo,
  WorkerConfig,
  WorkerFigures,
  WorkerLink,
  WorkerPorts,
} from '../link.ts'
import type { Account } from '../policy/account.ts'
import { openConnections, sessionDetail, sessionInfo } from '../session/inspect-session.ts'
import { Session, type SessionEnds, type SessionOwner } from '../session/session.ts'
import type { UserFiles } from '../session/user-files.ts'
import type { Transfer } from '../transfer/transfer.ts'
import { buildContext } from './build-context.ts'
import type { WorkerContext } from './context.ts'
import { describePorts } from './describe-ports.ts'
import { openUserFiles } from './open-user-files.ts'
import { PortKeeper } from './port-keeper.ts'
import { Storages } from './storages.ts'

/** How often idle sessions are looked for. */
const TICK_MS = 1_000
/** How long events wait for company on their way to the controller. */
const EVENTS_MS = 20
/** How long broken off sessions may take to hand over their last reply, and then to be gone. */
const LAST_MS = 3_000
/** How long a load balancer may take to send its PROXY header. */
const PROXY_HEADER_MS = 5_000

/** Owns sessions and the passive ports that are its own. Holds no users and no passwords: it asks the controller. */
export class Worker implements WorkerLink, SessionOwner {
  readonly link: ControllerLink
  readonly #sessions = new Map<string, Session>()
  readonly #dns = new DnsCache()
  readonly #loop = monitorEventLoopDelay({ resolution: 20 })
  #tick: NodeJS.Timeout | undefined
  #context: WorkerContext | undefined
  #config: WorkerConfig | undefined
  /** Ready to be put in force. */
  #prepared: { readonly config: WorkerConfig; readonly context: WorkerContext } | undefined
  readonly #ports: PortKeeper
  #storages: Storages | undefined
  #events: ServerEvent[] = []
  #flush: NodeJS.Timeout | undefined
  /** Bytes of data connections that are over. */
  readonly #moved = { sent: 0, received: 0 }
  #draining = false
  #onEmpty: (() => void) | undefined

  constructor(link: ControllerLink) {
    this.link = link
    this.#ports = new PortKeeper(() => link.portsReleased())
    this.#loop.enable()
  }

  get context(): WorkerContext {
    if (!this.#context) throw new Error('the worker has no configuration yet')
    return this.#context
  }

  async prepare(config: WorkerConfig, held?: PortSlice): Promise<void> {
    this.#prepared = undefined
    const ports = await this.#ports.prepare(config, held)
    this.#prepared = { config, context: buildContext(config, ports, this.#dns) }
  }

  async configure(config: WorkerConfig): Promise<void> {
    if (JSON.stringify(config) !== JSON.stringify(this.#prepared?.config)) await this.prepare(config)
    if (!this.#prepared) return
    this.#ports.commit()
    const { uploads } = config.settings
    if (JSON.stringify(uploads) !== JSON.stringify(this.#config?.settings.uploads)) {
      // Sessions keep the storages they have; those close with the worker.
      this.#storages = new Storages(uploads)
    }
    this.#config = config
    this.#context = this.#prepared.context
    this.#prepared = undefined
    this.#tick ??= setInterval(() => this.#checkIdle(), TICK_MS)
  }

  async discard(): Promise<void> {
    this.#prepared = undefined
    await this.#ports.discard()
  }

  async claimPorts(): Promise<{ warnings: readonly string[] }> {
    return { warnings: await this.#ports.claim() }
  }

  adopt(arrival: Arrival, socket: Socket): void {
    // Until the session listens itself, an error must not end the worker.
    this.link.adopted(arrival.ticket)
    const ignore = () => socket.destroy()
    socket.on('error', ignore)
    this.#take(arrival, socket)
      .catch(() => {
        socket.destroy()
        // It was gone, or its PROXY header was none: its place is free again.
        if (arrival.admitted) this.link.released(arrival.admitted)
      })
      .finally(() => socket.off('error', ignore))
  }

  async drain(ms: number): Promise<void> {
    this.#draining = true
    const goodbye = this.context.texts.say('session.shutdown')
    for (const session of this.#sessions.values()) {
      if (session.transfer) session.finishAfterTransfer(goodbye)
      else session.finish(goodbye, 'shutdown')
    }
    const timer = setTimeout(() => {
      for (const session of this.#sessions.values()) {
        session.transfer?.abort({ code: 'aborted', text: 'the server is stopping' })
      }
    }, ms)
    // A session that is being broken off still hands over its last reply; after that nothing is waited for.
    const { promise, resolve } = Promise.withResolvers<void>()
    const last = setTimeout(() => {
      for (const session of this.#sessions.values()) session.control.destroy('shutdown')
      setTimeout(resolve, LAST_MS)
    }, ms + LAST_MS)
    this.#onEmpty = resolve
    if (this.#sessions.size === 0) resolve()
    await promise
    clearTimeout(timer)
    clearTimeout(last)
    await this.#close()
  }

  async kick(id: string): Promise<boolean> {
    const session = this.#sessions.get(id)
    if (!session) return false
    session.transfer?.abort({ code: 'aborted', text: 'the administrator ended this session' })
    session.finish(this.context.texts.say('session.kicked'), 'kicked')
    return true
  }

  async sessions(): Promise<readonly SessionInfo[]> {
    const worker = this.#config?.worker ?? 0
    return [...this.#sessions.values()].map(session => sessionInfo(session, worker))
  }

  async session(id: string): Promise<SessionDetail | undefined> {
    const session = this.#sessions.get(id)
    return session && sessionDetail(session, this.#config?.worker ?? 0)
  }

  async dataConnections(): Promise<readonly DataConnectionInfo[]> {
    return [...this.#sessions.values()].flatMap(openConnections)
  }

  async ports(): Promise<WorkerPorts> {
    return describePorts(this.#ports.ports, this.#sessions.values())
  }

  async figures(): Promise<WorkerFigures> {
    const loopHeldMs = this.#loop.max / 1e6
    this.#loop.reset()
    const passive = this.#ports.ports?.figures()
    let transfers = 0
    const moved = { ...this.#moved }
    for (const { transfer } of this.#sessions.values()) {
      if (!transfer) continue
      transfers += 1
      moved[transfer.direction === 'upload' ? 'received' : 'sent'] += transfer.bytes
    }
    return {
      sessions: this.#sessions.size,
      transfers,
      ...moved,
      passive: {
        listening: passive?.listening ?? 0,
        reserved: passive?.reserved ?? 0,
        waiting: passive?.waiting ?? 0,
        refused: passive?.refused ?? 0,
        strangers: passive?.strangers ?? 0,
      },
      residentBytes: process.memoryUsage.rss(),
      loopHeldMs,
    }
  }

  emit(session: Session, event: SessionEvent): void {
    const user = session.account?.user
    this.#report({
      ...event,
      session: session.id,
      address: session.ends.client.address,
      ...(user !== undefined && { user }),
    })
  }

  moved(direction: Transfer['direction'], bytes: number): void {
    this.#moved[direction === 'upload' ? 'received' : 'sent'] += bytes
  }

  closed(session: Session, reason: string): void {
    this.#sessions.delete(session.id)
    this.#report({
      type: 'session-closed',
      session: session.id,
      address: session.ends.client.address,
      seconds: Math.round((Date.now() - session.since) / 1000),
      reason,
    })
    this.link.released(session.id)
    if (this.#sessions.size === 0) this.#onEmpty?.()
  }

  async openFiles(account: Account): Promise<UserFiles> {
    if (!this.#storages) throw new Error('the worker has no configuration yet')
    return await openUserFiles(account, this.#storages)
  }

  async #take(arrival: Arrival, socket: Socket): Promise<void> {
    const { context } = this
    const listener = context.listener(arrival.listener)
    // Taken away by a reload while the connection was on its way.
    if (!listener) throw new Error(`the listener ${arrival.listener} is gone`)
    const ends = await endsOf(socket, address => context.isProxy(listener.name, address))
    const answer = arrival.admitted
      ? { session: arrival.admitted }
      : await this.link.admit({ listener: listener.name, address: ends.client.address })
    if ('key' in answer) return this.#refuse(socket, listener.tls === 'implicit', answer)
    if (socket.destroyed) return this.link.released(answer.session)
    const session = new Session(socket, { id: answer.session, listener, ends }, this)
    this.#sessions.set(session.id, session)
    this.#report({
      type: 'session-opened',
      session: session.id,
      address: ends.client.address,
      listener: listener.name,
      tls: listener.tls === 'implicit',
    })
    if (this.#draining) return session.finish(context.texts.say('session.shutdown'), 'shutdown')
    if (listener.tls === 'implicit') await session.beginTls()
    session.control.send(context.greeting())
  }

  #refuse(socket: Socket, implicitTls: boolean, refusal: Refusal): void {
    // A reply in the clear would be no TLS record: the client would report a broken handshake instead of the reason.
    if (implicitTls) return void socket.destroy()
    socket.end(encodeReply(this.context.texts.say(refusal.key, refusal.values)))
    socket.setTimeout(2_000, () => socket.destroy())
  }

  #report(event: ServerEvent): void {
    this.#events.push(event)
    this.#flush ??= setTimeout(() => this.#flushEvents(), EVENTS_MS)
  }

  #flushEvents(): void {
    clearTimeout(this.#flush)
    this.#flush = undefined
    const events = this.#events
    this.#events = []
    if (events.length > 0) this.link.events(events)
  }

  #checkIdle(): void {
    const now = Date.now()
    for (const session of this.#sessions.values()) session.checkIdle(now)
  }

  async #close(): Promise<void> {
    clearInterval(this.#tick)
    this.#tick = undefined
    this.#loop.disable()
    this.#flushEvents()
    await this.#ports[Symbol.asyncDispose]()
    await this.#storages?.[Symbol.asyncDispose]()
  }
}

/** Who is at the other end: what the load balancer says, where it is one that is believed. */
async function endsOf(socket: Socket, isProxy: (address: string) => boolean): Promise<SessionEnds> {
  const peer = normaliseAddress(socket.remoteAddress ?? '')
  const local = normaliseAddress(socket.localAddress ?? '')
  const ends = {
    peer: { address: peer, port: socket.remotePort ?? 0 },
    local: { address: local, port: socket.localPort ?? 0 },
  }
  const direct: SessionEnds = {
    client: ends.peer,
    local,
    destination: local,
    destinationPort: ends.local.port,
    socket: ends,
  }
  if (!isProxy(peer)) return direct
  const header = await readProxyHeader(socket, { signal: AbortSignal.timeout(PROXY_HEADER_MS) })
  if ('local' in header) return direct
  const { source, destination, advertise } = header
  return {
    ...direct,
    client: source,
    destination: destination.address,
    destinationPort: destination.port,
    ...(advertise && { advertised: advertise }),
  }
}
