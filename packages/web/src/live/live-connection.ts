import type { LiveTopic } from '@portolan/console/contract'

/**
 * The state of the stream of live figures: nobody asked for it; being opened; open; lost and tried again; given up for as
 * long as the page is hidden.
 */
export type LiveState = 'off' | 'connecting' | 'live' | 'lost' | 'resting'

/** What is used of an EventSource. */
export interface Source {
  addEventListener(type: 'open' | 'error', listener: () => void): void
  addEventListener(type: string, listener: (event: { readonly data: string }) => void): void
  close(): void
}

interface Subscription {
  readonly topics: readonly LiveTopic[]
  readonly handle: (topic: LiveTopic, data: unknown) => void
}

const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 30_000
/** Subscriptions of one render are one connection. */
const GATHER_MS = 30

interface Timers {
  set(run: () => void, ms: number): unknown
  clear(timer: unknown): void
}

const realTimers: Timers = {
  set: (run, ms) => setTimeout(run, ms),
  clear: timer => clearTimeout(timer as Parameters<typeof clearTimeout>[0]),
}

/**
 * One stream of server-sent events for the whole page, however many parts of it listen: a browser gives a host six
 * connections. It carries the topics of all subscriptions together and is opened anew when a subscription comes, so that
 * the newcomer gets the first event, which holds everything.
 */
export class LiveConnection {
  readonly #open: (topics: readonly LiveTopic[]) => Source
  readonly #timers: Timers
  readonly #subscriptions = new Set<Subscription>()
  readonly #watchers = new Set<() => void>()
  #state: LiveState = 'off'
  #source: Source | undefined
  #topics = ''
  #timer: unknown
  #retryMs = FIRST_RETRY_MS
  #resting = false

  constructor(open: (topics: readonly LiveTopic[]) => Source, timers: Timers = realTimers) {
    this.#open = open
    this.#timers = timers
  }

  get state(): LiveState {
    return this.#state
  }

  /** Calls when the state has changed. Returns the way to stop. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** Listens to topics. Returns the way to stop. */
  subscribe(topics: readonly LiveTopic[], handle: Subscription['handle']): () => void {
    const subscription = { topics, handle }
    this.#subscriptions.add(subscription)
    this.#topics = ''
    this.#later(GATHER_MS)
    return () => {
      this.#subscriptions.delete(subscription)
      this.#later(GATHER_MS)
    }
  }

  /** Closes the stream while nobody looks at the page, and opens it again. */
  rest(resting: boolean): void {
    if (resting === this.#resting) return
    this.#resting = resting
    this.#retryMs = FIRST_RETRY_MS
    this.#later(0)
  }

  #later(ms: number): void {
    this.#timers.clear(this.#timer)
    this.#timer = this.#timers.set(() => this.#connect(), ms)
  }

  #connect(): void {
    const topics = [...new Set([...this.#subscriptions].flatMap(({ topics }) => topics))].sort()
    const key = topics.join(',')
    if (topics.length === 0 || this.#resting) {
      this.#drop()
      this.#become(topics.length === 0 ? 'off' : 'resting')
      return
    }
    if (this.#source && key === this.#topics) return
    this.#drop()
    this.#topics = key
    this.#become(this.#state === 'lost' ? 'lost' : 'connecting')
    const source = this.#open(topics)
    this.#source = source
    source.addEventListener('open', () => {
      this.#retryMs = FIRST_RETRY_MS
      this.#become('live')
    })
    source.addEventListener('error', () => {
      if (source !== this.#source) return
      this.#drop()
      this.#become('lost')
      this.#later(this.#retryMs)
      this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2)
    })
    for (const topic of topics) source.addEventListener(topic, event => this.#deliver(topic, event.data))
  }

  #deliver(topic: LiveTopic, text: string): void {
    let data: unknown
    try {
      data = JSON.parse(text)
    } catch {
      return
    }
    for (const { topics, handle } of this.#subscriptions) if (topics.includes(topic)) handle(topic, data)
  }

  #drop(): void {
    this.#source?.close()
    this.#source = undefined
    this.#topics = ''
  }

  #become(state: LiveState): void {
    if (state === this.#state) return
    this.#state = state
    for (const watcher of this.#watchers) watcher()
  }
}
