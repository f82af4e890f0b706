import type { RunRow, Store } from '@portolan/store'
import type { Run } from '../../contract/index.ts'
import type { TransfersOfNode } from '../../node/transfers/node-transfers.ts'
import { viewOfRun } from '../runs/run-view.ts'

/** How often changed runs are told, in milliseconds. */
const TICK_MS = 1_000
/** Runs that are told at once: more than anybody sees. */
const MOST = 100

/** What it works with. */
export interface RunTellerOptions {
  readonly store: Pick<Store, 'initiated' | 'changes' | 'kind'>
  readonly transfers: Pick<TransfersOfNode, 'subscribe'>
  tell(run: Run): void
}

/** Tells runs that change, each at most once a second: those of this node as they go, those of others as the store has them. */
export class RunTeller implements Disposable {
  readonly #options: RunTellerOptions
  /** Changed since they were told last; undefined: to be read from the store. */
  readonly #changed = new Map<string, RunRow | undefined>()
  /** Of other nodes, and not over when they were told last. */
  readonly #elsewhere = new Set<string>()
  readonly #subscriptions: Disposable
  readonly #timer: NodeJS.Timeout
  #looking = false

  constructor(options: RunTellerOptions) {
    const { store, transfers } = options
    this.#options = options
    const subscriptions = new DisposableStack()
    subscriptions.use(
      transfers.subscribe(event => {
        if (event.type !== 'warning') this.#note(event.run.id, event.run)
      }),
    )
    subscriptions.use(
      store.changes.subscribe(({ topic, key }) => {
        if (topic === 'runs' && key !== undefined && !this.#changed.has(key)) this.#note(key, undefined)
      }),
    )
    this.#subscriptions = subscriptions
    this.#timer = setInterval(() => void this.#look(), TICK_MS)
    this.#timer.unref()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.#subscriptions[Symbol.dispose]()
    this.#changed.clear()
  }

  #note(id: string, row: RunRow | undefined): void {
    if (this.#changed.size < MOST || this.#changed.has(id)) this.#changed.set(id, row)
  }

  async #look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    try {
      if (this.#options.store.kind === 'postgres') await this.#lookElsewhere()
      const changed = [...this.#changed]
      this.#changed.clear()
      for (const [id, row] of changed) {
        const told = row ?? (await this.#options.store.initiated.runs.get(id))
        if (told) this.#options.tell(viewOfRun(told))
      }
    } catch {
      // The store does not answer: the next look tells.
    } finally {
      this.#looking = false
    }
  }

  /** Other nodes say nothing of their progress: it is read while somebody watches. */
  async #lookElsewhere(): Promise<void> {
    const { runs } = this.#options.store.initiated
    const { items } = await runs.list({ state: 'running', limit: MOST })
    const running = new Set(items.map(({ id }) => id))
    for (const id of this.#elsewhere) {
      if (!running.has(id)) this.#note(id, undefined)
    }
    this.#elsewhere.clear()
    for (const row of items) {
      this.#elsewhere.add(row.id)
      if (!this.#changed.has(row.id)) this.#note(row.id, row)
    }
  }
}
