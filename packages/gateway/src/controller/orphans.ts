import { setTimeout as sleep } from 'node:timers/promises'
import type { AccessStreamRow, MemberRow, Store } from '@portolan/store'
import { documentOf } from './member-document.ts'
import { LOST, type StreamLog } from './stream-log.ts'

/** How often edges are looked for that no node has any more, in milliseconds. */
const SWEEP_MS = 60_000
/** How exactly the store knows when a member was seen last, and a sweep more, in milliseconds. */
const SEEN_MS = 150_000
const AGAIN_MS = 5_000

export interface OrphansOptions {
  readonly store: Pick<Store, 'access'>
  readonly log: StreamLog
  readonly node: string
  graceMs(): number
  /** Whether the edge is connected to this node. */
  isConnected(edge: string): boolean
  now(): number
  warn(text: string): void
}

/**
 * Closes rows of streams whose edge tells of them no more, each once: a row that is over is never changed again.
 * - The edge came back and did not tell of it: at once.
 * - The edge was lost, or this node was started anew: after the grace, in which the edge would have cut it itself, unless it came back,
 *   here or to another node.
 * - The node that had the edge is gone, too: once nobody has seen the edge for as long.
 */
export class Orphans implements Disposable {
  readonly #options: OrphansOptions
  readonly #stop = new AbortController()
  /** Edges whose rows a sweep has closed, by when they were seen last. */
  readonly #swept = new Map<string, number>()

  constructor(options: OrphansOptions) {
    this.#options = options
  }

  /** Looks after what was left open by whoever ran before, and from now on after what others leave. */
  start(): void {
    void this.#repeat(async () => {
      for (const edge of await this.#edges()) {
        const { node } = documentOf(edge)
        if (node === undefined || node === this.#options.node) this.lost(edge.id, this.#options.now())
      }
    })
    const timer = setInterval(() => void this.#repeat(() => this.#sweep()), SWEEP_MS)
    timer.unref()
    this.#stop.signal.addEventListener('abort', () => clearInterval(timer))
  }

  /** The link of an edge is gone. @param at - milliseconds since 1970: the end of what it had open */
  lost(edge: string, at: number): void {
    const { isConnected, graceMs, node, store, log } = this.#options
    void this.#after(graceMs(), async () => {
      if (isConnected(edge)) return
      const row = await store.access.members.get(edge)
      const other = row && documentOf(row).node
      if (other !== undefined && other !== node) return
      if (!(await log.flushed(this.#stop.signal)) || isConnected(edge)) return
      await store.access.streams.closeOpen(edge, { at, ...LOST })
    })
  }

  /** The edge is back and has told all that it has; what the log has open beside that is over. */
  returned(edge: string, told: ReadonlySet<string>): Promise<void> {
    const { log, now } = this.#options
    return this.#repeat(async () => {
      if (!(await log.flushed(this.#stop.signal))) return
      const left = (await this.#openRows(edge)).filter(({ connection }) => !told.has(connection))
      if (left.length > 0) log.takeLost(left, now())
    })
  }

  [Symbol.dispose](): void {
    this.#stop.abort()
  }

  async #sweep(): Promise<void> {
    const { isConnected, graceMs, now, log, store } = this.#options
    for (const { id, lastSeenAt, createdAt } of await this.#edges()) {
      const seen = lastSeenAt ?? createdAt
      if (isConnected(id) || now() - seen < graceMs() + SEEN_MS || this.#swept.get(id) === seen) continue
      if (!(await log.flushed(this.#stop.signal))) return
      await store.access.streams.closeOpen(id, { at: now(), ...LOST })
      this.#swept.set(id, seen)
    }
  }

  async #edges(): Promise<MemberRow[]> {
    const all: MemberRow[] = []
    for (let offset = 0; ; offset += 500) {
      const { items } = await this.#options.store.access.members.list({ kind: 'edge', offset, limit: 500 })
      all.push(...items)
      if (items.length < 500) return all
    }
  }

  async #openRows(edge: string): Promise<AccessStreamRow[]> {
    const rows: AccessStreamRow[] = []
    for (const status of ['open', 'active'] as const) {
      let before: string | undefined
      do {
        const page = await this.#options.store.access.streams.list({
          edge,
          status,
          limit: 500,
          ...(before !== undefined && { before }),
        })
        rows.push(...page.items)
        before = page.next
      } while (before !== undefined)
    }
    return rows
  }

  async #after(ms: number, act: () => Promise<void>): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stop.signal, ref: false }).catch(() => {})
    if (!this.#stop.signal.aborted) await this.#repeat(act)
  }

  /** Does it until it succeeds: the database may be away. */
  async #repeat(act: () => Promise<void>): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        return await act()
      } catch (error) {
        this.#options.warn(
          `Streams of lost edges could not be closed in the log: ${error instanceof Error ? error.message : String(error)}.`,
        )
        await sleep(AGAIN_MS, undefined, { signal: this.#stop.signal, ref: false }).catch(() => {})
      }
    }
  }
}
