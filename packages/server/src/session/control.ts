import type { Socket } from 'node:net'
import { encodeReply, type Line, LineReader, type Reply } from '@portolan/protocol'
import { Dialogue } from './dialogue.ts'

/** The longest command line, in bytes. Longer than PATH_MAX, so that no path is refused for its length here. */
export const MAX_COMMAND_LINE = 8192
/** Lines that wait before the socket is read no further: a pipelining client is served, a flooding one is slowed down. */
const MAX_WAITING_LINES = 64
/** Bytes of replies that may wait for a client that does not read. */
const MAX_UNREAD_REPLIES = 256 * 1024
/** The first byte of a ClientHello. */
const TLS_HANDSHAKE = 0x16
/** How long a closing connection may take to hand over its last reply. */
const CLOSE_MS = 2_000

/** What the owner of a control connection is told. */
export interface ControlObserver {
  /** Lines wait in {@link ControlConnection.next}, or the client's end was seen. */
  onInput(): void
  /** The socket is gone. */
  onClosed(reason: string): void
}

/**
 * The control connection: bytes in, lines out, replies back. It is always read, during transfers too, but never
 * further than {@link MAX_WAITING_LINES} ahead of what was answered.
 */
export class ControlConnection {
  #socket: Socket
  readonly #reader = new LineReader({ maxLine: MAX_COMMAND_LINE })
  readonly #observer: ControlObserver
  #waiting: Line[] = []
  #paused = false
  #upgrading = false
  /** Replies that wait for the end of a long one. */
  #held: Reply[] | undefined
  /** The end of a long reply, until its command has returned it. */
  #lastSent: Reply | undefined
  /** Nothing has come yet. */
  #untouched = true
  #closing = false
  #closed = false
  #reason = 'the client closed the connection'
  /** True once the client has sent its end: what waits is still answered. */
  ended = false
  /** When the last byte came, for the idle timeout. */
  lastInput = Date.now()
  /** What was said last, for whoever looks at the session. */
  readonly dialogue = new Dialogue()

  constructor(socket: Socket, observer: ControlObserver) {
    this.#socket = socket
    this.#observer = observer
    socket.allowHalfOpen = true
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 60_000)
    this.#listen()
    socket.resume()
  }

  get socket(): Socket {
    return this.#socket
  }

  get closed(): boolean {
    return this.#closed
  }

  get closing(): boolean {
    return this.#closing
  }

  /** True while TLS begins or ends: what is sent now would be no part of either side's conversation. */
  get upgrading(): boolean {
    return this.#upgrading
  }

  /** The next line to answer, or undefined when none waits. */
  next(): Line | undefined {
    const line = this.#waiting.shift()
    if (this.#paused && this.#waiting.length < MAX_WAITING_LINES / 2) {
      this.#paused = false
      this.#socket.resume()
    }
    return line
  }

  /** What waits, the next first. */
  get waiting(): readonly Line[] {
    return this.#waiting
  }

  /** Sends a reply. A client that does not read its replies is cut off once too much waits for it. */
  send(reply: Reply): void {
    if (reply === this.#lastSent) this.#lastSent = undefined
    else if (this.#held) this.#held.push(reply)
    else this.#sendNow(reply)
  }

  #sendNow(reply: Reply): void {
    this.dialogue.sent(reply, Date.now())
    this.write(encodeReply(reply))
  }

  /** Begins a reply that is written in pieces: whole replies wait until it has ended, so that no line gets between. */
  beginLongReply(): void {
    this.#held = []
  }

  /** Sends the last line of a long reply, and what waited for it. @returns the line, which is not sent again */
  endLongReply(last: Reply): Reply {
    this.#sendNow(last)
    this.#sendHeld()
    this.#lastSent = last
    return last
  }

  #sendHeld(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const reply of held) this.#sendNow(reply)
  }

  /** Sends bytes that are part of a reply already encoded. */
  write(bytes: Uint8Array): void {
    if (this.#closed || this.#socket.destroyed || !this.#socket.writable) return
    this.#socket.write(bytes)
    if (this.#socket.writableLength > MAX_UNREAD_REPLIES) this.destroy('the client does not read its replies')
  }

  /** Resolves when little enough waits to be written. Bounded by the idle timeout, which destroys the socket. */
  async drained(): Promise<void> {
    while (!this.#closed && this.#socket.writableNeedDrain) {
      await new Promise<void>(resolve => {
        const done = () => {
          this.#socket.off('drain', done)
          this.#socket.off('close', done)
          resolve()
        }
        this.#socket.on('drain', done)
        this.#socket.on('close', done)
      })
    }
  }

  /**
   * Goes on over another socket: TLS begins (AUTH) or ends (CCC). What was received and not answered is forgotten:
   * bytes that came in the clear must not be taken for bytes that came under TLS (CVE-2011-0411).
   */
  async replaceSocket(upgrade: (socket: Socket) => Promise<Socket>): Promise<void> {
    const before = this.#socket
    this.#reader.discard()
    this.#untouched = false
    this.#waiting = []
    this.#unlisten()
    before.pause()
    const closed = () => this.#gone()
    before.once('close', closed)
    this.#upgrading = true
    try {
      this.#socket = await upgrade(before)
    } catch (error) {
      this.#reason = error instanceof Error ? error.message : String(error)
      before.destroy()
      this.#gone()
      throw error
    } finally {
      this.#upgrading = false
      before.off('close', closed)
    }
    if (this.#socket.destroyed) return this.#gone()
    this.#paused = false
    this.#listen()
    this.#socket.resume()
  }

  /** Stops reading; the last reply goes out, then the connection ends. Bounded. */
  close(reason: string): void {
    if (this.#closing || this.#closed) return
    this.#closing = true
    this.#reason = reason
    this.#waiting = []
    this.#sendHeld()
    const socket = this.#socket
    socket.end()
    // Unread input would turn our end into a RST that can overtake the last reply.
    socket.resume()
    const timer = setTimeout(() => socket.destroy(), CLOSE_MS)
    timer.unref()
    socket.once('close', () => clearTimeout(timer))
  }

  /** Cuts the connection now. */
  destroy(reason: string): void {
    if (this.#closed) return
    this.#closing = true
    this.#reason = reason
    if (this.#socket.destroyed) this.#gone()
    else this.#socket.destroy()
  }

  readonly #onData = (chunk: Buffer): void => {
    this.lastInput = Date.now()
    if (this.#closing) return
    if (this.#untouched && chunk[0] === TLS_HANDSHAKE) {
      return this.destroy('TLS where the listener speaks in the clear')
    }
    this.#untouched = false
    for (const line of this.#reader.push(chunk)) {
      this.dialogue.received(line, this.lastInput)
      this.#waiting.push(line)
    }
    if (this.#waiting.length >= MAX_WAITING_LINES && !this.#paused) {
      this.#paused = true
      this.#socket.pause()
    }
    if (this.#waiting.length > 0) this.#observer.onInput()
  }

  readonly #onEnd = (): void => {
    this.ended = true
    this.#observer.onInput()
  }

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    if (!this.#closing) this.#reason = `the connection broke: ${error.code ?? error.message}`
  }

  readonly #gone = (): void => {
    if (this.#closed) return
    this.#closed = true
    this.#waiting = []
    this.#observer.onClosed(this.#reason)
  }

  #listen(): void {
    this.#socket
      .on('data', this.#onData)
      .on('end', this.#onEnd)
      .on('error', this.#onError)
      .on('close', this.#gone)
  }

  #unlisten(): void {
    this.#socket.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#gone)
  }
}
