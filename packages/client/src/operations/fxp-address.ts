import { choosePasvAddress } from '@portolan/channels'
import {
  addressFamily,
  type Endpoint,
  formatEprtArgument,
  formatPortArgument,
  ProtocolError,
  parseEpsvReply,
  parsePasvReply,
  type Reply,
} from '@portolan/protocol'
import { replyText } from '../errors.ts'
import type { Session } from '../session/session.ts'
import { FxpRefusal, saidBy } from './fxp-refusal.ts'

/**
 * Has a server listen. Over IPv4 by PASV (or CPSV: then it is the client of TLS), over IPv6 by EPSV.
 *
 * @throws {FxpRefusal} when it does not
 */
export async function offerPassive(session: Session, cpsv: boolean, signal: AbortSignal): Promise<Endpoint> {
  const peer = session.control.remote.address
  const ipv4 = addressFamily(peer) === 4
  const verbs = cpsv ? ['CPSV'] : ipv4 ? ['PASV', 'EPSV'] : ['EPSV']
  let reply: Reply | undefined
  for (const verb of verbs) {
    reply = await session.ask(verb, undefined, signal)
    const endpoint = readPassive(reply, peer)
    if (!endpoint) continue
    session.decide('passive-address', endpoint.because)
    return endpoint.value
  }
  throw new FxpRefusal('fxp-passive', reply ? saidBy(session, reply) : 'it cannot listen')
}

function readPassive(reply: Reply, peer: string) {
  if (reply.code !== 227 && reply.code !== 229) return undefined
  const text = reply.lines.join(' ')
  try {
    if (reply.code === 227)
      // The other server dials it: as a client would that trusts no unroutable address.
      return choosePasvAddress({ setting: 'auto', advertised: parsePasvReply(text), peer })
    const value = { address: peer, port: parseEpsvReply(text) }
    return { value, because: { code: 'epsv', text: `EPSV gives port ${value.port} of ${peer}` } }
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}

/**
 * Tells a server to dial another.
 *
 * @throws {FxpRefusal} when it does not want to
 */
export async function tellActive(session: Session, endpoint: Endpoint, signal: AbortSignal): Promise<void> {
  const ipv4 = addressFamily(endpoint.address) === 4
  let said: string | undefined
  for (const verb of ipv4 ? ['PORT', 'EPRT'] : ['EPRT']) {
    const argument = verb === 'PORT' ? formatPortArgument(endpoint) : formatEprtArgument(endpoint)
    const reply = await session.ask(verb, argument, signal)
    if (reply.code >= 200 && reply.code < 300) return
    said = said === undefined ? saidBy(session, reply) : `${said}, then ${replyText(reply)}`
  }
  throw new FxpRefusal('fxp-active', said ?? 'it cannot dial')
}
