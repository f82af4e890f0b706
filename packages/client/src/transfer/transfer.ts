import type { BreakCause, DataConnection, StreamEnd } from '@portolan/channels'
import { ProtocolError, type Reply } from '@portolan/protocol'
import type { Exchange } from '../control/exchange.ts'
import { askAhead, mayAskAhead, stopAskingAhead } from '../data/data-ahead.ts'
import { type OpenData, openData } from '../data/open-data.ts'
import { aborted, FtpError, replyError, replyText } from '../errors.ts'
import { localError } from '../files/local-error.ts'
import type { Session } from '../session/session.ts'
import { KeepAlive } from './keep-alive.ts'
import { directionOf, isListing, type MoveBytes, type TransferOrder, type Transferred } from './order.ts'

/**
 * Runs one transfer: TYPE, the data connection, REST and the command, the bytes, the final reply. Whatever the server says
 * on the way, also in the middle of the data, ends the wait at once; afterwards the session is in step, or ended.
 *
 * @throws {FtpError}
 */
export async function runTransfer(
  session: Session,
  order: TransferOrder,
  move: MoveBytes,
): Promise<Transferred> {
  await session.setType(order.type, order.signal)
  const begun = performance.now()
  const open = await openData(session, () => sendTransfer(session, order), order.signal)
  const { connection, rung } = open
  session.options.emit({
    type: 'data-opened',
    session: session.number,
    rung,
    local: connection.local,
    remote: connection.remote,
    because: connection.because,
    ms: performance.now() - begun,
  })
  // The data bounds the wait from here on.
  open.exchange.bound = undefined
  if (order.more && mayAskAhead(session)) askAhead(session, open.exchange)
  const transfer = new RunningTransfer(session, order, open)
  return transfer.run(move)
}

async function sendTransfer(session: Session, order: TransferOrder): Promise<Exchange> {
  const { verb, argument, offset = 0, range, signal } = order
  if (range) await session.command('RANG', `${range.start} ${range.end}`, signal)
  else if (offset > 0) await session.command('REST', String(offset), signal)
  return session.control.send(verb, argument, { transfers: true })
}

class RunningTransfer {
  readonly #session: Session
  readonly #order: TransferOrder
  readonly #exchange: Exchange
  readonly #connection: DataConnection
  readonly #open: OpenData
  /** The 1yz did not come in time, and the bytes went out without it. */
  #silentStart = false
  /** Ends the data with a {@link BreakCause}. */
  readonly #stop = new AbortController()
  #bytes = 0
  #draining: NodeJS.Timeout | undefined

  constructor(session: Session, order: TransferOrder, open: OpenData) {
    this.#session = session
    this.#order = order
    this.#open = open
    this.#exchange = open.exchange
    this.#connection = open.connection
  }

  async run(move: MoveBytes): Promise<Transferred> {
    const { signal } = this.#order
    const { control, options } = this.#session
    const onAbort = () => this.#stop.abort(CALLER_ENDED)
    const onLost = () => {
      // Behind the final reply nothing is missing but the rest of the data.
      if (!this.#exchange.reply)
        this.#stop.abort({ code: 'aborted', text: control.error?.message ?? 'the session ended' })
    }
    signal.addEventListener('abort', onAbort, { once: true })
    control.lost.addEventListener('abort', onLost, { once: true })
    if (signal.aborted) onAbort()
    if (control.lost.aborted) onLost()
    this.#exchange.final.then(
      reply => reply.code >= 400 && this.#endRefused(reply),
      () => {},
    )
    using keepAlive = new KeepAlive(this.#session, this.#exchange, options.noopInterval)
    try {
      await this.#mayBegin()
      await this.#secure()
      const transferred = await this.#moveAndComplete(move)
      if (this.#silentStart) this.#session.facts.silentStart = true
      await keepAlive.settle()
      return transferred
    } catch (error) {
      throw this.#outOfStep(error)
    } finally {
      signal.removeEventListener('abort', onAbort)
      control.lost.removeEventListener('abort', onLost)
      clearTimeout(this.#draining)
      await this.#connection[Symbol.asyncDispose]()
    }
  }

  /**
   * Waits for the 1yz before anything is sent on the data connection: pyftpdlib closes one on which bytes arrive before it has
   * read the command. Other servers say it after the TLS handshake, or never: after a short while it begins without, and from
   * then on at once; as it does with servers that have proved to read one command after the other.
   */
  async #mayBegin(): Promise<void> {
    const { facts, options, protection } = this.#session
    const sendsFirst = directionOf(this.#order) === 'up' || protection === 'private'
    if (!sendsFirst || facts.silentStart || facts.pipelining === 'proved') return
    const { promise: over, resolve } = Promise.withResolvers<'late' | 'ended'>()
    const timer = setTimeout(resolve, options.timeouts.begin, 'late')
    const onStop = () => resolve('ended')
    this.#stop.signal.addEventListener('abort', onStop, { once: true })
    if (this.#stop.signal.aborted) onStop()
    try {
      this.#silentStart = (await Promise.race([this.#exchange.begun, over])) === 'late'
    } finally {
      clearTimeout(timer)
      this.#stop.signal.removeEventListener('abort', onStop)
    }
  }

  /**
   * A refusal ends the data, also while it moves: waiting for its time-out would tell nothing more. What was sent before the
   * refusal may still be on its way, and is worth having.
   */
  #endRefused(reply: Reply): void {
    const end = () => this.#stop.abort(refusedBy(reply))
    if (directionOf(this.#order) === 'up' || this.#exchange.preliminaries === 0) end()
    else this.#draining = setTimeout(end, DRAIN_MS)
  }

  async #secure(): Promise<void> {
    const { tls, protection, options, number } = this.#session
    if (!tls || protection === 'clear') return
    const bound = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(options.timeouts.dataConnect)])
    try {
      await this.#connection.secure(tls.data, {
        signal: bound,
        watchEnd: this.#watchesEnd,
      })
    } catch (error) {
      await this.#throwForData('data-tls', error)
    }
    const facts = this.#connection.tls
    if (facts) options.emit({ type: 'tls', session: number, channel: 'data', ...facts })
  }

  /**
   * Whether close_notify has to be seen, which takes a tap below TLS and a tenth of the speed. Where the size is known, bytes
   * that are missing say as much.
   */
  get #watchesEnd(): boolean {
    const { closeNotify = 'size' } = this.#session.options.tlsOptions
    if (directionOf(this.#order) === 'up' || closeNotify === 'optional') return false
    return closeNotify === 'required' || this.#order.expected === undefined
  }

  /** TLS has ended before all bytes were there, and nobody watched how. */
  #isCutOff(end: StreamEnd): boolean {
    const { expected, offset = 0 } = this.#order
    const unwatched = this.#connection.tls !== undefined && !this.#watchesEnd
    return (
      unwatched &&
      directionOf(this.#order) === 'down' &&
      expected !== undefined &&
      end.bytes < expected - offset
    )
  }

  async #moveAndComplete(move: MoveBytes): Promise<Transferred> {
    const { options } = this.#session
    const { throttle, onProgress, stopAfter } = this.#order
    let end: StreamEnd
    try {
      end = await move(this.#connection, {
        signal: this.#stop.signal,
        stallMs: options.timeouts.dataIdle,
        ...(throttle && { throttle }),
        onProgress: bytes => {
          this.#bytes = bytes
          onProgress?.(bytes)
          if (stopAfter !== undefined && bytes >= stopAfter) this.#stop.abort(ENOUGH)
          else if (this.#isTooLong) this.#stop.abort(TOO_LONG)
        },
      })
    } catch (error) {
      await this.#explanation()
      if (error instanceof ProtocolError)
        throw new FtpError('FTP_PROTOCOL', error.message, { phase: 'transfer', cause: error })
      throw directionOf(this.#order) === 'down'
        ? localError('write', 'what was received', error)
        : localError('read', 'what was to be sent', error)
    }
    this.#bytes = end.bytes
    if (end.kind === 'broken') return this.#broken(end)
    if (this.#isCutOff(end)) return this.#broken({ ...end, kind: 'broken', cause: CUT_OFF })
    return { bytes: end.bytes, end: 'proved', reply: await this.#completion() }
  }

  /** The final reply, after the data has ended well. */
  async #completion(): Promise<Reply> {
    const { options, ahead, facts } = this.#session
    const { completion, explanation } = options.timeouts
    // A server that has answered what came behind may have forgotten this one.
    const overtaken = ahead?.exchange.reply !== undefined && !this.#exchange.reply
    this.#exchange.bound = { name: 'completion', ms: overtaken ? explanation : completion }
    const reply = await this.#session.control.settled(this.#exchange, this.#order.signal)
    if (reply.code >= 400) throw this.#refusal(reply)
    if (overtaken && facts.pipelining !== 'failed') stopAskingAhead(this.#session)
    return reply
  }

  async #broken(end: StreamEnd & { kind: 'broken' }): Promise<Transferred> {
    const order = this.#order
    const session = this.#session
    if (order.signal.aborted) {
      await this.#abort()
      throw aborted('transfer', order.signal)
    }
    if (session.control.error && !this.#exchange.reply) throw session.control.error
    const reply = await this.#explanation()
    if (this.#isTooLong) throw this.#tooLong(reply)
    const wanted = order.stopAfter !== undefined && end.bytes >= order.stopAfter
    if (reply && wanted) return { bytes: end.bytes, end: 'claimed', reply }
    if (reply && reply.code < 400 && this.#complete(end)) {
      session.warn(
        'end-not-proved',
        `The data connection did not end as it should (${end.cause.text}), but the server says ${replyText(reply)} and all bytes are there.`,
      )
      return { bytes: end.bytes, end: 'claimed', reply }
    }
    if (reply && reply.code >= 400) throw this.#refusal(reply)
    throw this.#broke(end.cause, reply)
  }

  /** Whether bytes that ended badly are complete all the same: the server says so, and there are as many as there have to be. */
  #complete(end: StreamEnd & { kind: 'broken' }): boolean {
    const { closeNotify = 'size' } = this.#session.options.tlsOptions
    if (directionOf(this.#order) === 'up' || closeNotify === 'required') return false
    if (this.#order.expected === undefined) return end.cause.code === 'truncated' && isListing(this.#order)
    return end.bytes === this.#order.expected - (this.#order.offset ?? 0)
  }

  /** More came than the file has: it grew, or the server never ends. */
  get #isTooLong(): boolean {
    const { expected, offset = 0 } = this.#order
    return directionOf(this.#order) === 'down' && expected !== undefined && this.#bytes > expected - offset
  }

  #tooLong(reply: Reply | undefined): FtpError {
    const { command } = this.#exchange
    const text = `${command} gave more than the ${this.#order.expected} bytes that the file had: it changed meanwhile.`
    return new FtpError('FTP_CHANGED', text, { phase: 'transfer', command, reply, retryable: true })
  }

  #broke(cause: BreakCause, reply: Reply | undefined): FtpError {
    const { command } = this.#exchange
    const said = reply ? `; the server said ${replyText(reply)}` : ''
    const hint =
      cause.code === 'truncated'
        ? 'Some servers (IIS, z/OS) never end TLS properly: closeNotify optional believes them, and an attacker who cuts.'
        : undefined
    return new FtpError(
      'FTP_TRANSFER',
      `${command} broke after ${this.#bytes} bytes: ${cause.text}${said}.`,
      {
        phase: 'transfer',
        command,
        reply,
        retryable: true,
        cause,
        hint,
      },
    )
  }

  #refusal(reply: Reply): FtpError {
    const { facts } = this.#session
    if (reply.code === 425 && this.#bytes === 0) {
      // A proxy or firewall answered in the server's place: this rung only seems to work.
      facts.refused.add(this.#open.rung)
      if (facts.rung === this.#open.rung) delete facts.rung
    }
    return replyError(this.#exchange.command, reply, this.#bytes === 0 ? 'command' : 'completion')
  }

  /** @throws {FtpError} always: with the server's explanation, if it gives one */
  async #throwForData(phase: 'data-tls', error: unknown): Promise<never> {
    const { signal } = this.#order
    if (signal.aborted) {
      await this.#abort()
      throw aborted(phase, signal)
    }
    if (this.#session.control.error) throw this.#session.control.error
    const reply = await this.#explanation()
    const message = error instanceof Error ? error.message : String(error)
    const said = reply && reply.code >= 400 ? `; the server said ${replyText(reply)}` : ''
    // A refusal that has nothing to do with TLS, such as 550, is the better answer.
    if (reply && reply.code >= 500 && reply.code !== 522) throw this.#refusal(reply)
    throw new FtpError('FTP_DATA', `The data connection could not be protected: ${message}${said}.`, {
      phase,
      command: this.#exchange.command,
      reply,
      retryable: reply === undefined || reply.code < 500,
      cause: error,
    })
  }

  /** The reply that says why the data broke, within a short bound. Without one, nobody knows where the session stands: it ends. */
  async #explanation(): Promise<Reply | undefined> {
    await this.#connection[Symbol.asyncDispose]()
    const { control, options } = this.#session
    if (control.error) return this.#exchange.reply
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const timer = setTimeout(resolve, options.timeouts.explanation, undefined)
    try {
      const reply = await Promise.race([this.#exchange.final, promise])
      if (!reply) {
        const text = `The server did not say within ${options.timeouts.explanation / 1000} seconds how ${this.#exchange.command} ended.`
        this.#session.destroy(
          new FtpError('FTP_TIMEOUT', text, {
            phase: 'completion',
            command: this.#exchange.command,
            retryable: true,
          }),
        )
      }
      return reply
    } catch {
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }

  /** The caller has enough. The data is cut; ABOR makes servers answer that do not look at it. */
  async #abort(): Promise<void> {
    const { control } = this.#session
    if (control.error) return
    // The reply to what was sent ahead would come in between.
    if (this.#session.ahead) return this.#session.destroy(aborted('transfer', this.#order.signal))
    const { explanation } = this.#session.options.timeouts
    const abor = control.send('ABOR', undefined, { replyMs: explanation, transfers: true })
    await this.#explanation()
    // Servers that answer both with one reply, or ABOR never, must not leave that to the next operation.
    await abor.final.catch(() => {})
  }

  /** What was sent ahead may be the reason: then never again with this server. */
  #outOfStep(error: unknown): unknown {
    const session = this.#session
    const { ahead, facts } = session
    if (!ahead || this.#order.signal.aborted) return error
    const refusedFile = error instanceof FtpError && error.reply?.code === 550
    const proved = facts.pipelining === 'proved' && ahead.exchange.reply !== undefined
    if (refusedFile || proved) return error
    stopAskingAhead(session)
    const message = error instanceof Error ? error.message : String(error)
    const failed = new FtpError('FTP_TRANSFER', message, { phase: 'transfer', retryable: true, cause: error })
    session.destroy(failed)
    return failed
  }
}

/** How long what a server sent before it refused may take to arrive, in milliseconds. */
const DRAIN_MS = 200
const TOO_LONG: BreakCause = { code: 'aborted', text: 'more bytes came than the file has' }
const CUT_OFF: BreakCause = { code: 'truncated', text: 'TLS ended before all bytes of the file were there' }
const CALLER_ENDED: BreakCause = { code: 'aborted', text: 'the caller ended the transfer' }
const ENOUGH: BreakCause = { code: 'aborted', text: 'as many bytes as were wanted are there' }

function refusedBy(reply: Reply): BreakCause {
  return { code: 'aborted', text: `the server said ${replyText(reply)}` }
}
