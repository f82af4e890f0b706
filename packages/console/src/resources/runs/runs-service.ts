import type { RunRow } from '@portolan/store'
import type { Engine } from '@portolan/transfers'
import type { z } from 'zod'
import type {
  Run,
  RunDetail,
  RunEventView,
  RunFileView,
  runRequestBody,
  runsQuery,
} from '../../contract/index.ts'
import { Problem } from '../../http/problem.ts'
import type { Services } from '../../node/services.ts'
import { viewOfRun, viewOfRunEvent, viewOfRunFile } from './run-view.ts'

/** Files and events that a run is shown with at first. */
const FIRST_FILES = 100
const MOST_EVENTS = 1_000
/** What is over is counted of so long, in milliseconds, unless another time is asked for. */
const COUNTED_MS = 86_400_000

type RunsAsk = z.output<typeof runsQuery>
type Properties = z.output<typeof runRequestBody>['properties']

/** Runs of transfers, of all nodes. */
export class RunsService {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  get #runs() {
    return this.#services.store.initiated.runs
  }

  /** Newest first. */
  async list(ask: RunsAsk): Promise<{ items: Run[]; next?: string }> {
    const { limit, before, transfer, site, state, from, to } = ask
    const page = await this.#runs.list({
      limit,
      ...(before !== undefined && { before }),
      ...(transfer !== undefined && { transfer }),
      ...(site !== undefined && { site }),
      ...(state !== undefined && { state }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    })
    return { items: page.items.map(viewOfRun), ...(page.next !== undefined && { next: page.next }) }
  }

  counts(from: number = this.#services.now() - COUNTED_MS) {
    return this.#runs.counts(from)
  }

  /** @throws {Problem} 404 `RUN_MISSING` */
  async get(id: string): Promise<RunDetail> {
    const row = await this.row(id)
    const [files, events] = await Promise.all([
      this.#runs.files(id, { offset: 0, limit: FIRST_FILES }),
      this.#runs.events(id, { limit: MOST_EVENTS }),
    ])
    return {
      ...viewOfRun(row),
      definition: row.definition,
      fileRows: files.items.map(viewOfRunFile),
      events: events.map(viewOfRunEvent),
    }
  }

  /** @throws {Problem} 404 `RUN_MISSING` */
  async row(id: string): Promise<RunRow> {
    const row = await this.#runs.get(id)
    if (!row) throw missing(id)
    return row
  }

  async files(
    id: string,
    ask: { offset: number; limit: number },
  ): Promise<{ items: RunFileView[]; total: number }> {
    await this.row(id)
    const { items, total } = await this.#runs.files(id, ask)
    return { items: items.map(viewOfRunFile), total }
  }

  async events(id: string, ask: { after?: string | undefined; limit: number }): Promise<RunEventView[]> {
    await this.row(id)
    const { after, limit } = ask
    const events = await this.#runs.events(id, { limit, ...(after !== undefined && { after }) })
    return events.map(viewOfRunEvent)
  }

  /** Makes a run by hand. @throws {Problem} 409 `TRANSFERS_OFF`; {TransferError} */
  async request(transfer: string, actor: string, properties: Properties = {}): Promise<Run> {
    const requests = await this.#requests()
    return viewOfRun(await requests.request(transfer, { text: `${actor} asked for it`, properties }))
  }

  /** Asks for the end of a run; false when it was over. @throws {Problem} 404 `RUN_MISSING` */
  async cancel(id: string): Promise<{ cancelled: boolean; run: Run }> {
    await this.row(id)
    const { transfers, store, now } = this.#services
    // Whoever has the run is told by the store; this node's own engine at once.
    const cancelled = transfers.running
      ? await transfers.running.cancel(id)
      : await store.initiated.runs.cancel(id, now())
    return { cancelled, run: viewOfRun(await this.row(id)) }
  }

  /** A run that is over, once more. @throws {Problem} 404, 409 `RUN_NOT_OVER`; {TransferError} */
  async again(id: string, actor: string): Promise<Run> {
    const { state } = await this.row(id)
    if (state === 'waiting' || state === 'running' || state === 'retrying') {
      const text = `the run ${id} is not over: it is ${state}. Cancel it first, or wait`
      throw new Problem(409, 'RUN_NOT_OVER', text)
    }
    const requests = await this.#requests()
    return viewOfRun(await requests.again(id, actor))
  }

  async #requests(): Promise<Pick<Engine, 'request' | 'again'>> {
    const { transfers, store, now } = this.#services
    if (transfers.enabled || store.kind === 'sqlite') return transfers.engine()
    // Another node of the same database takes it.
    const { Requests } = await import('@portolan/transfers')
    return new Requests({ tables: store.initiated, now, onQueued: () => {} })
  }
}

const missing = (id: string) =>
  new Problem(
    404,
    'RUN_MISSING',
    `there is no run ${id}; runs that are over are kept for as long as transfers.keepRuns says`,
  )
