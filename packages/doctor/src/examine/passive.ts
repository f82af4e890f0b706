import { classifyAddress, type DataConnection, decide, promisePassiveDial } from '@portolan/channels'
import { FtpError, replyText, type Session } from '@portolan/client'
import {
  addressFamily,
  type Endpoint,
  isAddress,
  ProtocolError,
  parseEpsvReply,
  parsePasvReply,
  type Reply,
} from '@portolan/protocol'
import type { Candidate, Connect, PassiveEvidence, TransferEvidence } from '../evidence.ts'
import type { Finding } from '../recorder.ts'
import { type Context, peerOf } from './context.ts'
import { Beginning, move } from './move.ts'
import { connectFailure } from './names.ts'
import { channelOf, serverView } from './probes.ts'

/** What EPSV or PASV was answered. */
export type Agreed =
  | { readonly kind: 'agreed'; readonly reply: Reply; readonly port: number; readonly advertised?: Endpoint }
  | { readonly kind: 'refused' | 'malformed'; readonly reply: Reply }

/** Sends EPSV or PASV and reads the answer. */
export async function agreePassive(
  session: Session,
  command: 'EPSV' | 'PASV',
  signal: AbortSignal,
): Promise<Agreed> {
  const reply = await session.ask(command, undefined, signal)
  if (reply.code < 200 || reply.code >= 300) return { kind: 'refused', reply }
  const text = reply.lines.join(' ')
  try {
    if (command === 'EPSV' && reply.code !== 227) return { kind: 'agreed', reply, port: parseEpsvReply(text) }
    const advertised = parsePasvReply(text)
    return { kind: 'agreed', reply, port: advertised.port, advertised }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return { kind: 'malformed', reply }
  }
}

/** A data connection that was dialled, or how that failed. */
export interface Dialled {
  readonly connect: Connect
  readonly connection?: DataConnection
}

/** Dials a passive port from the address of the control connection. */
export async function dialPassive(
  context: Context,
  session: Session,
  endpoint: Endpoint,
  ms = context.stepMs,
): Promise<Dialled> {
  const { options, dialler, signal } = context
  const { control } = session
  const promise = promisePassiveDial({
    endpoint: decide(endpoint, 'doctor', 'the doctor tries this address'),
    target: { host: endpoint.address, port: endpoint.port },
    dialler,
    connectMs: ms,
    ...(!options.proxy && { localAddress: control.local.address }),
  })
  const begun = performance.now()
  try {
    const connection = await promise.open(AbortSignal.any([signal, control.lost]))
    return { connect: { outcome: 'connected', ms: Math.round(performance.now() - begun) }, connection }
  } catch (error) {
    return { connect: connectFailure(error, performance.now() - begun) }
  }
}

/** EPSV or PASV, each address that it may mean, and a listing over the first that stood. */
export async function examinePassive(
  context: Context,
  session: Session,
  command: 'EPSV' | 'PASV',
): Promise<Finding<PassiveEvidence>> {
  const peer = peerOf(context, session)
  if (command === 'PASV' && addressFamily(peer) === 6)
    return { status: 'skip', reason: 'PASV can tell IPv4 addresses only, and the server is reached by IPv6.' }
  const common = {
    command,
    channel: channelOf(session),
    peer,
    // Behind a proxy a name is all that is known.
    peerClass: isAddress(peer) ? classifyAddress(peer) : 'global',
  } as const
  try {
    const agreed = await agreePassive(session, command, context.signal)
    const answered = { ...common, code: agreed.reply.code, reply: replyText(agreed.reply) }
    if (agreed.kind !== 'agreed')
      return { status: 'fail', evidence: { ...answered, outcome: agreed.kind, candidates: [] } }
    return await tryCandidates(context, session, answered, agreed)
  } catch (error) {
    if (!(error instanceof FtpError) || !session.control.error) throw error
    return {
      status: 'fail',
      evidence: { ...common, outcome: 'control-lost', candidates: [], text: error.message },
    }
  }
}

type Answered = Omit<PassiveEvidence, 'outcome' | 'candidates'>

async function tryCandidates(
  context: Context,
  session: Session,
  answered: Answered,
  agreed: Extract<Agreed, { kind: 'agreed' }>,
): Promise<Finding<PassiveEvidence>> {
  const { port, advertised } = agreed
  const told = advertised && {
    advertised,
    advertisedClass: classifyAddress(advertised.address),
  }
  const control = { address: answered.peer, port }
  const first = await dialPassive(context, session, control)
  const candidates: Candidate[] = [{ kind: 'control', endpoint: control, connect: first.connect }]
  const listed = first.connection && (await listOver(context, session, first.connection))
  const server = await serverView(session, context.signal)
  const second =
    advertised && isAddress(answered.peer) && advertised.address !== answered.peer && session.usable
      ? await tryAdvertised(context, session, answered, listed !== undefined)
      : undefined
  if (second) candidates.push(second.candidate)
  const transfer = listed ?? second?.transfer
  const moved = transfer?.outcome === 'moved'
  const stood = candidates.some(({ connect }) => connect?.outcome === 'connected')
  const lost = session.control.error && !transfer
  return {
    status: moved
      ? candidates.every(one => one.connect?.outcome === 'connected')
        ? 'pass'
        : 'warn'
      : 'fail',
    evidence: {
      ...answered,
      ...told,
      outcome: moved ? 'moved' : lost ? 'control-lost' : stood ? 'not-moved' : 'not-connected',
      candidates,
      ...(transfer && { transfer }),
      ...(server && { server }),
      ...(lost && session.control.error && { text: session.control.error.message }),
    },
  }
}

/** The address that PASV tells, where it is another than that of the control connection. */
async function tryAdvertised(
  context: Context,
  session: Session,
  { peer }: Answered,
  hasListed: boolean,
): Promise<{ candidate: Candidate; transfer?: TransferEvidence } | undefined> {
  // The port of the first reply was used up.
  const agreed = await agreePassive(session, 'PASV', context.signal)
  if (agreed.kind !== 'agreed' || !agreed.advertised) return undefined
  const endpoint = agreed.advertised
  if (leadsHere(endpoint.address, peer)) return { candidate: { kind: 'advertised', endpoint } }
  const { connect, connection } = await dialPassive(context, session, endpoint)
  const candidate: Candidate = { kind: 'advertised', endpoint, connect }
  if (!connection) return { candidate }
  if (hasListed) {
    await connection[Symbol.asyncDispose]()
    return { candidate }
  }
  return { candidate, transfer: await listOver(context, session, connection) }
}

/** What an address of this machine answers says nothing of the server. */
function leadsHere(address: string, peer: string): boolean {
  const isLocal = classifyAddress(address) === 'loopback' || address.startsWith('0.')
  return isLocal && classifyAddress(peer) !== 'loopback'
}

/** Lists over a data connection that stands. */
async function listOver(
  context: Context,
  session: Session,
  connection: DataConnection,
  sink = new Beginning(),
): Promise<TransferEvidence> {
  const verb = listVerb(session)
  const exchange = session.control.send(verb, context.folder)
  return move(
    { session, connection, exchange, verb, stepMs: context.stepMs, signal: context.signal },
    { sink },
  )
}

/** What lists with the least surprise. */
export function listVerb(session: Session): 'MLSD' | 'LIST' {
  return session.has('MLST') || session.has('MLSD') ? 'MLSD' : 'LIST'
}
