import type { TLSSocket } from 'node:tls'
import type { Status } from '../codes.ts'
import {
  type ControllerSays,
  type EdgeSays,
  type EnrolReply,
  edgeSays,
  type StreamReport,
} from '../control/messages.ts'
import type { MemberIdentity } from '../pki/types.ts'
import { createLink } from '../wire/link.ts'
import type { Json, Link, PeerCodes } from '../wire/types.ts'
import type { IdentityListener } from './identity-feed.ts'
import { refusal } from './refusal.ts'
import { type StateKind, StateSender } from './state-sender.ts'
import { isOver } from './stream-log.ts'
import type { LiveEdge } from './types.ts'

/** How often an edge is pinged, and how long it may be silent before it is lost. Milliseconds. */
const PING = { pingMs: 1_000, lostMs: 10_000 } as const
/** Bytes of a message: who is connected comes as one. */
const MAX_MESSAGE = 32 * 1024 * 1024
/** Questions of an edge that wait for an answer at once; an edge itself lets 64 wait. */
const MAX_RELAYS = 256
/** Streams that are kept as live for one edge. */
const MAX_STREAMS = 100_000
/** How long an edge may take to take what it was sent, in milliseconds. */
const TAKEN_MS = 30_000

const CODES: PeerCodes = { lost: 'EDG_LOST', protocol: 'EDG_LOST', countMismatch: 'EDG_LOST' }

type Said<T extends EdgeSays['type']> = Extract<EdgeSays, { type: T }>
type Told<T extends ControllerSays['type']> = Extract<ControllerSays, { type: T }>

/** What the controller does with what an edge says. */
export interface EdgeHost {
  onHello(edge: EdgeLink, said: Said<'hello'>): void
  onStreams(edge: EdgeLink, streams: readonly StreamReport[]): void
  /** All streams that the edge has are told: the first `connected` came. */
  onTold(edge: EdgeLink): void
  onWarning(edge: EdgeLink, said: Said<'warning'>): void
  onWho(edge: EdgeLink, user: string): void
  relay(edge: EdgeLink, said: Said<'relay'>): Promise<EnrolReply>
  renew(edge: EdgeLink, ask: { id: string; serial: string; csr: string }): Promise<EnrolReply>
  /** What the edge is told; undefined: nothing yet. */
  stateFor(edge: EdgeLink, kind: StateKind): Told<StateKind> | undefined
}

export interface EdgeLinkOptions {
  readonly socket: TLSSocket
  readonly peer: MemberIdentity
  /** What it is called now. */
  name(): string
  readonly from: string
  /** Milliseconds since 1970. */
  readonly since: number
  readonly host: EdgeHost
}

/** One edge that is connected: what it says, and what it is told. */
export class EdgeLink implements IdentityListener {
  readonly id: string
  readonly from: string
  readonly since: number
  /** Streams that are open, by connection. */
  readonly streams = new Map<string, StreamReport>()
  /** Connections that were told since the link stands, until it is known what the edge does not know any more. */
  told: Set<string> | undefined = new Set()
  /** Of the certificate that counts for this link: that of a renewal over it, too. */
  serial: string
  expiresAt: number
  version = ''
  readonly #name: () => string
  readonly #host: EdgeHost
  readonly #link: Link
  #alive: Omit<Said<'alive'>, 'type'> = {
    streams: 0,
    agents: 0,
    connectors: 0,
    bytesPerSecond: 0,
    cpu: 0,
    residentBytes: 0,
    refusedLinks: 0,
  }
  #connected: Omit<Said<'connected'>, 'type'> = { connectors: [], agents: [] }
  #isTold = false
  #relays = 0
  readonly #state: StateSender

  constructor({ socket, peer, name, from, since, host }: EdgeLinkOptions) {
    this.id = peer.id
    this.serial = peer.serial
    this.expiresAt = peer.expiresAt
    this.#name = name
    this.from = from
    this.since = since
    this.#host = host
    this.#link = createLink(socket, {
      side: 'acceptor',
      peer: CODES,
      ...PING,
      maxStreams: 0,
      maxMessage: MAX_MESSAGE,
      handlers: {
        onOpen: incoming => incoming.refuse({ code: 'EDG_LOST', text: 'A controller carries no streams.' }),
        onMessage: message => this.#on(edgeSays.parse(message)),
      },
    })
    this.#state = new StateSender(
      kind => this.#sayNow(kind),
      () => this.#link.ping(AbortSignal.timeout(TAKEN_MS)).catch(() => {}),
    )
  }

  get name(): string {
    return this.#name()
  }

  get closed(): Promise<Status> {
    return this.#link.closed
  }

  say(message: ControllerSays): void {
    this.#link.message(asWire(message))
  }

  tell(message: Told<'identity'>): void {
    this.say(message)
  }

  destroy(status: Status): void {
    this.#link.destroy(status)
  }

  /** Sends the configuration, or who takes part, as it is now. Resolves when it was sent; never rejects. */
  sayState(kind: StateKind): Promise<void> {
    return this.#state.say(kind)
  }

  live(): LiveEdge {
    const { streams, bytesPerSecond, cpu, residentBytes, refusedLinks } = this.#alive
    return {
      id: this.id,
      name: this.name,
      address: this.from,
      since: this.since,
      version: this.version,
      streams,
      bytesPerSecond,
      cpu,
      residentBytes,
      refusedLinks,
      connectors: this.#connected.connectors.map(({ roundTripMs, health, ...connector }) => ({
        ...connector,
        ...(roundTripMs !== undefined && { roundTripMs }),
        health: health.map(({ ms, text, ...report }) => ({
          ...report,
          ...(ms !== undefined && { ms }),
          ...(text !== undefined && { text }),
        })),
      })),
      agents: this.#connected.agents,
    }
  }

  /** Members that are connected to it. */
  *memberIds(): Generator<string> {
    for (const { id } of this.#connected.connectors) yield id
    for (const { id } of this.#connected.agents) yield id
  }

  #sayNow(kind: StateKind): void {
    const message = this.#host.stateFor(this, kind)
    if (message) this.say(message)
  }

  #on(said: EdgeSays): void {
    switch (said.type) {
      case 'hello':
        this.version = said.version
        return this.#host.onHello(this, said)
      case 'alive': {
        const { type: _type, ...figures } = said
        this.#alive = figures
        return
      }
      case 'streams':
        return this.#onStreams(said.streams)
      case 'connected': {
        const { connectors, agents } = said
        this.#connected = { connectors, agents }
        if (this.#isTold) return
        this.#isTold = true
        return this.#host.onTold(this)
      }
      case 'warning':
        return this.#host.onWarning(this, said)
      case 'who':
        return this.#host.onWho(this, said.user)
      case 'relay':
        return void this.#answer(() => this.#host.relay(this, said)).then(reply =>
          this.say({ type: 'relayed', id: said.id, reply }),
        )
      case 'relay-renew': {
        const { id, member, serial, csr } = said
        return void this.#answer(() => this.#host.renew(this, { id: member, serial, csr })).then(reply =>
          this.say({ type: 'relayed', id, reply }),
        )
      }
      case 'renew':
        return void this.#answer(() =>
          this.#host.renew(this, { id: this.id, serial: this.serial, csr: said.csr }),
        ).then(reply => this.say({ type: 'renewed', reply }))
    }
  }

  #onStreams(reports: readonly StreamReport[]): void {
    const mine = reports.map(report => ({ ...report, ClientZEN: this.name }))
    for (const report of mine) {
      this.told?.add(report.ConnectionID)
      if (isOver({ status: report.ConnectionStatus })) this.streams.delete(report.ConnectionID)
      else if (this.streams.has(report.ConnectionID) || this.streams.size < MAX_STREAMS)
        this.streams.set(report.ConnectionID, report)
    }
    this.#host.onStreams(this, mine)
  }

  async #answer(ask: () => Promise<EnrolReply>): Promise<EnrolReply> {
    if (this.#relays >= MAX_RELAYS)
      return refusal(
        'GATEWAY_UNREACHABLE',
        'The controller is busy with other questions of the edge; try again later.',
      )
    this.#relays++
    try {
      const reply = await ask()
      // Whoever comes with the new certificate is to be known by then.
      await this.#state.said('members')
      return reply
    } finally {
      this.#relays--
    }
  }
}

/** Messages are plain values: what is absent in them is no key of the JSON. */
const asWire = (message: ControllerSays): Json => message as Json
