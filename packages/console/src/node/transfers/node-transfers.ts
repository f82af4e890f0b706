import type { ServerEvent } from '@portolan/server'
import type { Settings } from '@portolan/settings'
import type { Store } from '@portolan/store'
import type { Engine, EngineEvent } from '@portolan/transfers'
import type { LocalPlace } from '@portolan/transfers/model'
import { Problem } from '../../http/problem.ts'
import { activePortsOf } from '../../resources/partners/active-ports.ts'
import { engineName } from './engine-name.ts'
import { Outside } from './outside.ts'
import { Places, type PlacesOptions } from './places.ts'

/** How long a change waits for others before it is looked whether an engine is needed, in milliseconds. */
const LOOK_MS = 100

/** What transfers of a node are made from. */
export interface NodeTransfersOptions {
  readonly store: Pick<Store, 'initiated' | 'changes' | 'kind'>
  readonly node: string
  readonly dataFolder: string
  inForce(): Settings
  lookup: PlacesOptions['lookup']
  warn(text: string): void
}

/** The transfers of this node, for routes and live pages. */
export interface TransfersOfNode {
  /** The engine, loaded and started when it does not run yet. @throws {Problem} 409 `TRANSFERS_OFF`, 503 `TRANSFERS_UNAVAILABLE` */
  engine(): Promise<Engine>
  readonly running: Engine | undefined
  /** Whether this node runs transfers at all. */
  readonly enabled: boolean
  subscribe(listener: (event: EngineEvent) => void): Disposable
  /** Where a place of this server is on disk. @throws {PlaceError} */
  resolve(place: LocalPlace, need: 'read' | 'write'): Promise<string>
}

/**
 * The engine of a node. It is there when there is something for it to do: a node without transfers never loads it.
 */
export class NodeTransfers implements TransfersOfNode, AsyncDisposable {
  readonly #options: NodeTransfersOptions
  readonly #places: Places
  readonly #outside: Outside
  readonly #name: string
  readonly #listeners = new Set<(event: EngineEvent) => void>()
  #engine: Engine | undefined
  #concurrency = 0
  #feed: Disposable | undefined
  #timer: NodeJS.Timeout | undefined
  /** The last start or stop that was asked for. Never rejects. */
  #turn: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: NodeTransfersOptions) {
    const { lookup, inForce, dataFolder, node, warn } = options
    this.#options = options
    this.#places = new Places({ lookup, settings: inForce, dataFolder })
    this.#outside = new Outside(() => inForce().transfers, warn)
    this.#name = engineName(node)
  }

  get running(): Engine | undefined {
    return this.#engine
  }

  get enabled(): boolean {
    return this.#options.inForce().transfers.enabled
  }

  /** Begins to follow what is stored. */
  async start(): Promise<void> {
    this.#feed = this.#options.store.changes.subscribe(({ topic }) => {
      const isNews = topic === 'definitions' || topic === 'all' || (topic === 'runs' && !this.#engine)
      if (isNews) this.#lookSoon(LOOK_MS)
    })
    const { kind, initiated } = this.#options.store
    // SQLite has one node: what another one held there died with it.
    if (kind === 'sqlite') await initiated.runs.endLeases(Date.now())
    await this.apply()
  }

  /** Settings or transfers are others: the engine comes, goes, or goes on. Never rejects. */
  async apply(): Promise<void> {
    await this.#inTurn(() => this.#look())
  }

  async engine(): Promise<Engine> {
    await this.#inTurn(async () => {
      if (this.enabled && !this.#closed) await this.#begin()
    })
    if (this.#engine) return this.#engine
    if (!this.enabled) {
      const text = 'this node runs no transfers: set transfers.enabled in the settings, or ask another node'
      throw new Problem(409, 'TRANSFERS_OFF', text)
    }
    const text = this.#closed ? 'the node is stopping' : 'the transfers of this node could not be started'
    throw new Problem(503, 'TRANSFERS_UNAVAILABLE', `${text}: try again in a moment`, undefined, {
      headers: { 'retry-after': '5' },
    })
  }

  subscribe(listener: (event: EngineEvent) => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  resolve(place: LocalPlace, need: 'read' | 'write'): Promise<string> {
    return this.#places.resolve(place, need)
  }

  /** What happens in the FTP server may begin transfers. */
  take(event: ServerEvent): void {
    const engine = this.#engine
    if (!engine) return
    if (event.type === 'data-failed') {
      const { user = '', address, code, text } = event
      engine.dataFailed({ user, address, code, text })
    }
    if (!('user' in event) || event.user === undefined) return
    const { user } = event
    if (event.type === 'transfer-ended' && event.direction === 'upload' && event.verdict === 'complete')
      engine.arrived({ user, path: event.path })
    // Many clients upload under another name and rename when all is there.
    if (event.type === 'file' && event.change === 'renamed' && event.to !== undefined)
      engine.arrived({ user, path: event.to })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    this.#feed?.[Symbol.dispose]()
    clearTimeout(this.#timer)
    await this.#inTurn(() => this.#end())
    this.#listeners.clear()
  }

  #lookSoon(ms: number): void {
    if (this.#closed) return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.apply()
    }, ms)
    this.#timer.unref()
  }

  async #look(): Promise<void> {
    if (this.#closed) return
    const { store, inForce } = this.#options
    const { concurrency } = inForce().transfers
    const { total } = await store.initiated.definitions.list({ offset: 0, limit: 1 })
    const isWanted = this.enabled && (total > 0 || (await this.#hasRuns()))
    if (!isWanted || (this.#engine && this.#concurrency !== concurrency)) await this.#end()
    if (this.#engine) await this.#outside.refresh()
    else if (isWanted) await this.#begin()
  }

  async #hasRuns(): Promise<boolean> {
    const { waiting, running, retrying } = await this.#options.store.initiated.runs.counts(Date.now())
    return waiting + running + retrying > 0
  }

  async #begin(): Promise<void> {
    if (this.#engine) return
    const { store, inForce } = this.#options
    const { concurrency } = inForce().transfers
    await this.#outside.refresh()
    const { createEngine } = await import('@portolan/transfers')
    this.#engine = await createEngine({
      store,
      node: this.#name,
      concurrency,
      activePorts: () => activePortsOf(inForce()),
      resolve: (place, need) => this.#places.resolve(place, need),
      programs: this.#outside.programs,
      mail: this.#outside.mail,
      webhookKey: this.#outside.webhookKey,
      onEvent: event => {
        for (const listener of [...this.#listeners]) listener(event)
      },
    })
    this.#concurrency = concurrency
  }

  async #end(): Promise<void> {
    const engine = this.#engine
    this.#engine = undefined
    await engine?.[Symbol.asyncDispose]()
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work).catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error)
      this.#options.warn(`transfers: ${text}; it is tried again`)
      // Such as a database that does not answer.
      this.#lookSoon(5_000)
    })
    return this.#turn
  }
}
