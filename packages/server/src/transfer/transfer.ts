import type { BreakCause, BreakCode, DataConnection, PumpOptions, StreamEnd } from '@portolan/channels'
import { formatEndpoint, type Reply } from '@portolan/protocol'
import { StorageError } from '@portolan/storage'
import type { TransferFacts, TransferVerdict } from '../events.ts'
import { QuotaExceeded } from '../policy/quota-gate.ts'
import { rateGate } from '../policy/rate-gate.ts'
import { failureCode, replyForError } from '../reply-for-error.ts'
import type { Session } from '../session/session.ts'

/** A transfer that runs: what STAT tells, and what ABOR ends. */
export interface Transfer {
  readonly command: string
  readonly path: string
  readonly direction: TransferWork['direction']
  readonly startedAt: number
  /** Bytes moved so far. */
  readonly bytes: number
  /** Bytes expected in all, where that is known. */
  readonly total: number | undefined
  abort(cause: BreakCause): void
}

/** The part of a transfer that differs between RETR, STOR, LIST and their kin. */
export interface TransferWork {
  readonly command: string
  readonly path: string
  readonly direction: 'download' | 'upload' | 'listing'
  /** The text of the 150 reply. */
  readonly announce: string
  readonly total?: number
  /** Moves the bytes. Errors thrown are those of our side: storage, quota. */
  move(connection: DataConnection, options: PumpOptions): Promise<StreamEnd>
  /** The stream ended cleanly: makes its result stand, answers the text of the 226 reply. Throwing means that nothing stands. */
  complete(end: StreamEnd): Promise<string>
  /**
   * Nothing stands. Called exactly once unless `complete` resolved.
   * @param keep - the client may want to go on with what came so far
   */
  fail(keep: boolean): Promise<void>
}

/** How a transfer went: the reply, and the verdict of the event. */
interface Outcome {
  readonly reply: Reply
  readonly verdict: TransferVerdict
  readonly bytes: number
  /** What broke the stream. */
  readonly code?: BreakCode
}

/**
 * Runs one transfer to its one final reply: connects, says 150 as soon as TCP stands (clients wait for it before their
 * TLS handshake), protects, moves, and only then says how it ended.
 */
export async function runTransfer(session: Session, work: TransferWork): Promise<Reply> {
  const abort = new AbortController()
  let bytes = 0
  session.transfer = {
    command: work.command,
    path: work.path,
    direction: work.direction,
    startedAt: Date.now(),
    total: work.total,
    get bytes() {
      return bytes
    },
    abort: cause => abort.abort(cause),
  }
  try {
    return await carryOut(session, work, abort.signal, moved => {
      bytes = Math.max(bytes, moved)
    })
  } finally {
    // Only when our side failed in a way that nobody has foreseen.
    session.dataLog.end('failed', bytes)
    session.transfer = undefined
    session.owner.moved(work.direction, bytes)
  }
}

async function carryOut(
  session: Session,
  work: TransferWork,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<Reply> {
  let connection: DataConnection
  try {
    connection = await session.data.open(work.command, signal)
  } catch (error) {
    await work.fail(true)
    return connectionFailed(session, work, error)
  }
  let leave: () => PromiseLike<void> = () => connection[Symbol.asyncDispose]()
  await using _open = { [Symbol.asyncDispose]: () => leave() }
  session.dataLog.begin(work, connection)
  const started = performance.now()
  session.control.send(session.say('transfer.opening', { text: work.announce }))
  try {
    await protect(session, connection, work.direction === 'upload', signal)
  } catch (error) {
    await work.fail(true)
    // The reply first: a client that finds its data connection reset does not read on to learn why.
    session.afterReply = leave
    leave = async () => {}
    const reply = connectionFailed(session, work, error)
    session.dataLog.end('failed', 0, reply.lines[0])
    return reply
  }
  session.data.attempt?.secure(connection.tls)
  const facts = factsOf(work, connection)
  session.emit({ type: 'transfer-started', ...facts })
  const outcome = await moveAndFinish(session, work, connection, signal, onProgress)
  onProgress(outcome.bytes)
  const text = outcome.verdict === 'complete' ? undefined : outcome.reply.lines[0]
  session.dataLog.end(outcome.verdict, outcome.bytes, text)
  session.emit({
    type: 'transfer-ended',
    ...facts,
    bytes: outcome.bytes,
    ms: Math.round(performance.now() - started),
    verdict: outcome.verdict,
    reply: outcome.reply.code,
    ...(text !== undefined && { text }),
  })
  session.data.attempt?.finish(endingOf(work, outcome))
  return outcome.reply
}

/** TLS on the data connection, where PROT P was sent. It has to belong to this session's control connection. */
async function protect(
  session: Session,
  connection: DataConnection,
  watchEnd: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (!session.data.protected || !session.tls) return
  const { sessionReuse, requireCloseNotify } = session.context.settings.tls
  const bound = AbortSignal.any([signal, AbortSignal.timeout(session.context.settings.timeouts.handshake)])
  await connection.secure(session.context.unboundTls ?? session.tls, {
    signal: bound,
    watchEnd: watchEnd && requireCloseNotify,
  })
  if (sessionReuse === 'required' && !connection.tls?.reused) throw session.refuse('tls.reuse-required')
}

async function moveAndFinish(
  session: Session,
  work: TransferWork,
  connection: DataConnection,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<Outcome> {
  let bytes = 0
  const throttle = throttleOf(session, work.direction, signal)
  const options: PumpOptions = {
    signal,
    stallMs: session.context.settings.timeouts.stall,
    ...(throttle && { throttle }),
    onProgress: moved => {
      bytes = moved
      onProgress(moved)
    },
  }
  try {
    const end = await confirmed(session, work, await work.move(connection, options))
    if (end.kind === 'broken') {
      await work.fail(true)
      const reply = session.say('transfer.broken', { text: brokenText(end) })
      return { reply, verdict: 'broken', bytes: end.bytes, code: end.cause.code }
    }
    const text = await work.complete(end)
    return { reply: session.say('transfer.complete', { text }), verdict: 'complete', bytes: end.bytes }
  } catch (error) {
    connection.destroy({ code: 'aborted', text: 'the server could not go on' })
    await work.fail(!isOutOfRoom(error))
    const known = replyForError(error, session.context.texts)
    if (!known) throw error
    return { reply: known, verdict: 'failed', bytes }
  }
}

/**
 * A client that dies has its sockets closed by its system: the data connection then ends as cleanly as after a whole
 * file. What gives it away is that the control connection ends at the same time.
 */
async function confirmed(session: Session, work: TransferWork, end: StreamEnd): Promise<StreamEnd> {
  if (work.direction !== 'upload' || end.kind === 'broken') return end
  await new Promise(resolve => setImmediate(resolve))
  if (!session.deserted) return end
  const text = 'the control connection ended with the data connection, so the client may have died'
  return { kind: 'broken', bytes: end.bytes, cause: { code: 'aborted', text } }
}

/** What found no room is not kept aside either: it would take the room that others need. */
function isOutOfRoom(error: unknown): boolean {
  return error instanceof QuotaExceeded || (error instanceof StorageError && error.code === 'STORAGE_FULL')
}

function throttleOf(session: Session, direction: TransferWork['direction'], signal: AbortSignal) {
  const { account } = session
  const perSecond = direction === 'upload' ? account?.uploadRate : account?.downloadRate
  if (!account || !perSecond || direction === 'listing') return undefined
  return rateGate(session.owner.link, { user: account.user, direction, perSecond, signal })
}

function connectionFailed(session: Session, work: TransferWork, error: unknown): Reply {
  const reply = replyForError(error, session.context.texts)
  if (!reply) throw error
  const code = failureCode(error)
  session.data.attempt?.fail(code, reply.lines[0])
  session.emit({
    type: 'data-failed',
    command: work.command,
    code,
    text: reply.lines[0],
    ...session.data.told,
  })
  return reply
}

/** For SITE PROBE LOG. */
function endingOf({ command }: TransferWork, { verdict, bytes, code, reply }: Outcome) {
  if (verdict === 'complete')
    return { outcome: 'clean', bytes, text: `${command} ended clean, ${bytes} bytes` } as const
  const outcome = verdict === 'broken' ? 'broken' : 'failed'
  return {
    outcome,
    bytes,
    code: code ?? `REPLY_${reply.code}`,
    text: `${command}: ${reply.lines[0]}`,
  } as const
}

function brokenText({ bytes, cause }: Extract<StreamEnd, { kind: 'broken' }>): string {
  return `Transfer broken after ${bytes} bytes: ${cause.text}.`
}

function factsOf(work: TransferWork, connection: DataConnection): TransferFacts {
  return {
    command: work.command,
    path: work.path,
    direction: work.direction,
    mode: connection.mode,
    local: formatEndpoint(connection.local),
    remote: formatEndpoint(connection.remote),
    because: connection.because,
    ...(connection.tls && { tls: { protocol: connection.tls.protocol, reused: connection.tls.reused } }),
  }
}
