import { FtpClient } from '@portolan/client'
import type { RunRow } from '@portolan/store'
import { alertAbout } from '../alerts/alert.ts'
import type { Engine, EngineOptions } from '../engine.ts'
import { retryPolicy } from '../model/index.ts'
import { HeldRun } from '../run/held-run.ts'
import { RunSaver } from '../run/run-saver.ts'
import { type WorkTools, workOn } from '../run/work.ts'
import { Planner } from '../triggers/planner.ts'
import { Catalog } from './catalog.ts'
import { Dispatcher } from './dispatcher.ts'
import { Heartbeat } from './heartbeat.ts'
import { Requests } from './requests.ts'
import { clientOptionsFor } from './site-client.ts'
import { SiteClients } from './site-clients.ts'
import { DEFAULT_TIMING, type EngineTiming } from './timing.ts'

/**
 * Starts an engine. It works on what is due at once, also on what an earlier one has left.
 *
 * @param timing - for tests
 * @throws {StoreError} when the store cannot be read
 */
export async function createEngine(
  options: EngineOptions,
  timing: Partial<EngineTiming> = {},
): Promise<Engine> {
  const engine = new RunningEngine(options, { ...DEFAULT_TIMING, ...timing })
  try {
    await engine.start()
    return engine
  } catch (error) {
    await engine[Symbol.asyncDispose]()
    throw error
  }
}

/** Runs at once on a node. */
const CONCURRENCY = 32

class RunningEngine implements Engine {
  readonly #options: EngineOptions
  readonly #now: () => number
  readonly #catalog: Catalog
  readonly #sites: SiteClients
  readonly #saver: RunSaver
  readonly #heartbeat: Heartbeat
  readonly #dispatcher: Dispatcher
  readonly #requests: Requests
  readonly #tools: WorkTools
  readonly #feed: Disposable
  #planner: Planner | undefined
  /** Runs that have ended. */
  #ended = 0
  #disposing: Promise<void> | undefined

  constructor(options: EngineOptions, timing: EngineTiming) {
    const { store, node, now = Date.now } = options
    const { runs, fetched } = store.initiated
    this.#options = options
    this.#now = now
    this.#catalog = new Catalog(store.initiated)
    this.#sites = new SiteClients(this.#catalog, () => options.activePorts())
    this.#saver = new RunSaver({ runs, node, writers: () => this.#heartbeat.held.size })
    const onTrouble = (error: unknown) => this.#warn('RUN_QUEUE', error)
    this.#heartbeat = new Heartbeat({ runs, node, timing, now, onTrouble })
    this.#tools = {
      options,
      sites: this.#sites,
      runs,
      fetched,
      now,
      random: Math.random,
      retryOf: sites => this.#retryOf(sites),
      alert: (run, life) => alertAbout(run, life, options, now()),
    }
    this.#dispatcher = new Dispatcher({
      runs,
      node,
      concurrency: options.concurrency ?? CONCURRENCY,
      timing,
      now,
      connections: () => this.#catalog.connections(),
      work: (row, until) => this.#work(row, until),
      onTrouble,
    })
    this.#requests = new Requests({
      tables: store.initiated,
      now,
      onQueued: rows => this.#queued(rows),
    })
    this.#feed = store.changes.subscribe(({ topic, key }) => {
      if (topic === 'runs' || topic === 'all') {
        if (key === undefined || this.#heartbeat.held.has(key)) void this.#heartbeat.beat()
        this.#dispatcher.wake()
      }
      if (topic === 'sites' || topic === 'zones' || topic === 'all') this.#catalog.forget()
    })
  }

  /** Begins with what is due, and decides from now on what becomes due. */
  async start(): Promise<void> {
    const { store, resolve } = this.#options
    this.#dispatcher.wake()
    this.#planner = await Planner.start({
      store,
      resolve: (place, need) => resolve(place, need),
      onQueued: rows => this.#queued(rows),
      warn: (code, text) => this.#options.onEvent({ type: 'warning', code, text }),
    })
  }

  request: Engine['request'] = (transfer, cause) => this.#requests.request(transfer, cause)

  again: Engine['again'] = (run, by) => this.#requests.again(run, by)

  async cancel(run: string): Promise<boolean> {
    const asked = await this.#options.store.initiated.runs.cancel(run, this.#now())
    if (asked) this.#heartbeat.held.get(run)?.stop('cancelled')
    return asked
  }

  arrived: Engine['arrived'] = file => this.#planner?.arrived(file)

  dataFailed: Engine['dataFailed'] = failure => this.#planner?.dataFailed(failure)

  clientFor: Engine['clientFor'] = (site, secrets, zone) =>
    new FtpClient(clientOptionsFor(site, secrets, zone && { zone }, this.#options.activePorts()))

  async idle(signal: AbortSignal): Promise<void> {
    let ended: number
    // What has ended may begin something else.
    do {
      ended = this.#ended
      await this.#planner?.settled()
      await this.#dispatcher.idle(signal)
    } while (ended !== this.#ended)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposing ??= this.#dispose()
    return this.#disposing
  }

  async #dispose(): Promise<void> {
    this.#feed[Symbol.dispose]()
    await this.#planner?.[Symbol.asyncDispose]()
    const closed = this.#dispatcher.close()
    for (const run of this.#heartbeat.held.values()) run.stop('given-back')
    await closed
    this.#heartbeat.close()
    await this.#sites[Symbol.asyncDispose]()
  }

  async #work(row: RunRow, until: number): Promise<void> {
    // One that this node has lost and has got again.
    const before = this.#heartbeat.held.get(row.id)
    before?.stop('lost')
    let run: HeldRun
    try {
      run = new HeldRun({
        row,
        until,
        saver: this.#saver,
        now: this.#now,
        onProgress: progressed => this.#emit('run-progress', progressed),
      })
    } catch (error) {
      await this.#unreadable(row, error)
      return
    }
    this.#heartbeat.held.set(row.id, run)
    if (this.#disposing) run.stop('given-back')
    if (row.cancelAsked) run.stop('cancelled')
    this.#emit('run-started', run.row)
    const left = await workOn(run, this.#tools)
    if (this.#heartbeat.held.get(row.id) === run) this.#heartbeat.held.delete(row.id)
    if (left) this.#left(left)
  }

  #left(row: RunRow): void {
    if (row.state === 'retrying') this.#emit('run-retrying', row)
    else if (row.state !== 'waiting') this.#over(row)
  }

  #over(row: RunRow): void {
    this.#ended++
    this.#emit('run-ended', row)
    this.#planner?.ended(row)
  }

  #queued(rows: readonly RunRow[]): void {
    for (const row of rows) this.#emit('run-queued', row)
    this.#dispatcher.wake()
  }

  /** A definition of another release, or one that somebody has damaged. */
  async #unreadable(row: RunRow, error: unknown): Promise<void> {
    const text = `The transfer cannot be read: ${error instanceof Error ? error.message : String(error)}`
    const end = { state: 'failed', endedAt: this.#now(), error: { code: 'TRANSFER_INVALID', text } } as const
    try {
      if (await this.#saver.save(row.id, end)) this.#over({ ...row, ...end })
    } catch (trouble) {
      this.#warn('RUN_QUEUE', trouble)
    }
  }

  /** Of the first site that is there. */
  async #retryOf(sites: readonly string[]) {
    for (const name of sites) {
      try {
        return (await this.#catalog.site(name)).site.retry
      } catch {
        // The step that needs it says so.
      }
    }
    return retryPolicy.parse({})
  }

  #emit(
    type: 'run-queued' | 'run-started' | 'run-progress' | 'run-retrying' | 'run-ended',
    run: RunRow,
  ): void {
    this.#options.onEvent({ type, run })
  }

  #warn(code: string, error: unknown): void {
    this.#options.onEvent({
      type: 'warning',
      code,
      text: error instanceof Error ? error.message : String(error),
    })
  }
}
