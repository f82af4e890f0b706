import type { TLSSocket } from 'node:tls'
import type { Store } from '@portolan/store'
import type { MemberIdentity } from '../pki/types.ts'
import { refuseLink } from '../transport/refuse-link.ts'
import type { CurrentPolicy } from './current-policy.ts'
import type { Directory } from './directory.ts'
import { type EdgeHost, EdgeLink } from './edge-link.ts'
import type { IdentityFeed } from './identity-feed.ts'
import { noteEdge } from './note-edge.ts'
import type { Orphans } from './orphans.ts'
import type { StateKind } from './state-sender.ts'
import type { StreamLog } from './stream-log.ts'
import type { ControllerEvent, ControllerSettings } from './types.ts'

const ALIVE_MS = 1_000
/** How often it is kept that a member was seen, in milliseconds; the store writes once a minute at most. */
const SEEN_MS = 60_000

export interface EdgesParts {
  readonly store: Pick<Store, 'access'>
  readonly node: string
  readonly directory: Directory
  readonly policy: CurrentPolicy
  readonly identities: IdentityFeed
  readonly log: StreamLog
  readonly orphans: Orphans
  settings(): ControllerSettings
  now(): number
  onEvent(event: ControllerEvent): void
  readonly relay: EdgeHost['relay']
  readonly renew: EdgeHost['renew']
}

/** The edges that are connected to this controller. */
export class Edges implements Disposable, Iterable<EdgeLink> {
  readonly #parts: EdgesParts
  readonly #links = new Map<string, EdgeLink>()
  readonly #timer: NodeJS.Timeout
  readonly #host: EdgeHost
  #seenAt = 0
  #closed = false

  constructor(parts: EdgesParts) {
    this.#parts = parts
    this.#host = this.#createHost()
    this.#timer = setInterval(() => this.#tick(), ALIVE_MS)
    this.#timer.unref()
  }

  get size(): number {
    return this.#links.size
  }

  has(id: string): boolean {
    return this.#links.has(id)
  }

  [Symbol.iterator](): MapIterator<EdgeLink> {
    return this.#links.values()
  }

  /** An edge with a certificate of the authority has come. It is let in when that is the one that counts. Never rejects. */
  async admit(
    socket: TLSSocket,
    peer: MemberIdentity,
    from: string,
    refused: (text: string) => void,
  ): Promise<void> {
    const drop = () => socket.destroy()
    socket.on('error', drop)
    const status = await this.#parts.directory.refuses(peer).catch(() => AWAY)
    socket.off('error', drop)
    if (status || this.#closed) {
      refuseLink(socket, status ?? STOPPED)
      if (status) refused(`${status.text} (edge ${peer.id}, certificate ${peer.serial})`)
    } else if (!socket.destroyed) this.#add(socket, peer, from)
  }

  /** Cuts edges that were revoked or disabled, or whose certificate has ended. */
  check(): void {
    const { directory, now } = this.#parts
    for (const edge of this) {
      if (edge.expiresAt <= now())
        edge.destroy({ code: 'POL_CERTIFICATE', text: 'The certificate of the edge has expired.' })
      const status = directory.cuts(edge)
      if (status) edge.destroy(status)
    }
  }

  /** Tells all edges what is so now. */
  sayState(kind: StateKind): void {
    for (const edge of this) void edge.sayState(kind)
  }

  [Symbol.dispose](): void {
    this.#closed = true
    clearInterval(this.#timer)
    for (const edge of this) edge.destroy(STOPPED)
  }

  #add(socket: TLSSocket, peer: MemberIdentity, from: string): void {
    const { directory, onEvent, now } = this.#parts
    const name = () => directory.get(peer.id)?.name ?? peer.id
    const before = this.#links.get(peer.id)
    const edge = new EdgeLink({ socket, peer, name, from, since: now(), host: this.#host })
    this.#links.set(peer.id, edge)
    if (before) {
      const text = `The edge ${edge.name} has connected anew from ${from}, while its link from ${before.from} stood: it was cut off unnoticed, or there is a copy of its identity.`
      onEvent({ type: 'warning', code: 'EDG_LOST', text })
      before.destroy({ code: 'EDG_LOST', text: 'The same edge has connected anew.' })
    }
    onEvent({ type: 'edge-connected', edge: edge.name, address: from })
    void edge.sayState('config')
    void edge.sayState('members')
    void edge.closed.then(status => this.#gone(edge, status.text))
  }

  #gone(edge: EdgeLink, text: string): void {
    const { onEvent, identities, orphans, now } = this.#parts
    identities.forget(edge)
    if (this.#links.get(edge.id) !== edge) return
    this.#links.delete(edge.id)
    onEvent({ type: 'edge-lost', edge: edge.name, address: edge.from })
    if (this.#closed) return
    onEvent({ type: 'warning', code: 'EDG_LOST', text: `The link of the edge ${edge.name} is gone: ${text}` })
    orphans.lost(edge.id, now())
  }

  #createHost(): EdgeHost {
    const { store, node, directory, policy, identities, log, orphans, settings, onEvent, relay, renew } =
      this.#parts
    const hasEdge = (id: string) => this.has(id)
    const warn = (text: string) => onEvent({ type: 'warning', code: 'GATEWAY_UNREACHABLE', text })
    return {
      relay,
      renew,
      onHello: (edge, { version, addresses }) => {
        const note = { id: edge.id, node, version, addresses, from: edge.from }
        void noteEdge(store, note).catch(error => warn(`What ${edge.name} said could not be kept: ${error}`))
        void store.access.members.seen(edge.id, this.#parts.now()).catch(() => {})
      },
      onStreams(edge, streams) {
        log.take(edge.id, streams)
        onEvent({ type: 'streams', streams })
      },
      onTold(edge) {
        void orphans.returned(edge.id, edge.told ?? new Set()).then(() => {
          edge.told = undefined
        })
      },
      onWarning: (edge, { code, text }) =>
        onEvent({ type: 'warning', code, text: `The edge ${edge.name}: ${text}` }),
      onWho: (edge, user) => identities.ask(edge, user),
      stateFor(edge, kind) {
        if (kind === 'config') return policy.config && { type: 'config', config: policy.config }
        return {
          type: 'members',
          edges: directory.edgeAddresses(hasEdge),
          valid: directory.valid(),
          draining: directory.isDraining(edge.id),
          graceMs: settings().grace,
          idleMs: settings().idleTimeout,
        }
      },
    }
  }

  #tick(): void {
    this.check()
    for (const edge of this) edge.say({ type: 'alive' })
    if (performance.now() - this.#seenAt < SEEN_MS) return
    this.#seenAt = performance.now()
    void this.#seen()
  }

  /** One after the other: thousands of agents are no reason to hold the database up. */
  async #seen(): Promise<void> {
    const { store, now } = this.#parts
    const ids = new Set([...this].flatMap(edge => [edge.id, ...edge.memberIds()]))
    try {
      for (const id of ids) await store.access.members.seen(id, now())
    } catch {
      // The database is away; the log of streams says so.
    }
  }
}

const AWAY = {
  code: 'EDG_CONTROLLER_LOST',
  text: 'The controller does not reach its database, and does not know the certificate yet.',
} as const
const STOPPED = { code: 'EDG_CONTROLLER_LOST', text: 'The controller was stopped.' } as const
