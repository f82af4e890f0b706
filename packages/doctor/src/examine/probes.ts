import type { Session } from '@portolan/client'
import { decodeName, ProtocolError, parseProbeEcho, parseProbeLog, parseProbePasv } from '@portolan/protocol'
import type { Channel, EchoEvidence, ServerView } from '../evidence.ts'
import type { Finding } from '../recorder.ts'
import type { Context } from './context.ts'

/** What a middlebox for FTP cannot leave alone: an address that is not the client's. */
const BAIT = 'SITE PROBE ECHO PORT 10,1,2,3,4,5'
const NO_PROBE = 'The server has no SITE PROBE, with which a Portolan server helps to diagnose.'

/** Whether the server answers SITE PROBE. */
export function hasProbe(session: Session): boolean {
  return /(?:^|;)PROBE(?:;|$)/.test(session.facts.features?.get('SITE') ?? '')
}

/** What the server saw of the newest data connection; undefined where it does not tell. */
export async function serverView(session: Session, signal: AbortSignal): Promise<ServerView | undefined> {
  if (!hasProbe(session) || !session.usable || session.control.pending > 0) return undefined
  try {
    const { attempts } = parseProbeLog(await session.ask('SITE', 'PROBE LOG', signal))
    const newest = attempts.at(-1)
    if (!newest) return undefined
    const { outcome, endpoint, remote, strangers, code, text } = newest
    return {
      outcome,
      strangers,
      text,
      ...(endpoint && { endpoint }),
      ...(remote && { remote }),
      ...(code !== undefined && { code }),
    }
  } catch {
    return undefined
  }
}

/** Sends a line with PORT in it, and has it told back in hex. */
export async function examineEcho({ signal }: Context, session: Session): Promise<Finding<EchoEvidence>> {
  if (!hasProbe(session)) return { status: 'skip', reason: NO_PROBE }
  const reply = await session.ask('SITE', BAIT.slice('SITE '.length), signal)
  if (reply.code !== 200) return { status: 'skip', reason: `SITE PROBE ECHO was answered ${reply.code}.` }
  try {
    return compare(session, BAIT, decodeName(parseProbeEcho(reply)))
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    // The hex is not one that our server writes: the reply itself was changed.
    return compare(session, BAIT, reply.lines.join(' '))
  }
}

/** Has the server send a 227 and tell in hex what it sent. */
export async function examineProbePasv(
  { signal }: Context,
  session: Session,
): Promise<Finding<EchoEvidence>> {
  if (!hasProbe(session)) return { status: 'skip', reason: NO_PROBE }
  const reply = await session.ask('SITE', 'PROBE PASV', signal)
  if (reply.code !== 227) return { status: 'skip', reason: `SITE PROBE PASV was answered ${reply.code}.` }
  try {
    const { sent, received } = parseProbePasv(reply)
    return compare(session, sent, received)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return { status: 'skip', reason: error.message }
  }
}

function compare(session: Session, sent: string, received: string): Finding<EchoEvidence> {
  const evidence = { channel: channelOf(session), sent, received }
  return { status: sent === received ? 'pass' : 'warn', evidence }
}

/** Whether what reads along could read this session. */
export function channelOf(session: Session): Channel {
  return session.control.underTls ? 'tls' : 'clear'
}
