import { type DataConnection, DialError } from '@portolan/channels'
import type { Reply } from '@portolan/protocol'
import type { Exchange } from '../control/exchange.ts'
import type { Rung } from '../errors.ts'
import type { Session } from '../session/session.ts'
import { isPassive } from './ladder.ts'
import { passiveOutcome } from './passive-rungs.ts'

/** Servers, by their greeting, known to answer out of turn or to take what comes during a transfer for an abort. */
const NEVER = /microsoft|mikrotik|madgoat|pyftpdlib/i

/** A data connection that was asked for behind the transfer command of the one before, and dialled as soon as the reply came. */
export interface DataAhead {
  readonly rung: Rung
  readonly exchange: Exchange
  /** Undefined when it did not work out: the transfer then asks again. */
  readonly connection: Promise<DataConnection | undefined>
  drop(): void
}

/** Whether the next EPSV may be sent now, and whether it is an experiment. */
export function mayAskAhead(session: Session): boolean {
  const { facts, options } = session
  if (!options.pipelining || facts.pipelining === 'failed' || session.ahead) return false
  if (!facts.rung || !isPassive(facts.rung)) return false
  return !NEVER.test(facts.greeting ?? '')
}

/** The first sign that the server does not answer in step is the last one that is waited for. */
export function stopAskingAhead(session: Session): void {
  if (session.facts.pipelining === 'failed') return
  session.facts.pipelining = 'failed'
  session.decide('pipelining', {
    code: 'pipelining-failed',
    text: 'The server does not answer in step what is sent ahead: nothing is sent ahead any more.',
  })
}

/**
 * Sends EPSV or PASV behind a transfer command, so that its round trip is that of the transfer. The reply is claimed by its
 * code: servers that answer at once do so before the 226.
 *
 * @param transfer - the transfer that is under way
 */
export function askAhead(session: Session, transfer: Exchange): void {
  const { rung } = session.facts
  if (!rung || !isPassive(rung)) return
  const code = rung === 'EPSV' ? 229 : 227
  const { explanation } = session.options.timeouts
  const exchange = session.control.send(rung, undefined, {
    outOfTurn: reply => reply.code === code || refuses(reply, rung, transfer),
    // It was read before the transfer ended, so that its reply is not long behind.
    replyMs: explanation,
  })
  const stop = new AbortController()
  const connection = connectAhead(session, rung, exchange, stop.signal)
  session.ahead = {
    rung,
    exchange,
    connection,
    drop() {
      stop.abort()
      void connection.then(unused => unused?.[Symbol.asyncDispose]())
    },
  }
}

/**
 * Whether a reply refuses what was sent ahead, and not the transfer. ProFTPD and Pure-FTPd read on while bytes move, and then
 * say `450 EPSV: data transfer in progress` or `500 Unknown command`: a transfer that has begun knows its command.
 */
function refuses({ code, lines }: Reply, rung: Rung, transfer: Exchange): boolean {
  if (code >= 400 && lines[0].trimStart().toUpperCase().startsWith(`${rung}:`)) return true
  return code >= 500 && code <= 504 && transfer.preliminaries > 0 && transfer.reply === undefined
}

async function connectAhead(
  session: Session,
  rung: 'EPSV' | 'PASV',
  exchange: Exchange,
  signal: AbortSignal,
): Promise<DataConnection | undefined> {
  try {
    const reply = await exchange.final
    const outcome = passiveOutcome(session, rung, reply, session.options.timeouts.dataConnect)
    return outcome.kind === 'ready' ? await outcome.way.promise.open(signal) : undefined
  } catch (error) {
    // Whoever needs the connection asks again, and is told then what is wrong.
    if (!signal.aborted && !(error instanceof DialError)) stopAskingAhead(session)
    return undefined
  }
}
