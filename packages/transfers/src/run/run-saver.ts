import { setTimeout as sleep } from 'node:timers/promises'
import { type RunChange, type RunEvent, type RunFile, type Runs, StoreError } from '@portolan/store'

/** What is written of a run at once. */
export interface RunWrite extends RunChange {
  readonly fileRows?: readonly RunFile[]
  readonly events?: readonly Omit<RunEvent, 'id'>[]
}

interface Waiting {
  readonly id: string
  readonly write: RunWrite
  resolve(held: boolean): void
  reject(error: unknown): void
}

export interface RunSaverOptions {
  readonly runs: Pick<Runs, 'saveAll'>
  readonly node: string
  /** How many runs there are that may write: a write waits for the others a moment. Default 1. */
  writers?(): number
  /** The longest that it waits, in milliseconds. Default 10. */
  readonly lingerMs?: number
  /** How often a database that does not answer is asked again, 500 ms apart: less than a lease lasts. Default 12. */
  readonly tries?: number
}

/** The most runs in one transaction. */
const MOST_AT_ONCE = 256

/**
 * Writes what runs say of themselves, many runs in one transaction: while one is being written the next gathers. A write
 * that has resolved is durable. One run alone is written at once.
 */
export class RunSaver {
  readonly #runs: Pick<Runs, 'saveAll'>
  readonly #node: string
  readonly #lingerMs: number
  readonly #writers: () => number
  readonly #tries: number
  #queue: Waiting[] = []
  #writing: Promise<void> | undefined
  /** Ends the wait for others. */
  #go: (() => void) | undefined

  constructor({ runs, node, writers = () => 1, lingerMs = 10, tries = 12 }: RunSaverOptions) {
    this.#runs = runs
    this.#node = node
    this.#lingerMs = lingerMs
    this.#writers = writers
    this.#tries = tries
  }

  /** @returns false when the node has the run no more @throws {StoreError} when it could not be written */
  save(id: string, write: RunWrite): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>()
    this.#queue.push({ id, write, resolve, reject })
    if (this.#queue.length >= this.#writers()) this.#go?.()
    this.#writing ??= this.#write()
    return promise
  }

  async #write(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        await this.#gather()
        const batch = this.#queue.splice(0, MOST_AT_ONCE)
        await this.#writeBatch(batch)
      }
    } finally {
      this.#writing = undefined
    }
  }

  /** Waits until every run has something to write, but not for long. */
  async #gather(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#go = resolve
    const writers = this.#writers()
    const wait = this.#queue.length >= writers ? 0 : Math.min(this.#lingerMs, writers)
    const timer = wait > 0 ? setTimeout(resolve, wait) : undefined
    // What is written in the same turn comes along in any case.
    if (!timer) setImmediate(resolve)
    await promise
    clearTimeout(timer)
    this.#go = undefined
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const held = new Set(await this.#persist(batch))
      for (const { id, resolve } of batch) resolve(held.has(id))
    } catch (error) {
      const [only] = batch
      if (batch.length === 1 || !only || isUnavailable(error)) {
        for (const { reject } of batch) reject(error)
        return
      }
      // What one run says cannot be written: that is no reason to stop the others.
      for (const one of batch) await this.#writeBatch([one])
    }
  }

  async #persist(batch: readonly Waiting[]): Promise<readonly string[]> {
    const changes = merge(batch)
    for (let tries = 1; ; tries++) {
      try {
        return await this.#runs.saveAll(this.#node, changes)
      } catch (error) {
        if (!isUnavailable(error) || tries >= this.#tries) throw error
        await sleep(500)
      }
    }
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'STORE_UNAVAILABLE'
}

/** One change for each run: what came later counts. */
function merge(batch: readonly Waiting[]): readonly (RunWrite & { id: string })[] {
  const changes = new Map<string, RunWrite & { id: string }>()
  for (const { id, write } of batch) {
    const before = changes.get(id)
    changes.set(id, before ? joinWrites(before, write) : { id, ...write })
  }
  return [...changes.values()]
}

/** Two writes of one run as one. */
export function joinWrites<A extends RunWrite>(before: A, after: RunWrite): A & RunWrite {
  const rows = new Map([...(before.fileRows ?? []), ...(after.fileRows ?? [])].map(row => [row.key, row]))
  const events = [...(before.events ?? []), ...(after.events ?? [])]
  return {
    ...before,
    ...after,
    ...(rows.size > 0 && { fileRows: [...rows.values()] }),
    ...(events.length > 0 && { events }),
  }
}
