import type { TLSSocket } from 'node:tls'
import type { Status } from '../codes.ts'
import { DEFAULT_WINDOWS, LinkFlow, ReceiveWindow } from './flow.ts'
import { encodeFrame, encodeJson, FrameDecoder, readEnd, violation, type WholeFrameType } from './frames.ts'
import { LateFrames } from './late-frames.ts'
import { Liveness } from './liveness.ts'
import { MessagePieces, parseJson } from './message-pieces.ts'
import { MessageQueue } from './message-queue.ts'
import { OpenLimit } from './open-limit.ts'
import { Openings } from './openings.ts'
import { type Creditor, MAX_WAITING, Outbox, type Source } from './outbox.ts'
import { readLink } from './read-link.ts'
import { boundedStatus, isStatus, readStatus, statusOf } from './status.ts'
import { LinkStream } from './stream.ts'
import { ASKED, ASKING } from './stream-state.ts'
import {
  FRAME,
  type IncomingStream,
  type Json,
  type Link,
  type LinkHandlers,
  type PeerCodes,
  StreamRefused,
  type WindowSettings,
  type WireStream,
} from './types.ts'

export interface LinkOptions {
  /** Who dialled opens streams with odd numbers, the other side those with even ones. */
  readonly side: 'dialler' | 'acceptor'
  readonly peer: PeerCodes
  readonly handlers: LinkHandlers
  readonly windows?: WindowSettings
  /** Streams that the other side may have open. Default 10,000. */
  readonly maxStreams?: number
  /** Streams that the other side may open in a second. Default 5,000. Beyond they are refused, and far beyond the link is closed. */
  readonly opensPerSecond?: number
  /** Milliseconds between two PINGs. Default 1,000. */
  readonly pingMs?: number
  /** Milliseconds of silence after which the link is lost. Default 10,000. */
  readonly lostMs?: number
  /** Bytes of a message from the other side. Default 65,536. */
  readonly maxMessage?: number
}

/** Milliseconds for the last word before the socket is closed. */
const LAST_WORD_MS = 1_000
/** Numbers of streams end here; the link takes no new ones then. */
const LAST_STREAM = 0xffff_fff0

/** Makes a link of a TLS connection whose handshake is done. What came with the handshake is taken in the next turn of the event loop. */
export function createLink(socket: TLSSocket, options: LinkOptions): Link {
  return new MuxLink(socket, options)
}

class MuxLink implements Link {
  readonly #socket: TLSSocket
  readonly #options: LinkOptions
  readonly #outbox: Outbox
  readonly #streams = new Map<number, LinkStream>()
  readonly #openings = new Openings()
  readonly #late = new LateFrames()
  readonly #flow = new LinkFlow(() => this.#liveness.shortestMs)
  readonly #messages: MessagePieces
  readonly #said = new MessageQueue()
  readonly #limit: OpenLimit
  readonly #liveness: Liveness
  readonly #closed = Promise.withResolvers<Status>()
  /** Those who wait for the answer to a PING; told when the link is gone. */
  readonly #pinging = new Set<(status: Status) => void>()
  #nextOwn: number
  #lastTheirs = 0
  #theirs = 0
  #draining = false
  #end: Status | undefined
  /** Why the other side closes the link, if it said so. */
  #farewell: Status | undefined

  constructor(socket: TLSSocket, options: LinkOptions) {
    this.#socket = socket
    this.#options = options
    this.#nextOwn = options.side === 'dialler' ? 1 : 2
    this.#messages = new MessagePieces(options.maxMessage)
    this.#limit = new OpenLimit(options.opensPerSecond ?? 5_000)
    this.#outbox = new Outbox(socket)
    this.#liveness = new Liveness({
      pingMs: options.pingMs ?? 1_000,
      lostMs: options.lostMs ?? 10_000,
      send: frame => this.#send(frame),
      isBlocked: () => this.#outbox.waiting > 0,
      onLost: why => this.#lost(why),
      onAnswered: ping => this.#late.answered(ping),
    })
    socket.setNoDelay(true)
    socket.on('error', error => this.#lost(error.message))
    socket.on('end', () => this.#lost('the other side closed it'))
    socket.on('close', () => this.#lost('it was closed'))
    const decoder = new FrameDecoder({
      onData: (stream, piece) => this.#onData(stream, piece),
      onFrame: (type, stream, payload) => this.#onFrame(type, stream, payload),
    })
    readLink(socket, bytes => {
      if (this.#end) return
      this.#liveness.heard()
      try {
        decoder.push(bytes)
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error)
        this.destroy({ code: options.peer.protocol, text })
      }
    })
  }

  get streams(): number {
    return this.#streams.size
  }

  get silentMs(): number {
    return this.#liveness.silentMs
  }

  get roundTripMs(): number | undefined {
    return this.#liveness.roundTripMs
  }

  get draining(): boolean {
    return this.#draining
  }

  get closed(): Promise<Status> {
    return this.#closed.promise
  }

  get peer(): PeerCodes {
    return this.#options.peer
  }

  async open(ask: Json, signal: AbortSignal): Promise<{ stream: WireStream; answer: Json }> {
    if (signal.aborted) throw new StreamRefused(this.#reasonOf(signal))
    if (this.#end) throw new StreamRefused(this.#end)
    if (this.#nextOwn > LAST_STREAM)
      throw new StreamRefused({
        code: this.peer.lost,
        text: 'The link has carried all streams that it may. Another is needed.',
      })
    const id = this.#nextOwn
    const frame = encodeJson(FRAME.open, id, ask)
    this.#nextOwn += 2
    if (this.#nextOwn > LAST_STREAM) this.#draining = true
    const stream = this.#addStream(id, ASKING)
    const opened = this.#openings.ask(id)
    const giveUp = () => stream.reset(this.#reasonOf(signal))
    signal.addEventListener('abort', giveUp, { once: true })
    this.#send(frame)
    this.#outbox.owe(stream)
    try {
      return { stream, answer: await opened }
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  message(message: Json): void {
    if (this.#end) return
    this.#said.add(message)
    this.#outbox.wake(this.#said)
  }

  async ping(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#end) throw new StreamRefused(this.#end)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    let forget = () => {}
    // Behind the messages that wait, so that its answer says that they were taken.
    this.#said.after(() => {
      if (!signal.aborted) forget = this.#liveness.ask(resolve)
    })
    const giveUp = () => reject(signal.reason)
    const lost = (status: Status) => reject(new StreamRefused(status))
    signal.addEventListener('abort', giveUp, { once: true })
    this.#pinging.add(lost)
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', giveUp)
      this.#pinging.delete(lost)
      forget()
    }
  }

  goAway(status: Status): void {
    this.#draining = true
    this.#send(encodeJson(FRAME.goaway, 0, boundedStatus(status)))
  }

  destroy(status: Status): void {
    if (this.#end) return
    const socket = this.#socket
    // Bytes of streams are not waited for, but what was said before, and one word about why it ends.
    const lastWord = encodeJson(FRAME.goaway, 0, { ...boundedStatus(status), closing: true })
    const said = this.#finish(status)
    if (socket.destroyed) return
    for (const frame of said) socket.write(frame)
    socket.end(lastWord)
    const timer = setTimeout(() => socket.destroy(), LAST_WORD_MS)
    socket.once('close', () => clearTimeout(timer))
    // A close before the other side has read the word would take it away again.
    socket.once('end', () => socket.destroy())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy({ code: this.peer.lost, text: 'The link was closed.' })
    if (!this.#socket.closed) await new Promise(resolve => this.#socket.once('close', resolve))
  }

  violated(what: string): never {
    throw violation(what)
  }

  wake(stream: Source): void {
    this.#outbox.wake(stream)
  }

  owe(stream: Creditor): void {
    this.#outbox.owe(stream)
  }

  gone(stream: LinkStream, reset?: Status): void {
    const { id } = stream
    const { state, window } = stream
    this.#streams.delete(id)
    if (this.#isTheirs(id)) this.#theirs -= 1
    if (this.#end) return
    // Whoever was told of a break sends nothing more; whoever was not may not know yet.
    if (reset || state.at === 'over') this.#late.expect(id, window.granted, this.#liveness.nextPing)
    if (reset) this.#send(encodeJson(FRAME.reset, id, boundedStatus(reset)))
    if (state.at === 'reset') this.#openings.broken(id, state.status)
  }

  #addStream(id: number, state: typeof ASKING | typeof ASKED): LinkStream {
    const { windows } = this.#options
    const window = new ReceiveWindow(windows ?? DEFAULT_WINDOWS, this.#flow)
    const stream = new LinkStream(id, state, window, this)
    this.#streams.set(id, stream)
    return stream
  }

  #onData(id: number, piece: Buffer): void {
    const stream = this.#streams.get(id)
    if (stream) stream.takeData(piece)
    else if (!this.#end && !this.#late.takeData(id, piece.length))
      throw violation(`DATA came for stream ${id}, which is not open`)
  }

  #onFrame(type: WholeFrameType, id: number, payload: Buffer): void {
    // A frame before it in the same read may have closed the link.
    if (this.#end) return
    switch (type) {
      case FRAME.open:
        return this.#onOpen(id, payload)
      case FRAME.message: {
        const whole = this.#messages.add(payload, id === 1)
        if (whole) this.#options.handlers.onMessage(whole.message)
        return
      }
      case FRAME.ping:
        if (this.#outbox.waiting > MAX_WAITING) throw violation('what is sent to it is not read')
        return this.#outbox.send(encodeFrame(FRAME.pong, 0, payload))
      case FRAME.pong:
        if (!this.#liveness.pong(payload)) throw violation('a PONG came without a PING')
        return
      case FRAME.goaway:
        return this.#onGoAway(payload)
      default:
        return this.#onStreamFrame(type, id, payload)
    }
  }

  #onStreamFrame(type: Exclude<WholeFrameType, 1 | 9 | 10 | 11 | 12>, id: number, payload: Buffer): void {
    const stream = this.#streams.get(id)
    if (!stream) {
      if (!this.#late.takeFrame(id)) throw violation(`a frame of type ${type} came for stream ${id}`)
      if (type === FRAME.reset || type === FRAME.refused) this.#late.end(id)
      return
    }
    switch (type) {
      case FRAME.opened:
      case FRAME.refused:
        return this.#onAnswer(stream, type, payload)
      case FRAME.credit:
        return stream.takeCredit(payload.readUInt32BE())
      case FRAME.end:
        return stream.takeEnd(readEnd(payload))
      case FRAME.reset:
        return stream.breakOff(readStatus(payload))
      case FRAME.note:
        return stream.takeNote(parseJson(payload))
    }
  }

  #onAnswer(stream: LinkStream, type: typeof FRAME.opened | typeof FRAME.refused, payload: Buffer): void {
    if (!this.#openings.isAsking(stream.id))
      throw violation(`stream ${stream.id} was answered, and nobody asked`)
    if (type === FRAME.refused) return stream.breakOff(readStatus(payload))
    const answer = parseJson(payload)
    stream.open()
    this.#openings.opened(stream.id, answer)
  }

  #onOpen(id: number, payload: Buffer): void {
    const { handlers, maxStreams = 10_000, peer } = this.#options
    if (!this.#isTheirs(id) || id <= this.#lastTheirs) throw violation(`OPEN came for stream ${id}`)
    this.#lastTheirs = id
    const ask = parseJson(payload)
    const verdict = this.#limit.ask()
    if (verdict === 'close') throw violation('far too many streams were opened')
    if (this.#outbox.waiting > MAX_WAITING) throw violation('what is sent to it is not read')
    if (this.#theirs >= maxStreams || verdict === 'refuse') {
      this.#late.expect(id, 0, this.#liveness.nextPing)
      return this.#send(encodeJson(FRAME.refused, id, statusOf(peer.tooMany ?? 'EDG_BUSY')))
    }
    this.#theirs += 1
    handlers.onOpen(this.#incoming(this.#addStream(id, ASKED), ask))
  }

  #incoming(stream: LinkStream, ask: Json): IncomingStream {
    const { id } = stream
    return this.#openings.incoming(id, ask, {
      accept: answer => {
        const frame = encodeJson(FRAME.opened, id, answer)
        stream.open()
        this.#send(frame)
        this.#outbox.owe(stream)
        return stream
      },
      refuse: status => {
        // The opener has given credit already, and may give up at the same time.
        this.#late.expect(id, 0, this.#liveness.nextPing)
        this.#send(encodeJson(FRAME.refused, id, boundedStatus(status)))
        stream.breakOff(status)
      },
      broken: () => (stream.state.at === 'reset' ? stream : undefined),
    })
  }

  #onGoAway(payload: Buffer): void {
    const status = readStatus(payload)
    const word = parseJson(payload)
    this.#draining = true
    if (typeof word === 'object' && word !== null && 'closing' in word && word.closing === true)
      this.#farewell = status
    this.#options.handlers.onGoAway?.(status)
  }

  #send(frame: Buffer): void {
    this.#outbox.send(frame)
  }

  #isTheirs(id: number): boolean {
    return id % 2 === (this.#options.side === 'dialler' ? 0 : 1)
  }

  #lost(why: string): void {
    if (this.#end) return
    this.#finish(
      this.#farewell ?? { code: this.peer.lost, text: `${statusOf(this.peer.lost).text} (${why})` },
    )
    this.#socket.destroy()
  }

  /** Resets every stream that has not come to its end. */
  #finish(status: Status): readonly Buffer[] {
    this.#end = status
    this.#draining = true
    this.#liveness.stop()
    const said = [...this.#outbox.close(), ...this.#said.close()]
    for (const stream of [...this.#streams.values()]) {
      stream.breakOff(status)
      this.#openings.broken(stream.id, status)
    }
    for (const lost of this.#pinging) lost(status)
    this.#closed.resolve(status)
    return said
  }

  #reasonOf(signal: AbortSignal): Status {
    const { reason } = signal
    return isStatus(reason) ? reason : { code: this.peer.lost, text: 'It was given up.' }
  }
}
