import { type DataConnection, type DataPromise, DialError } from '@portolan/channels'
import type { Reply } from '@portolan/protocol'
import type { Exchange } from '../control/exchange.ts'
import { aborted, FtpError, type LeftRung, type Rung, replyError, replyText } from '../errors.ts'
import type { Session } from '../session/session.ts'
import { formatFtpUrl } from '../url.ts'
import { activeRung } from './active-rungs.ts'
import type { DataWay, RungOutcome } from './data-way.ts'
import { isPassive, rungsToTry } from './ladder.ts'
import { passiveOutcome } from './passive-rungs.ts'

/** A data connection that stands and the transfer command that was sent for it. */
export interface OpenData {
  readonly connection: DataConnection
  readonly exchange: Exchange
  readonly rung: Rung
}

/** Sends the transfer command, once the server has agreed to a data connection. */
export type SendTransfer = () => Promise<Exchange>

/**
 * Climbs the ladder: asks for a data connection rung by rung until one stands with the transfer command sent. A rung is
 * left when the server refuses it, and when the connection does not come.
 *
 * @throws {FtpError} `FTP_REPLY` when the transfer itself was refused, `FTP_DATA` when every rung was left
 */
export async function openData(
  session: Session,
  sendTransfer: SendTransfer,
  signal: AbortSignal,
): Promise<OpenData> {
  const early = await takeAhead(session, sendTransfer, signal)
  if (early) return early
  const { facts, options, control } = session
  const rungs = rungsToTry(options, facts, control.remote.address)
  const left: LeftRung[] = []
  for (const [index, rung] of rungs.entries()) {
    const last = index === rungs.length - 1
    const proved = facts.rung === rung
    const outcome = await tryRung(session, rung, { hurry: !last && !proved, sendTransfer, signal })
    if ('connection' in outcome) {
      remember(session, rung, left)
      noteAddress(session, outcome.connection)
      return outcome
    }
    if (outcome.refused) facts.refused.add(rung)
    if (proved) delete facts.rung
    left.push({ rung, because: outcome.because })
    options.emit({ type: 'rung-left', session: session.number, rung, because: outcome.because })
  }
  // What is refused today may be allowed tomorrow.
  facts.refused.clear()
  throw nothingWorked(session, left)
}

/** The connection that was asked for behind the transfer before. */
async function takeAhead(
  session: Session,
  sendTransfer: SendTransfer,
  signal: AbortSignal,
): Promise<OpenData | undefined> {
  const { ahead } = session
  if (!ahead) return undefined
  session.ahead = undefined
  const connection = await ahead.connection
  if (!connection) return undefined
  if (!session.facts.pipelining) {
    session.facts.pipelining = 'proved'
    session.decide('pipelining', {
      code: 'pipelining-proved',
      text: 'The server answers in its turn what is sent behind a transfer command: the next data connection is asked for ahead.',
    })
  }
  if (signal.aborted) {
    await connection[Symbol.asyncDispose]()
    throw aborted('data-connect', signal)
  }
  try {
    return { connection, exchange: await sendTransfer(), rung: ahead.rung }
  } catch (error) {
    await connection[Symbol.asyncDispose]()
    throw error
  }
}

interface RungTry {
  /** Another rung is left, and this one has not moved data yet: a short bound. */
  readonly hurry: boolean
  readonly sendTransfer: SendTransfer
  readonly signal: AbortSignal
}

type LeftOutcome = Extract<RungOutcome, { kind: 'left' }>

async function tryRung(session: Session, rung: Rung, attempt: RungTry): Promise<OpenData | LeftOutcome> {
  return isPassive(rung) ? tryPassive(session, rung, attempt) : tryActive(session, rung, attempt)
}

/** Dials before the transfer command goes out: what cannot be reached costs the server nothing. */
async function tryPassive(
  session: Session,
  rung: 'EPSV' | 'PASV',
  { hurry, sendTransfer, signal }: RungTry,
): Promise<OpenData | LeftOutcome> {
  const { timeouts } = session.options
  const reply = await session.ask(rung, undefined, signal)
  const connectMs = hurry ? timeouts.dataProbe : timeouts.dataConnect
  const outcome = passiveOutcome(session, rung, reply, connectMs)
  if (outcome.kind === 'left') return outcome
  const dialled = await dialWay(session, outcome.way, signal)
  if ('refused' in dialled) return dialled
  try {
    const exchange = await sendTransfer()
    return { connection: dialled, exchange, rung }
  } catch (error) {
    await dialled[Symbol.asyncDispose]()
    throw error
  }
}

async function dialWay(
  session: Session,
  way: DataWay,
  signal: AbortSignal,
): Promise<DataConnection | LeftOutcome> {
  const first = await dial(session, way.promise, signal)
  if (!('refused' in first) || !way.alternative) return first
  session.decide('passive-address', way.alternative.endpoint.because)
  return dial(session, way.alternative, signal)
}

async function dial(
  session: Session,
  promise: DataPromise,
  signal: AbortSignal,
): Promise<DataConnection | LeftOutcome> {
  const stop = AbortSignal.any([signal, session.control.lost])
  try {
    return await promise.open(stop)
  } catch (error) {
    if (session.control.error) throw session.control.error
    if (signal.aborted) throw aborted('data-connect', signal)
    if (!(error instanceof DialError)) throw error
    return {
      kind: 'left',
      because: { code: `data-${error.outcome}`, text: error.message },
      refused: false,
    }
  }
}

/** The server dials after the transfer command: until it has, a refusal of either may end the wait. */
async function tryActive(
  session: Session,
  rung: 'EPRT' | 'PORT',
  { hurry, sendTransfer, signal }: RungTry,
): Promise<OpenData | LeftOutcome> {
  const { timeouts } = session.options
  const outcome = await activeRung(session, rung, hurry ? timeouts.dataConnect : timeouts.accept, signal)
  if (outcome.kind === 'left') return outcome
  const { promise } = outcome.way
  await using listening = promise
  const exchange = await sendTransfer()
  const stop = new AbortController()
  const opening = listening.open(AbortSignal.any([signal, session.control.lost, stop.signal]))
  const first = await Promise.race([
    opening.then(came, failed),
    exchange.final.then(refusedOrCame(opening), failed),
  ])
  if (first.kind === 'came') return { connection: first.connection, exchange, rung }
  stop.abort()
  void opening.then(
    late => late[Symbol.asyncDispose](),
    () => {},
  )
  if (session.control.error) throw session.control.error
  if (signal.aborted) {
    session.destroy(aborted('data-connect', signal))
    throw aborted('data-connect', signal)
  }
  return explainActive(session, exchange, { rung, error: first.error, signal })
}

type Came =
  | { readonly kind: 'came'; readonly connection: DataConnection }
  | { readonly kind: 'none'; readonly error: unknown }

const came = (connection: DataConnection): Came => ({ kind: 'came', connection })
const failed = (error: unknown): Came => ({ kind: 'none', error })

/** A refusal ends the wait; a 2yz may have overtaken the connection. */
function refusedOrCame(opening: Promise<DataConnection>) {
  return (reply: Reply): Came | Promise<Came> =>
    reply.code >= 400 ? failed(new Error('the server refused the transfer')) : opening.then(came, failed)
}

/** Nobody came. 425 and 426 mean that the server could not dial: the rung is left; another refusal is that of the transfer. */
async function explainActive(
  session: Session,
  exchange: Exchange,
  {
    rung,
    error,
    signal,
  }: { readonly rung: 'EPRT' | 'PORT'; readonly error: unknown; readonly signal: AbortSignal },
): Promise<LeftOutcome> {
  exchange.bound = { name: 'reply', ms: session.options.timeouts.completion }
  const why = error instanceof Error ? error.message : 'the server did not dial'
  const reply = await session.control.settled(exchange, signal).catch((silence: unknown) => {
    if (!(silence instanceof FtpError) || silence.code !== 'FTP_TIMEOUT') throw silence
    // The session is over, but that nobody came is what has to be told: vsftpd dials on and on for a minute.
    const because = { code: 'active-nobody-came', text: `${why}; the server says nothing of it` }
    const message = `No data connection could be had. ${rung}: ${because.text}.`
    const rungs = [{ rung, because }]
    throw new FtpError('FTP_DATA', message, { phase: 'data-connect', rungs, cause: silence })
  })
  if (reply.code >= 400 && reply.code !== 425 && reply.code !== 426) throw replyError(exchange.command, reply)
  return {
    kind: 'left',
    because: { code: 'active-nobody-came', text: `${why}; the server said ${replyText(reply)}` },
    refused: false,
  }
}

/** Where the system takes another address than for the control connection, data connections are bound to that from now on. */
function noteAddress({ facts, control, options }: Session, { mode, local }: DataConnection): void {
  if (mode === 'passive' && !options.proxy && local.address !== control.local.address) facts.bindData = true
}

function remember(session: Session, rung: Rung, left: readonly LeftRung[]): void {
  const { facts } = session
  if (facts.rung === rung) return
  facts.rung = rung
  const after = left.length === 0 ? '' : `, after ${left.map(one => one.rung).join(', ')} did not work`
  session.decide('mode', {
    code: `rung-${rung.toLowerCase()}`,
    text: `Data connections go by ${rung}${after}.`,
  })
}

function nothingWorked(session: Session, rungs: readonly LeftRung[]): FtpError {
  const { mode, proxy } = session.options
  const finds = `portolan doctor ${formatFtpUrl(session.options)} finds out what is in the way.`
  const tried = rungs.map(({ rung, because }) => `${rung}: ${because.text}`).join('; ')
  const hint =
    mode === 'passive' && !proxy ? `Mode auto tries active mode as well; ${finds}` : `To see why: ${finds}`
  return new FtpError('FTP_DATA', `No data connection could be had. ${tried}.`, {
    phase: 'data-connect',
    rungs,
    retryable: rungs.some(
      ({ because }) => because.code === 'data-timeout' || because.code === 'active-no-port',
    ),
    hint,
  })
}
