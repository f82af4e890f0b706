import type { RunRow, Store } from '@portolan/store'
import { type Clock, systemClock } from '../schedule/clock.ts'
import { Scheduler } from '../schedule/scheduler.ts'
import { Definitions } from './definitions.ts'
import type { Resolve } from './folder-trigger.ts'
import { RunWriter } from './run-writer.ts'
import { Triggers } from './triggers.ts'

/** What {@link Planner} works with. */
export interface PlannerOptions {
  readonly store: Pick<Store, 'initiated' | 'changes'>
  readonly resolve: Resolve
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Runs that were made, and may begin. */
  onQueued(runs: readonly RunRow[]): void
  warn(code: string, text: string): void
}

/** Decides what runs when on this node: schedules and triggers together. */
export class Planner implements AsyncDisposable {
  readonly definitions: Definitions
  readonly #writer: RunWriter
  readonly #scheduler: Scheduler
  readonly #triggers: Triggers

  private constructor({ store, resolve, clock = systemClock, onQueued, warn }: PlannerOptions) {
    const { initiated: tables, changes } = store
    this.definitions = new Definitions({ store: { initiated: tables, changes }, clock, warn })
    const { definitions } = this
    this.#writer = new RunWriter({ runs: tables.runs, clock, onQueued, warn })
    const parts = { definitions, writer: this.#writer, clock, warn }
    this.#scheduler = new Scheduler({ ...parts, marks: tables.schedules })
    this.#triggers = new Triggers({ ...parts, tables, resolve })
  }

  /** Begins, and makes up for what was missed. @throws {StoreError} when the store cannot be read */
  static async start(options: PlannerOptions): Promise<Planner> {
    const planner = new Planner(options)
    try {
      await planner.definitions.load()
      await planner.#scheduler.start()
      planner.#triggers.start()
      return planner
    } catch (error) {
      await planner[Symbol.asyncDispose]()
      throw error
    }
  }

  /** A file was uploaded whole; `path` as the user sees it. */
  arrived: Triggers['arrived'] = file => this.#triggers.arrived(file)

  /** A run of this node is over. */
  ended: Triggers['ended'] = run => this.#triggers.ended(run)

  /** A data connection of a client failed. */
  dataFailed: Triggers['dataFailed'] = failure => this.#triggers.dataFailed(failure)

  /** Resolves when all that is due or was told has its runs, for tests. */
  async settled(): Promise<void> {
    await this.#scheduler.settled()
    await this.#triggers.settled()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.definitions[Symbol.dispose]()
    // What waits for the store is let go first, or the others would wait for it.
    const written = this.#writer[Symbol.asyncDispose]()
    await Promise.all([this.#scheduler[Symbol.asyncDispose](), this.#triggers[Symbol.asyncDispose]()])
    await written
  }
}
