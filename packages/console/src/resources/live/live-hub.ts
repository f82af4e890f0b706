import type { FtpServer, ServerEvent } from '@portolan/server'
import type { Store } from '@portolan/store'
import type { LiveSessions, LiveTopic } from '../../contract/index.ts'
import type { AccessOfNode } from '../../node/access/gateway-host.ts'
import { incidentOf, transferOf } from '../../node/recorder.ts'
import type { LiveFigures } from '../../node/services.ts'
import type { TransfersOfNode } from '../../node/transfers/node-transfers.ts'
import { viewOfPorts, viewOfSession } from '../sessions/session-view.ts'
import { AccessTeller } from './access-teller.ts'
import { RunTeller } from './run-teller.ts'
import { SessionDiff } from './session-diff.ts'
import { frameOf } from './sse.ts'

/** How often sessions and ports are looked at while somebody watches. */
const TICK_MS = 1_000
/** Incidents, and transfers, that are told in a second at most: more than anybody reads. The log has them all. */
const MOST_ROWS = 50

/** What the hub works with. */
export interface LiveHubOptions {
  readonly server: Pick<FtpServer, 'sessions' | 'ports' | 'on' | 'off'>
  readonly live: Pick<LiveFigures, 'now' | 'subscribe'>
  readonly store: Pick<Store, 'initiated' | 'changes' | 'kind'>
  readonly transfers: Pick<TransfersOfNode, 'subscribe'>
  readonly access: Pick<AccessOfNode, 'running' | 'subscribe'>
  /** Name of the node. */
  readonly node: string
  readonly now?: () => number
}

/** Somebody who watches. */
export interface Watcher {
  /** Takes an event in the text of `text/event-stream`. */
  send(frame: string): void
}

/**
 * What happens now, for everybody who watches: each event is made once, and nothing is looked at while nobody watches.
 */
export class LiveHub implements Disposable {
  readonly #options: LiveHubOptions
  readonly #now: () => number
  readonly #watchers: Readonly<Record<LiveTopic, Set<Watcher>>> = {
    sample: new Set(),
    sessions: new Set(),
    ports: new Set(),
    incident: new Set(),
    transfer: new Set(),
    run: new Set(),
    stream: new Set(),
    members: new Set(),
  }
  #samples: Disposable | undefined
  #runs: Disposable | undefined
  #access: Disposable | undefined
  #timer: NodeJS.Timeout | undefined
  #listening = false
  #looking = false
  #sessions: SessionDiff | undefined
  #ports: string | undefined
  #rows = { second: 0, incident: 0, transfer: 0 }
  #numbered = 0

  constructor(options: LiveHubOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** Begins to tell somebody of topics, the present state first. Disposing what comes back ends it. */
  watch(topics: ReadonlySet<LiveTopic>, watcher: Watcher): Disposable {
    for (const topic of topics) this.#watchers[topic].add(watcher)
    if (topics.has('sample')) watcher.send(frameOf('sample', this.#options.live.now()))
    if (topics.has('sessions') && this.#sessions)
      watcher.send(frameOf('sessions', { all: this.#sessions.all } satisfies LiveSessions))
    if (topics.has('ports') && this.#ports !== undefined) watcher.send(this.#ports)
    this.#arrange()
    return {
      [Symbol.dispose]: () => {
        for (const topic of topics) this.#watchers[topic].delete(watcher)
        this.#arrange()
      },
    }
  }

  [Symbol.dispose](): void {
    for (const watchers of Object.values(this.#watchers)) watchers.clear()
    this.#arrange()
  }

  /** Looks at what somebody watches, and at nothing else. */
  #arrange(): void {
    const { sample, sessions, ports, incident, transfer, run, stream, members } = this.#watchers
    if (sample.size > 0) this.#samples ??= this.#options.live.subscribe(one => this.#tell('sample', one))
    else {
      this.#samples?.[Symbol.dispose]()
      this.#samples = undefined
    }
    if (run.size > 0) {
      const { store, transfers } = this.#options
      this.#runs ??= new RunTeller({ store, transfers, tell: one => this.#tell('run', one) })
    } else {
      this.#runs?.[Symbol.dispose]()
      this.#runs = undefined
    }
    if (stream.size + members.size > 0) this.#access ??= this.#tellAccess()
    else {
      this.#access?.[Symbol.dispose]()
      this.#access = undefined
    }
    const listens = incident.size + transfer.size > 0
    if (listens && !this.#listening) this.#options.server.on('event', this.#onEvent)
    if (!listens && this.#listening) this.#options.server.off('event', this.#onEvent)
    this.#listening = listens
    if (sessions.size === 0) this.#sessions = undefined
    if (ports.size === 0) this.#ports = undefined
    this.#arrangeLooking(sessions.size + ports.size > 0)
  }

  #tellAccess(): Disposable {
    const { store, access } = this.#options
    return new AccessTeller({
      store,
      access,
      tellStreams: one => this.#tell('stream', one),
      tellMembers: one => this.#tell('members', one),
    })
  }

  #arrangeLooking(wanted: boolean): void {
    const isNew = (this.#watchers.sessions.size > 0 && !this.#sessions) || this.#needsPorts
    if (wanted && isNew) void this.#look()
    if (wanted && !this.#timer) {
      this.#timer = setInterval(() => void this.#look(), TICK_MS)
      this.#timer.unref()
    }
    if (wanted) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  get #needsPorts(): boolean {
    return this.#watchers.ports.size > 0 && this.#ports === undefined
  }

  async #look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    try {
      if (this.#watchers.sessions.size > 0) await this.#lookAtSessions()
      if (this.#watchers.ports.size > 0) await this.#lookAtPorts()
    } catch {
      // A worker that is lost, or a server that closes: the next look tells.
    } finally {
      this.#looking = false
    }
  }

  async #lookAtSessions(): Promise<void> {
    const sessions = (await this.#options.server.sessions()).map(viewOfSession)
    if (this.#watchers.sessions.size === 0) return
    const first = !this.#sessions
    this.#sessions ??= new SessionDiff()
    const difference = this.#sessions.next(sessions, this.#now())
    if (first) this.#tell('sessions', { all: this.#sessions.all } satisfies LiveSessions)
    else if (difference) this.#tell('sessions', difference)
  }

  async #lookAtPorts(): Promise<void> {
    const frame = frameOf('ports', viewOfPorts(await this.#options.server.ports()))
    if (this.#watchers.ports.size === 0 || frame === this.#ports) return
    this.#ports = frame
    this.#send('ports', frame)
  }

  readonly #onEvent = (event: ServerEvent): void => {
    const at = this.#now()
    const { node } = this.#options
    if (event.type === 'transfer-ended') this.#tellRow('transfer', at, transferOf(event, at, node))
    const incident = this.#watchers.incident.size > 0 ? incidentOf(event, at, node) : undefined
    if (incident) this.#tellRow('incident', at, incident)
  }

  #tellRow(topic: 'incident' | 'transfer', at: number, row: object): void {
    if (this.#watchers[topic].size === 0) return
    const second = Math.floor(at / 1000)
    if (second !== this.#rows.second) this.#rows = { second, incident: 0, transfer: 0 }
    if (this.#rows[topic] >= MOST_ROWS) return
    this.#rows[topic]++
    this.#tell(topic, { ...row, id: `live-${++this.#numbered}` })
  }

  #tell(topic: LiveTopic, data: object): void {
    this.#send(topic, frameOf(topic, data))
  }

  #send(topic: LiveTopic, frame: string): void {
    // One that is dropped while it is sent to takes itself out.
    for (const watcher of [...this.#watchers[topic]]) watcher.send(frame)
  }
}
