import type { Status } from '../codes.ts'
import { type ConnectorOpen, connectorOpen, type EdgeSaysToConnector } from '../control/messages.ts'
import { GatewayError } from '../errors.ts'
import type { Connector, ConnectorOptions } from '../parts.ts'
import { writeIdentity } from '../pki/identity-file.ts'
import type { Identity } from '../pki/types.ts'
import { keepRenewed, type Renewals } from '../transport/keep-renewed.ts'
import { statusOf } from '../wire/status.ts'
import type { IncomingStream } from '../wire/types.ts'
import { createServerDialler, type DialServer } from './dial-server.ts'
import { EdgeLinks } from './edge-links.ts'
import { HealthReports } from './health-reports.ts'
import { createLoadMeter } from './load-meter.ts'
import { type EdgeLink, openEdge } from './open-edge.ts'
import { serveStream } from './serve-stream.ts'

/** How often edges are told what this connector carries. Milliseconds. */
const LOAD_MS = 2_000

type Configure = Extract<EdgeSaysToConnector, { type: 'configure' }>

/** Until an edge has said what holds. */
const UNCONFIGURED: Pick<Configure, 'maxStreams' | 'draining'> = { maxStreams: 10_000, draining: false }

/** A connector that has its identity. */
export class RunningConnector implements Connector {
  readonly id: string
  readonly #options: ConnectorOptions
  readonly #now: () => number
  readonly #dial: DialServer
  readonly #meter = createLoadMeter()
  readonly #renewals: Renewals
  readonly #edges: EdgeLinks
  readonly #health: HealthReports
  readonly #loadTimer: NodeJS.Timeout
  readonly #serving = new Set<Promise<void>>()
  #configured: Pick<Configure, 'maxStreams' | 'draining'> = UNCONFIGURED
  #applied = ''
  /** Addresses are being written. */
  #keeping = Promise.resolve()
  #draining = false
  #idle: (() => void) | undefined

  constructor(options: ConnectorOptions, identity: Identity) {
    this.id = identity.id
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#dial = createServerDialler(options.dialMs)
    this.#renewals = this.#keepRenewed(identity)
    this.#edges = new EdgeLinks({
      addresses: identity.addresses,
      random: Math.random,
      identity: () => this.#renewals.identity,
      onEvent: event => options.onEvent(event),
      open: (address, signal) => this.#openEdge(address, signal),
    })
    this.#health = new HealthReports({
      dial: this.#dial,
      tell: message => this.#edges.tell(message),
      onEvent: event => options.onEvent(event),
    })
    this.#loadTimer = setInterval(() => this.#tellLoad(), LOAD_MS)
  }

  figures(): { readonly edges: number; readonly streams: number } {
    return { edges: this.#edges.edges, streams: this.#serving.size }
  }

  async drain(signal: AbortSignal): Promise<void> {
    this.#draining = true
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#idle = resolve
    if (this.#serving.size === 0 || signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
    await Promise.all([this.#edges.goAway(statusOf('CON_DRAINING')), promise])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#draining = true
    clearInterval(this.#loadTimer)
    this.#renewals[Symbol.dispose]()
    this.#health[Symbol.dispose]()
    await this.#edges.destroy(statusOf('CON_STOPPED'))
    this.#meter[Symbol.dispose]()
    await Promise.all([...this.#serving, this.#keeping])
  }

  #keepRenewed(identity: Identity): Renewals {
    return keepRenewed({
      folder: this.#options.folder,
      identity,
      now: this.#now,
      send: csr => this.#edges.tellOne({ type: 'renew', csr }),
      onRenewed: () => this.#edges.renewed(),
      onFailed: text => this.#options.onEvent({ type: 'warning', code: 'CONNECTOR_RENEWAL', text }),
    })
  }

  async #openEdge(address: string, signal: AbortSignal): Promise<EdgeLink> {
    const { version, windows } = this.#options
    const made: EdgeLink = await openEdge({
      ...{ address, signal, version, now: this.#now, identity: this.#renewals.identity },
      ...(windows && { windows }),
      onOpen: (from, incoming) => this.#take(from, incoming),
      onSaid: (from, said) => this.#hear(from, said),
    })
    return made
  }

  #hear({ link }: EdgeLink, said: EdgeSaysToConnector): void {
    if (said.type === 'renewed') return this.#renewals.answered(said.reply)
    for (const message of this.#health.messages()) link.message(message)
    // Every edge says the same.
    const applied = JSON.stringify(said)
    if (applied === this.#applied) return
    this.#applied = applied
    this.#configured = said
    this.#meter.setBound(said.bytesPerSecond)
    this.#health.configure(said.probes)
    this.#edges.setAddresses(said.edges)
    this.#keeping = this.#keeping.then(() => this.#keepAddresses(said.edges))
  }

  /** For the next start, when the edges of the invitation may be gone. */
  async #keepAddresses(edges: readonly string[]): Promise<void> {
    if (edges.length === 0) return
    // What edges call themselves may lead nowhere from here: the way that was found is kept, too.
    const addresses = [...new Set([...edges, ...this.#edges.addresses])].slice(0, 64)
    if (addresses.join() === this.#renewals.identity.addresses.join()) return
    try {
      let written: Identity | undefined
      // A renewal that came meanwhile counts, whichever was written last.
      while (written !== this.#renewals.identity) {
        written = this.#renewals.identity
        await writeIdentity(this.#options.folder, { ...written, addresses })
      }
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      this.#options.onEvent({ type: 'warning', code: 'CONNECTOR_ADDRESSES', text })
    }
  }

  #take({ identity }: EdgeLink, incoming: IncomingStream): void {
    const ask = connectorOpen.safeParse(incoming.ask)
    if (!ask.success) throw new GatewayError('GATEWAY_PROTOCOL', 'The edge asked for what is no stream.')
    const refusal = this.#refusal()
    if (refusal) return incoming.refuse(refusal)
    this.#health.accessed(ask.data.segment)
    const serving = this.#serve(incoming, ask.data, identity).finally(() => {
      this.#serving.delete(serving)
      if (this.#serving.size === 0) this.#idle?.()
    })
    this.#serving.add(serving)
  }

  #refusal(): Status | undefined {
    if (this.#draining || this.#configured.draining) return statusOf('CON_DRAINING')
    if (this.#serving.size >= this.#configured.maxStreams) return statusOf('CON_TOO_MANY_STREAMS')
    return undefined
  }

  async #serve(incoming: IncomingStream, ask: ConnectorOpen, identity: Identity): Promise<void> {
    const { onEvent } = this.#options
    const { connection, user, host, port } = ask
    const target = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
    const status = await serveStream(incoming, ask, {
      ...{ dial: this.#dial, meter: this.#meter, identity, now: this.#now },
      onOpened: () => onEvent({ type: 'stream', connection, user, target }),
      onWarning: ({ code, text }) => onEvent({ type: 'warning', code, text: `${user}, ${target}: ${text}` }),
    })
    onEvent({ type: 'stream', connection, user, target, status })
  }

  #tellLoad(): void {
    this.#edges.tell({ type: 'load', streams: this.#serving.size, ...this.#meter.load() })
    this.#health.flush()
  }
}
