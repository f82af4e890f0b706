import { STATUS, type Status } from '../codes.ts'
import { type AgentOpen, type AgentOpened, agentOpened, type EdgeSaysToAgent } from '../control/messages.ts'
import { GatewayError } from '../errors.ts'
import type { AgentEvent } from '../parts.ts'
import type { Identity } from '../pki/types.ts'
import { StreamRefused, type WireStream } from '../wire/types.ts'
import { EdgeAddresses } from './edge-addresses.ts'
import { type EdgeLink, type EdgeLinkOptions, EdgeRefusal, isSignInEnded, openEdgeLink } from './edge-link.ts'
import { openOn } from './open-on.ts'
import { chooseLink, mayTryAnother } from './route.ts'

/** One in use and a warm one. */
const SLOTS = 2
/** How long a connection waits for an edge when none is connected, in milliseconds. */
const WAIT_MS = 3_000
/** A link that stood for so long begins anew without a wait that has grown, in milliseconds. */
const STOOD_MS = 10_000

interface EdgeLinksOptions extends Pick<EdgeLinkOptions, 'dial' | 'windows' | 'now' | 'about'> {
  readonly identity: Identity
  onEvent(event: Extract<AgentEvent, { type: 'edge' }>): void
  onDefinitions(said: Extract<EdgeSaysToAgent, { type: 'definitions' }>): void
  /** The sign-in does not count any more; no edge is dialled until {@link EdgeLinks.signedIn}. */
  onSignInEnded(status: Status): void
}

/** A stream that an edge opened. */
export interface OpenedStream {
  readonly stream: WireStream
  readonly opened: AgentOpened
  /** To be called once, when it is over. */
  release(): void
}

/**
 * Keeps links to edges: one in use, and a warm one to another edge where there is another. A link that is lost is dialled again at any
 * address that is known, with waits from 0.2 to 5 seconds.
 */
export class EdgeLinks implements AsyncDisposable {
  readonly #options: EdgeLinksOptions
  readonly #addresses = new EdgeAddresses()
  readonly #stop = new AbortController()
  readonly #links = new Set<EdgeLink>()
  /** Links of the sign-in before, which live on while they carry streams. */
  readonly #retired = new Set<EdgeLink>()
  readonly #slots: Promise<void>[]
  #identity: Identity
  #current: EdgeLink | undefined
  #signedOut: Status | undefined
  #changed = Promise.withResolvers<void>()
  #renewed = Promise.withResolvers<void>()

  constructor(options: EdgeLinksOptions) {
    this.#options = options
    this.#identity = options.identity
    this.#addresses.replace(options.identity.addresses)
    this.#slots = Array.from({ length: SLOTS }, () => this.#run())
  }

  get current(): string | undefined {
    return this.#current?.edge
  }

  /** How many are connected. */
  get edges(): number {
    return this.#links.size
  }

  get streams(): number {
    return [...this.#links, ...this.#retired].reduce((sum, { link }) => sum + link.streams, 0)
  }

  /** Edges that are to be known from now on. */
  setAddresses(addresses: readonly string[]): void {
    this.#addresses.replace([...addresses, ...this.#identity.addresses])
    this.#change()
  }

  /** A new sign-in: links are made anew, and those that stand are closed once they carry nothing. */
  signedIn(identity: Identity): void {
    this.#identity = identity
    this.#signedOut = undefined
    this.#addresses.replace(identity.addresses)
    this.#addresses.forgive()
    this.#renewed.resolve()
    this.#renewed = Promise.withResolvers()
    this.#change()
  }

  /**
   * Asks an edge for a stream, and another one when it is silent, lost, or cannot now. The first is given up before.
   * @param near - hosts of the session that the stream belongs to: it goes over the link of that session while it answers
   * @throws {StreamRefused}
   */
  async open(ask: AgentOpen, near: readonly string[], signal: AbortSignal): Promise<OpenedStream> {
    const tried = new Set<EdgeLink>()
    const until = performance.now() + WAIT_MS
    let refused: StreamRefused | undefined
    for (;;) {
      const choose = () => chooseLink([...this.#links], [...this.#retired], this.#current, near, tried)
      const chosen = choose() ?? (await this.#waitFor(choose, until, signal))
      if (!chosen) throw refused ?? new StreamRefused(this.#noEdge())
      tried.add(chosen)
      if (this.#links.has(chosen)) this.#current = chosen
      try {
        const { stream, answer } = await openOn(chosen.link, ask, signal, () => choose() !== undefined)
        return opened(chosen, ask, stream, answer)
      } catch (error) {
        if (!(error instanceof StreamRefused) || !mayTryAnother(error.status)) throw error
        refused = error
      }
    }
  }

  /** No new streams; those that are open may go on until the signal. */
  async drain(signal: AbortSignal): Promise<void> {
    const status = { code: 'AGT_STOPPED', text: STATUS.AGT_STOPPED } as const
    for (const { link } of [...this.#links, ...this.#retired]) link.goAway(status)
    while (this.streams > 0 && !signal.aborted) await this.#untilChange(200, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    const status = { code: 'AGT_STOPPED', text: STATUS.AGT_STOPPED } as const
    const links = [...this.#links, ...this.#retired]
    for (const { link } of links) link.destroy(status)
    await Promise.all([...links.map(({ link }) => link.closed), ...this.#slots])
  }

  /** One slot: dials, keeps the link until it is gone, and begins again. */
  async #run(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      const next = this.#signedOut ? undefined : this.#addresses.next(this.#edges(), performance.now())
      if (!next || next.waitMs > 0) await this.#untilChange(next?.waitMs, signal)
      else await this.#keep(next.address, signal)
    }
  }

  async #keep(address: string, signal: AbortSignal): Promise<void> {
    const begun = performance.now()
    this.#addresses.take(address)
    let link: EdgeLink | undefined
    try {
      link = await this.#connect(address, signal)
      if (link) await this.#live(link)
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof EdgeRefusal) this.#refused(address, error)
      else if (error instanceof GatewayError) this.#failed(address, error)
      else throw error
    } finally {
      const now = performance.now()
      this.#addresses.release(address, { good: link !== undefined && now - begun > STOOD_MS }, now)
      this.#change()
    }
  }

  /** Undefined: another address of an edge that is connected already. */
  async #connect(address: string, signal: AbortSignal): Promise<EdgeLink | undefined> {
    const { onDefinitions, dial, windows, now, about } = this.#options
    const { edge, made } = await openEdgeLink({
      ...{ identity: this.#identity, address, signal, now, about, onDefinitions },
      ...(dial && { dial }),
      ...(windows && { windows }),
      isConnected: one => this.#edges().has(one),
    })
    this.#addresses.found(address, edge)
    if (!made || (!this.#edges().has(edge) && !signal.aborted)) return made
    made.link.destroy({ code: 'AGT_STOPPED', text: 'It is connected to this edge already.' })
    return undefined
  }

  async #live(link: EdgeLink): Promise<void> {
    const { edge, address, link: wire } = link
    const renewed = this.#renewed.promise
    this.#links.add(link)
    this.#current ??= link
    this.#options.onEvent({
      type: 'edge',
      edge,
      state: 'connected',
      text: `Connected to edge ${edge} at ${address}.`,
    })
    this.#change()
    const end = await Promise.race([link.ended, renewed])
    this.#links.delete(link)
    if (this.#current === link) this.#current = this.#links.values().next().value
    if (end) return this.#gone(link, end)
    this.#retired.add(link)
    void link.ended.then(() => this.#retired.delete(link))
    void this.#closeWhenIdle(link)
    wire.goAway({ code: 'AGT_STOPPED', text: 'A new sign-in takes its place.' })
  }

  async #closeWhenIdle(link: EdgeLink): Promise<void> {
    const { signal } = this.#stop
    while (link.link.streams > 0 && this.#retired.has(link) && !signal.aborted)
      await this.#untilChange(1_000, signal)
    link.link.destroy({ code: 'AGT_STOPPED', text: 'A new sign-in took its place.' })
  }

  #gone({ edge, address }: EdgeLink, status: Status): void {
    if (this.#stop.signal.aborted) return
    const ended = isSignInEnded(status)
    const text = ended ? status.text : `The edge ${edge} at ${address} is gone: ${status.text}`
    this.#options.onEvent({ type: 'edge', edge, state: ended ? 'refused' : 'lost', text })
    if (ended) this.#endSignIn(status)
  }

  #refused(address: string, { edge, status }: EdgeRefusal): void {
    const text = `The edge ${edge} at ${address} does not let this agent in: ${status.text}`
    this.#options.onEvent({ type: 'edge', edge, state: 'refused', text })
    if (isSignInEnded(status)) this.#endSignIn(status)
  }

  #failed(address: string, { code, message }: GatewayError): void {
    this.#options.onEvent({ type: 'edge', edge: address, state: 'refused', text: message })
    // Of the certificates, it is the own one that does not count.
    if (code === 'GATEWAY_IDENTITY') this.#endSignIn({ code: 'AGT_SIGN_IN_EXPIRED', text: message })
  }

  #endSignIn(status: Status): void {
    if (this.#signedOut) return
    this.#signedOut = status
    this.#options.onSignInEnded(status)
  }

  #noEdge(): Status {
    if (this.#signedOut) return this.#signedOut
    return { code: 'EDG_LOST', text: 'No edge is connected; the agent keeps on dialling.' }
  }

  #edges(): ReadonlySet<string> {
    return new Set([...this.#links].map(({ edge }) => edge))
  }

  async #waitFor(
    choose: () => EdgeLink | undefined,
    until: number,
    signal: AbortSignal,
  ): Promise<EdgeLink | undefined> {
    for (;;) {
      const left = until - performance.now()
      if (left <= 0 || signal.aborted || this.#signedOut) return undefined
      await this.#untilChange(left, signal)
      const chosen = choose()
      if (chosen) return chosen
    }
  }

  #change(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  /** Resolves at the next change, after the time, or with the signal. */
  async #untilChange(ms: number | undefined, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms)
    const done = () => resolve()
    signal.addEventListener('abort', done, { once: true })
    void this.#changed.promise.then(done)
    await promise
    clearTimeout(timer)
    signal.removeEventListener('abort', done)
  }
}

function opened(link: EdgeLink, { host }: AgentOpen, stream: WireStream, answer: unknown): OpenedStream {
  const parsed = agentOpened.safeParse(answer)
  if (!parsed.success) {
    const status: Status = { code: 'EDG_LOST', text: 'The edge answered what no edge answers.' }
    stream.reset(status)
    throw new StreamRefused(status)
  }
  const hosts = [...new Set([host, parsed.data.server.address])]
  for (const one of hosts) link.hosts.set(one, (link.hosts.get(one) ?? 0) + 1)
  let over = false
  return {
    stream,
    opened: parsed.data,
    release() {
      if (over) return
      over = true
      for (const one of hosts) {
        const left = (link.hosts.get(one) ?? 1) - 1
        if (left === 0) link.hosts.delete(one)
        else link.hosts.set(one, left)
      }
    },
  }
}
