import type { Socket } from 'node:net'
import type { Endpoint } from '@portolan/protocol'
import { STATUS, type Status } from '../codes.ts'
import { type AgentOpen, type AgentOpened, agentNote, type ExpectNote } from '../control/messages.ts'
import type { AgentEvent } from '../parts.ts'
import type { Identity } from '../pki/types.ts'
import type { Definition, Target } from '../policy/types.ts'
import { formatAddress } from '../transport/address.ts'
import { joinSocket } from '../wire/join-socket.ts'
import { closeWithReset, lingerZero } from '../wire/linger.ts'
import { type Json, StreamRefused, type WireStream } from '../wire/types.ts'
import { type AgentDecision, decide } from './decide.ts'
import type { DirectDialler } from './direct.ts'
import { duplexStream } from './duplex-stream.ts'
import type { EdgeLinks, OpenedStream } from './edge-links.ts'
import type { EncryptedControls } from './encrypted-controls.ts'
import type { Expectations } from './expectations.ts'
import { filterStream, type StreamFilter } from './filtered-stream.ts'
import { encryptInside } from './inner-tls.ts'
import type { Matcher } from './matcher.ts'

/** How long a connection waits for the first word of an edge, in milliseconds. */
const FIRST_WORD_MS = 3_000

/** What a client program wants. */
export interface Ask {
  readonly target: Target
  readonly client?: Endpoint
  readonly via: AgentOpen['via']
  /** Host of the control connection that a data connection belongs to. */
  readonly control?: string
}

/** The other side of a connection that stands: the client program may be told that it is connected. */
export interface Passage {
  readonly how: 'forwarded' | 'bypassed'
  /** What the edge said; absent for what is bypassed. */
  readonly opened?: AgentOpened
  /** Joins the client's socket; from here on the two end as one. */
  join(client: Socket, filter?: StreamFilter): void
  /** The client is gone. */
  giveUp(): void
}

interface ReachOptions {
  readonly links: Pick<EdgeLinks, 'open'>
  readonly expectations: Expectations
  readonly encrypted: EncryptedControls
  readonly direct: DirectDialler
  readonly now: () => number
  identity(): Identity
  /** Undefined: no edge has said anything yet. */
  matcher(): Matcher | undefined
  /** Resolves once an edge has. */
  readonly firstWord: Promise<void>
  onEvent(event: Extract<AgentEvent, { type: 'connection' }>): void
  /** A server has named where data goes; what came after it on its control connection waits for the promise. */
  onExpected(note: ExpectNote, control: string): Promise<void> | undefined
  /** Something is worth knowing of a control connection that is read. */
  onWarning(status: Status, control: string): void
}

const NOTE_FAILED: Status = { code: 'AGT_PROTOCOL', text: 'A note of the connector could not be followed.' }

/** Makes connections for client programs: through an edge, or directly, as the definitions say. */
export class Reach {
  readonly #options: ReachOptions
  readonly #open = new Set<{ abort(status: Status): void }>()

  constructor(options: ReachOptions) {
    this.#options = options
  }

  /**
   * Connects. Refusals and ends are told as events.
   * @throws {StreamRefused}
   */
  async reach(ask: Ask, signal: AbortSignal): Promise<Passage> {
    try {
      const decision = await this.#decide(ask.target, signal)
      return decision.action === 'forward'
        ? await this.#forward(ask, decision, signal)
        : await this.#direct(ask, decision, signal)
    } catch (error) {
      if (!(error instanceof StreamRefused)) throw error
      const { status } = error
      if (!signal.aborted)
        this.#tell('refused', ask, `${formatAddress(ask.target)} was refused: ${status.text}`, status)
      throw error
    }
  }

  /** Whether a target would be forwarded. */
  fits(target: Target): boolean {
    const matcher = this.#options.matcher()
    return matcher !== undefined && decide(target, matcher, this.#options.expectations).action === 'forward'
  }

  /** Breaks off all connections. */
  abort(status: Status): void {
    for (const one of [...this.#open]) one.abort(status)
  }

  async #decide(target: Target, signal: AbortSignal): Promise<AgentDecision> {
    const { expectations, encrypted, direct } = this.#options
    const matcher = this.#options.matcher() ?? (await this.#matcherAfterFirstWord(signal))
    const decision = decide(target, matcher, expectations)
    if (decision.action !== 'direct') return decision
    const unread = encrypted.targetOf(target)
    if (unread) {
      const because = `A control connection to ${target.host} is encrypted: the edge says what becomes of its data connections.`
      return { action: 'forward', because, target: unread, by: { expected: target } }
    }
    // A name of which no application knows may stand for an address that is one.
    for (const host of await direct.addressesOf(target.host, signal)) {
      if (host === target.host) continue
      const other = decide({ host, port: target.port }, matcher, expectations)
      if (other.action !== 'direct') return other
    }
    return decision
  }

  async #matcherAfterFirstWord(signal: AbortSignal): Promise<Matcher> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, FIRST_WORD_MS)
    signal.addEventListener('abort', () => resolve(), { once: true })
    await Promise.race([promise, this.#options.firstWord])
    clearTimeout(timer)
    const matcher = this.#options.matcher()
    if (matcher) return matcher
    throw new StreamRefused({ code: 'EDG_LOST', text: 'No edge has said yet what is forwarded.' })
  }

  async #forward(
    ask: Ask,
    { target, by }: Extract<AgentDecision, { action: 'forward' }>,
    signal: AbortSignal,
  ): Promise<Passage> {
    const { links, expectations } = this.#options
    const definition = 'expected' in by ? undefined : by
    if ('expected' in by) expectations.take(by.expected)
    const near = [target.host, ask.target.host, ...(ask.control === undefined ? [] : [ask.control])]
    const open: AgentOpen = { host: target.host, port: target.port, via: ask.via, ...clientOf(ask) }
    const made = await links.open(open, near, signal)
    try {
      const { stream, release } = await this.#prepare(made, ask, definition)
      const { connector, segment } = made.opened
      this.#tell(
        'forwarded',
        ask,
        `${formatAddress(ask.target)} is forwarded: segment ${segment}, connector ${connector.name}.`,
      )
      return this.#passage('forwarded', ask, stream, release, made.opened)
    } catch (error) {
      made.release()
      throw error
    }
  }

  async #prepare(
    { stream, opened, release: leave }: OpenedStream,
    { target }: Ask,
    definition: Definition | undefined,
  ): Promise<{ stream: WireStream; release: () => void }> {
    const { identity, now } = this.#options
    const over = new DisposableStack()
    const notes: StreamFilter = { onNote: note => this.#note(note, target.host, opened.server.address, over) }
    const noted = filterStream(stream, notes, NOTE_FAILED)
    const release = () => {
      over.dispose()
      leave()
    }
    if (opened.doubleEncryption)
      return { stream: await encryptInside(noted, opened, identity(), now), release }
    if (!definition?.doubleEncryption) return { stream: noted, release }
    // An edge that leaves it out would read along.
    const text = 'The segment wants double encryption, and the edge has offered none.'
    const status: Status = { code: 'CON_INNER_TLS', text }
    stream.reset(status)
    throw new StreamRefused(status)
  }

  /** @param over - of the control connection */
  #note(json: Json, control: string, server: string, over: DisposableStack): Promise<void> | undefined {
    const { data: note } = agentNote.safeParse(json)
    if (note === undefined || over.disposed) return undefined
    const { expectations, encrypted, onExpected, onWarning } = this.#options
    if (note.type === 'expect') {
      expectations.note(note, control)
      return onExpected(note, control)
    }
    onWarning(note.status, control)
    if (note.status.code !== 'CON_FTP_ENCRYPTED') return undefined
    const { forget, done } = encrypted.add(control, [server])
    over.defer(forget)
    return done
  }

  async #direct(
    ask: Ask,
    { because }: Exclude<AgentDecision, { action: 'forward' }>,
    signal: AbortSignal,
  ): Promise<Passage> {
    const server = await this.#options.direct.dial(ask.target, signal)
    lingerZero(server)
    this.#tell('bypassed', ask, `${formatAddress(ask.target)} is not forwarded. ${because}`)
    const stream = duplexStream(server, {
      abort: () => closeWithReset(server),
      brokenBy: error => ({ code: 'SRV_RESET', text: error?.message ?? STATUS.SRV_RESET }),
    })
    return this.#passage('bypassed', ask, stream, () => {})
  }

  #passage(
    how: Passage['how'],
    ask: Ask,
    stream: WireStream,
    release: () => void,
    opened?: AgentOpened,
  ): Passage {
    const gone: Status = { code: 'AGT_CLIENT_RESET', text: STATUS.AGT_CLIENT_RESET }
    // Until it is joined it has nobody who would end it.
    const waiting = {
      abort: (status: Status) => {
        this.#open.delete(waiting)
        release()
        stream.reset(status)
      },
    }
    this.#open.add(waiting)
    return {
      how,
      ...(opened && { opened }),
      giveUp: () => waiting.abort(gone),
      join: (client, filter) => {
        this.#open.delete(waiting)
        const filtered = filter ? filterStream(stream, filter, NOTE_FAILED) : stream
        const joined = joinSocket(filtered, client, { socketIs: 'client' })
        this.#open.add(joined)
        void joined.ended.then(end => {
          this.#open.delete(joined)
          release()
          const bytes = `${end.sent} bytes sent, ${end.received} received`
          this.#tell(
            'ended',
            ask,
            `${formatAddress(ask.target)} has ended: ${end.status.text} ${bytes}.`,
            end.status,
          )
        })
      },
    }
  }

  #tell(
    how: 'forwarded' | 'bypassed' | 'refused' | 'ended',
    { target }: Ask,
    text: string,
    status?: Status,
  ): void {
    const event = { type: 'connection', how, target: formatAddress(target), text } as const
    this.#options.onEvent({ ...event, ...(status && { status }) })
  }
}

const clientOf = ({ client }: Ask) =>
  client ? { client: { address: client.address, port: client.port } } : {}
