import type { Document, Store } from '@portolan/store'
import { type Transfer, transfer as transferSchema } from '../model/index.ts'
import { type Clock, systemClock } from '../schedule/clock.ts'

/** A transfer as it is kept. The object is the same as long as nothing of it changes. */
export interface Definition {
  readonly transfer: Transfer
  /** Milliseconds since 1970. */
  readonly changedAt: number
  readonly revision: number
}

/** What {@link Definitions} works with. */
export interface DefinitionsOptions {
  readonly store: {
    readonly initiated: { readonly definitions: Pick<Store['initiated']['definitions'], 'all'> }
    readonly changes: Store['changes']
  }
  readonly clock?: Clock
  warn(code: string, text: string): void
}

/** First and longest wait before the definitions are read again after a failure, in milliseconds. */
const RETRY_MS = 1_000
const RETRY_CEILING_MS = 30_000

/** The transfers of the store, read again whenever one changes, on whatever node. One that cannot be read is left out. */
export class Definitions implements Disposable {
  readonly #options: DefinitionsOptions
  readonly #clock: Clock
  readonly #listeners = new Set<() => void>()
  readonly #subscription: Disposable
  #byName: ReadonlyMap<string, Definition> = new Map()
  #all: readonly Definition[] = []
  #reading: Promise<void> | undefined
  #isStale = false
  #retry: Disposable | undefined
  #retryMs = RETRY_MS
  #closed = false

  constructor(options: DefinitionsOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#subscription = options.store.changes.subscribe(({ topic }) => {
      if (topic === 'definitions' || topic === 'all') void this.load()
    })
  }

  /** All of them, by name: the same list until they are read again. */
  all(): readonly Definition[] {
    return this.#all
  }

  get(name: string): Definition | undefined {
    return this.#byName.get(name)
  }

  /** Calls `listener` each time they were read, whether or not one has changed. */
  onLoad(listener: () => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) }
  }

  /** Reads them; resolves when they are there, or when the store could not be read: then it is tried again by itself. */
  async load(): Promise<void> {
    this.#isStale = true
    if (this.#closed) return
    this.#reading ??= this.#read()
    await this.#reading
  }

  async #read(): Promise<void> {
    this.#retry?.[Symbol.dispose]()
    while (this.#isStale && !this.#closed) {
      this.#isStale = false
      try {
        const documents = await this.#options.store.initiated.definitions.all()
        this.#byName = new Map(documents.flatMap(document => this.#understand(document)))
        this.#all = [...this.#byName.values()]
        this.#retryMs = RETRY_MS
        for (const listener of this.#listeners) listener()
      } catch (error) {
        this.#tryAgain(error)
      }
    }
    // In the turn in which nothing is stale: a change from now on is read anew.
    this.#reading = undefined
  }

  #tryAgain(error: unknown): void {
    if (this.#closed) return
    const text = error instanceof Error ? error.message : String(error)
    this.#options.warn('definitions-unread', `The transfers could not be read, and are tried again: ${text}`)
    this.#retry = this.#clock.at(this.#clock.now() + this.#retryMs, () => void this.load())
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_CEILING_MS)
  }

  #understand({ name, document, changedAt, revision }: Document): [string, Definition][] {
    const known = this.#byName.get(name)
    if (known?.revision === revision && known.changedAt === changedAt) return [[name, known]]
    const read = transferSchema.safeParse(document)
    if (read.success) return [[name, { transfer: read.data, changedAt, revision }]]
    const [issue] = read.error.issues
    const where = issue?.path.join('.') ?? ''
    this.#options.warn(
      'definition-invalid',
      `The transfer ${name} is left out, it cannot be understood: ${where} ${issue?.message ?? ''}`,
    )
    return []
  }

  [Symbol.dispose](): void {
    this.#closed = true
    this.#retry?.[Symbol.dispose]()
    this.#subscription[Symbol.dispose]()
    this.#listeners.clear()
  }
}
