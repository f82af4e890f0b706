import {
  type Because,
  choosePasvAddress,
  type DataPromise,
  type Decision,
  type DialTarget,
  decide,
  promisePassiveDial,
} from '@portolan/channels'
import {
  type Endpoint,
  formatEndpoint,
  ProtocolError,
  parseEpsvReply,
  parsePasvReply,
  type Reply,
} from '@portolan/protocol'
import { replyText } from '../errors.ts'
import type { Session } from '../session/session.ts'
import type { DataWay, RungOutcome } from './data-way.ts'

/** The lowest port that is not reserved for the system's services. */
const LOWEST_UNPRIVILEGED = 1024

/** What EPSV or PASV is answered with, as a way to the data connection. @param connectMs - bound on dialling it */
export function passiveOutcome(
  session: Session,
  rung: 'EPSV' | 'PASV',
  reply: Reply,
  connectMs: number,
): RungOutcome {
  if (reply.code >= 300 || reply.code < 200)
    return left(
      `${rung.toLowerCase()}-refused`,
      `the server refused ${rung}: ${replyText(reply)}`,
      reply.code >= 500,
    )
  const text = reply.lines.join(' ')
  try {
    // Some servers answer EPSV with the 227 of PASV.
    const way =
      rung === 'EPSV' && reply.code !== 227
        ? epsvWay(session, parseEpsvReply(text), connectMs)
        : pasvWay(session, parsePasvReply(text), connectMs)
    warnOfPort(session, way.promise.endpoint.value)
    return { kind: 'ready', way: { ...way, rung } }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return left(`${rung.toLowerCase()}-malformed`, `${error.message} It sent ${replyText(reply)}`, true)
  }
}

/** EPSV tells a port alone: RFC 2428 section 3. */
function epsvWay(session: Session, port: number, connectMs: number): DataWay {
  const { options, control } = session
  const forced = typeof options.pasvAddress === 'object' ? options.pasvAddress.address : undefined
  const address = forced ?? control.remote.address
  const endpoint = forced
    ? decide({ address, port }, 'epsv-forced', `${address} was set by hand, port ${port} comes from EPSV`)
    : decide({ address, port }, 'epsv', `EPSV gives port ${port} of the host of the control connection`)
  return { rung: 'EPSV', promise: promised(session, endpoint, forced === undefined, connectMs) }
}

/** PASV tells an address too, which NAT makes wrong more often than not. */
function pasvWay(session: Session, advertised: Endpoint, connectMs: number): DataWay {
  const { options, control } = session
  const chosen = choosePasvAddress({
    setting: options.pasvAddress,
    advertised,
    peer: control.remote.address,
    proxied: options.proxy !== undefined,
  })
  session.decide('passive-address', chosen.because)
  const atControl = chosen.value.address === control.remote.address
  const promise = promised(session, chosen, atControl, connectMs)
  if (!chosen.alternative) return { rung: 'PASV', promise }
  const other = decide(
    chosen.alternative,
    'pasv-alternative',
    `${formatEndpoint(chosen.value)} did not answer, so the host of the control connection is tried`,
  )
  return { rung: 'PASV', promise, alternative: promised(session, other, true, connectMs) }
}

/** @param atControl - the host of the control connection, which a proxy has to be told by its name */
function promised(
  session: Session,
  endpoint: Decision<Endpoint>,
  atControl: boolean,
  connectMs: number,
): DataPromise {
  const { options, dialler, control, facts } = session
  const { address, port } = endpoint.value
  const target: DialTarget =
    options.proxy && atControl ? { host: options.host, port } : { host: address, port }
  // The system takes the same route from the same address by itself, and finds a free port much faster when it is not bound before.
  const bind = !options.proxy && (facts.bindData === true || address !== control.remote.address)
  return promisePassiveDial({
    endpoint,
    target,
    dialler,
    connectMs,
    // Servers refuse a data connection from another address of the same machine.
    ...(bind && { localAddress: control.local.address }),
  })
}

function warnOfPort(session: Session, { port }: Endpoint): void {
  if (port >= LOWEST_UNPRIVILEGED) return
  session.warn('privileged-port', `The server gave port ${port}, below 1024, for a data connection.`)
}

function left(code: string, text: string, refused: boolean): RungOutcome {
  const because: Because = { code, text }
  return { kind: 'left', because, refused }
}
