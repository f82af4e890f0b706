import type { Status } from '../codes.ts'
import type { ConnectorSays } from '../control/messages.ts'
import { EdgeKeeper, type EdgeKeeperOptions } from './edge-keeper.ts'
import type { EdgeLink } from './open-edge.ts'

/** Edges that a connector is connected to at the most. */
const MAX_ADDRESSES = 128
/** A link that was silent for so long is none that another may be spared for. Milliseconds. */
const SILENT_MS = 2_000

export interface EdgeLinksOptions
  extends Pick<EdgeKeeperOptions, 'open' | 'identity' | 'onEvent' | 'random'> {
  /** Known from the start; they are never forgotten, so that there is a way back when what edges say leads nowhere. */
  readonly addresses: readonly string[]
}

/** The links of a connector: one warm link to each edge. */
export class EdgeLinks {
  readonly #options: EdgeLinksOptions
  readonly #keepers = new Map<string, EdgeKeeper>()
  readonly #links = new Map<EdgeLink, string>()
  #over = false

  constructor(options: EdgeLinksOptions) {
    this.#options = options
    this.setAddresses([])
  }

  /** Edges that have let this connector in. */
  get edges(): number {
    return new Set([...this.#links.keys()].flatMap(({ isIn, edge }) => (isIn ? edge : []))).size
  }

  /** Addresses by which edges are connected. */
  get addresses(): readonly string[] {
    return [...this.#links].flatMap(([{ isIn }, address]) => (isIn ? address : []))
  }

  /** Edges that are to be known beside those from the start. */
  setAddresses(addresses: readonly string[]): void {
    if (this.#over) return
    const wanted = new Set([...this.#options.addresses, ...addresses].slice(0, MAX_ADDRESSES))
    for (const [address, keeper] of this.#keepers) {
      if (wanted.has(address)) continue
      this.#keepers.delete(address)
      void keeper.stop()
    }
    for (const address of wanted)
      if (!this.#keepers.has(address)) this.#keepers.set(address, this.#keep(address))
  }

  /** The identity has changed: links are made anew beside those that stand. */
  renewed(): void {
    for (const keeper of this.#keepers.values()) keeper.wake()
  }

  /** Says it to every edge. */
  tell(message: ConnectorSays): void {
    for (const { link } of this.#newest()) link.message(message)
  }

  /** Says it to one edge. @returns false when there is none */
  tellOne(message: ConnectorSays): boolean {
    const [one] = this.#newest()
    one?.link.message(message)
    return one !== undefined
  }

  /** No new streams on any link, and no new links. */
  async goAway(status: Status): Promise<void> {
    this.#over = true
    for (const { link } of this.#links.keys()) link.goAway(status)
    await Promise.all([...this.#keepers.values()].map(keeper => keeper.stop()))
  }

  /** Resets all streams, closes all links, and makes no more. */
  async destroy(status: Status): Promise<void> {
    this.#over = true
    const links = [...this.#links.keys()]
    for (const { link } of links) link.destroy(status)
    await Promise.all([...this.#keepers.values()].map(keeper => keeper.stop()))
    await Promise.all(links.map(({ link }) => link.closed))
  }

  #keep(address: string): EdgeKeeper {
    const { open, identity, onEvent, random } = this.#options
    return new EdgeKeeper({
      ...{ address, open, identity, onEvent, random },
      adopt: (link, from) => this.#adopt(link, from),
    })
  }

  #adopt(made: EdgeLink, address: string): EdgeLink | undefined {
    for (const [other, from] of this.#links) {
      const stands = !other.link.draining && other.link.silentMs <= SILENT_MS
      if (other.edge === made.edge && from !== address && stands) return other
    }
    this.#links.set(made, address)
    void made.link.closed.then(() => this.#links.delete(made))
    return undefined
  }

  /** The newest link of each edge that has let us in. */
  #newest(): EdgeLink[] {
    const byEdge = new Map<string, EdgeLink>()
    for (const link of this.#links.keys()) if (link.isIn) byEdge.set(link.edge, link)
    return [...byEdge.values()]
  }
}
