import type { StreamReport } from '@portolan/gateway'
import type { Store } from '@portolan/store'
import type { LiveMembers, LiveStreams } from '../../contract/index.ts'
import type { AccessOfNode } from '../../node/access/gateway-host.ts'

/** How often what has changed is told, in milliseconds. */
const TICK_MS = 1_000
/** Streams that are told at once: more than anybody sees. */
const MOST = 200

/** What it works with. */
export interface AccessTellerOptions {
  readonly store: Pick<Store, 'changes'>
  readonly access: Pick<AccessOfNode, 'running' | 'subscribe'>
  tellStreams(streams: LiveStreams): void
  tellMembers(members: LiveMembers): void
}

/** Tells streams that change, each at most once a second, and who is connected when that changes. */
export class AccessTeller implements Disposable {
  readonly #options: AccessTellerOptions
  readonly #changed = new Map<string, StreamReport>()
  readonly #subscriptions: Disposable
  readonly #timer: NodeJS.Timeout
  #told = ''
  #isNews = true

  constructor(options: AccessTellerOptions) {
    const { store, access } = options
    this.#options = options
    const subscriptions = new DisposableStack()
    subscriptions.use(
      access.subscribe(event => {
        if (event.type === 'streams') for (const stream of event.streams) this.#note(stream)
      }),
    )
    subscriptions.use(
      store.changes.subscribe(({ topic }) => {
        if (topic === 'members' || topic === 'all') this.#isNews = true
      }),
    )
    this.#subscriptions = subscriptions
    this.#timer = setInterval(() => this.#look(), TICK_MS)
    this.#timer.unref()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.#subscriptions[Symbol.dispose]()
    this.#changed.clear()
  }

  #note(stream: StreamReport): void {
    const { ConnectionID } = stream
    if (this.#changed.size < MOST || this.#changed.has(ConnectionID)) this.#changed.set(ConnectionID, stream)
  }

  #look(): void {
    if (this.#changed.size > 0) {
      const changed = [...this.#changed.values()]
      this.#changed.clear()
      this.#options.tellStreams({ changed })
    }
    const members = membersOf(this.#options.access)
    const text = JSON.stringify(members)
    if (!this.#isNews && text === this.#told) return
    this.#told = text
    this.#isNews = false
    this.#options.tellMembers(members)
  }
}

function membersOf({ running }: Pick<AccessOfNode, 'running'>): LiveMembers {
  const edges = running?.live() ?? []
  const count = (of: readonly { readonly id: string }[]) => new Set(of.map(({ id }) => id)).size
  return {
    edges: edges.length,
    connectors: count(edges.flatMap(edge => edge.connectors)),
    agents: count(edges.flatMap(edge => edge.agents)),
    streams: edges.reduce((total, edge) => total + edge.streams, 0),
  }
}
