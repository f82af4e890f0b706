import { lookup } from 'node:dns/promises'
import {
  type ActiveListener,
  ChannelError,
  classifyAddress,
  type DataConnection,
  listenForServer,
} from '@portolan/channels'
import { type Exchange, FtpError, replyText, type Session, seenAddress } from '@portolan/client'
import {
  addressFamily,
  type Endpoint,
  formatEprtArgument,
  formatPortArgument,
  isAddress,
  normaliseAddress,
} from '@portolan/protocol'
import type { ActiveEvidence, Connect, TransferEvidence } from '../evidence.ts'
import type { Finding } from '../recorder.ts'
import type { Context } from './context.ts'
import { Beginning, move } from './move.ts'
import { tryConnect } from './names.ts'
import { listVerb } from './passive.ts'
import { channelOf, serverView } from './probes.ts'

/** EPRT or PORT with a port that listens, then a listing: whether the server comes, and from where. */
export async function examineActive(
  context: Context,
  session: Session,
  command: 'EPRT' | 'PORT',
): Promise<Finding<ActiveEvidence>> {
  const { options } = context
  if (options.proxy)
    return { status: 'skip', reason: 'The proxy only dials out: nobody can dial this machine through it.' }
  if (command === 'PORT' && addressFamily(session.control.remote.address) === 6)
    return { status: 'skip', reason: 'PORT can tell IPv4 addresses only, and the server is reached by IPv6.' }
  const strangers: string[] = []
  const common = { command, channel: channelOf(session), strangers } as const
  let listener: ActiveListener
  try {
    listener = await listen(context, session, strangers)
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error
    return { status: 'fail', evidence: { ...common, outcome: 'no-port', text: error.message } }
  }
  await using waiting = listener
  try {
    return await announce(context, session, { ...common }, waiting)
  } catch (error) {
    if (!(error instanceof FtpError) || !session.control.error) throw error
    return { status: 'fail', evidence: { ...common, outcome: 'control-lost', text: error.message } }
  }
}

async function listen(context: Context, session: Session, strangers: string[]): Promise<ActiveListener> {
  const { options, stepMs } = context
  const { control } = session
  return listenForServer({
    bindAddress: control.local.address,
    announceAddress: await externalAddress(context, session),
    controlPeer: control.remote.address,
    checkPeer: options.checkPeer,
    acceptMs: stepMs,
    ...(options.activePorts && { range: options.activePorts }),
    onStranger: ({ address }) => {
      if (address !== control.local.address && strangers.length < 4) strangers.push(address)
    },
  })
}

/** What the options say, else the local address. */
async function externalAddress({ options, signal }: Context, session: Session): Promise<string> {
  const { local, remote } = session.control
  const { externalAddress: set } = options
  if (set === undefined) return local.address
  if (set === 'ask') return (await seenAddress(session, signal)) ?? local.address
  if (isAddress(set)) return normaliseAddress(set)
  const { address } = await lookup(set, { family: addressFamily(remote.address) })
  return normaliseAddress(address)
}

type Common = Pick<ActiveEvidence, 'command' | 'channel' | 'strangers'>

async function announce(
  context: Context,
  session: Session,
  common: Common,
  listener: ActiveListener,
): Promise<Finding<ActiveEvidence>> {
  const announced = listener.endpoint.value
  const ownPort = await dialOwnPort(context, session, listener.port)
  const argument = common.command === 'EPRT' ? formatEprtArgument(announced) : formatPortArgument(announced)
  const reply = await session.ask(common.command, argument, context.signal)
  const told = {
    ...common,
    announced,
    announcedClass: classifyAddress(announced.address),
    code: reply.code,
    reply: replyText(reply),
    ...(ownPort && { ownPort }),
  }
  if (reply.code >= 300) {
    const server = await serverView(session, context.signal)
    return { status: 'warn', evidence: { ...told, outcome: 'refused', ...(server && { server }) } }
  }
  const arrival = await awaitServer(context, session, listener)
  const server = await serverView(session, context.signal)
  const { outcome } = arrival
  return {
    status: outcome === 'moved' ? 'pass' : 'warn',
    evidence: {
      ...told,
      ...arrival,
      outcome: outcome === 'nobody-came' && common.strangers.length > 0 ? 'wrong-source' : outcome,
      ...(server && { server }),
    },
  }
}

/** Shows a firewall of this machine that lets not even itself in. Where the server runs here too, it would be taken for the server. */
async function dialOwnPort(context: Context, session: Session, port: number): Promise<Connect | undefined> {
  const { local, remote } = session.control
  if (local.address === remote.address || classifyAddress(local.address) === 'loopback') return undefined
  const { connect } = await tryConnect(context, { host: local.address, port }, { from: local.address })
  return connect
}

type Arrival = Pick<ActiveEvidence, 'outcome' | 'from' | 'ms' | 'transfer' | 'text' | 'reply' | 'code'>

async function awaitServer(context: Context, session: Session, listener: ActiveListener): Promise<Arrival> {
  const { stepMs, signal } = context
  const begun = performance.now()
  const ms = () => Math.round(performance.now() - begun)
  const stop = new AbortController()
  const verb = listVerb(session)
  const exchange = session.control.send(verb, context.folder)
  exchange.bound = undefined
  exchange.final.then(
    final => final.code >= 400 && stop.abort(),
    () => stop.abort(),
  )
  let connection: DataConnection
  try {
    connection = await listener.open(AbortSignal.any([signal, stop.signal]))
  } catch {
    // The reply that says why, if it comes soon.
    exchange.bound = { name: 'reply', ms: session.options.timeouts.explanation }
    const final = await exchange.final.catch(() => undefined)
    if (!final) return { outcome: 'nobody-came', ms: ms() }
    const said = { reply: replyText(final), code: final.code, ms: ms() }
    // 425 and 426 are about the connection, anything else about the listing.
    if (final.code === 425 || final.code === 426)
      return { outcome: ms() < stepMs / 2 ? 'dial-failed' : 'nobody-came', ...said }
    return { outcome: final.code >= 400 ? 'not-moved' : 'nobody-came', ...said }
  }
  const arrivedMs = ms()
  const from: Endpoint = connection.remote
  const transfer: TransferEvidence = await move(
    { session, connection, exchange, verb, stepMs, signal },
    { sink: new Beginning() },
  )
  return { outcome: transfer.outcome === 'moved' ? 'moved' : 'not-moved', from, ms: arrivedMs, transfer }
}

/** Has the server dial for one transfer, by a way that is known to work. */
export async function announceActive(
  context: Context,
  session: Session,
  command: 'EPRT' | 'PORT',
  { verb, argument }: { readonly verb: string; readonly argument?: string | undefined },
): Promise<{ connection: DataConnection; exchange: Exchange } | { failed: string }> {
  await using listener = await listen(context, session, [])
  const endpoint = listener.endpoint.value
  const told = command === 'EPRT' ? formatEprtArgument(endpoint) : formatPortArgument(endpoint)
  const reply = await session.ask(command, told, context.signal)
  if (reply.code >= 300) return { failed: replyText(reply) }
  const exchange = session.control.send(verb, argument)
  try {
    return {
      connection: await listener.open(AbortSignal.any([context.signal, session.control.lost])),
      exchange,
    }
  } catch (error) {
    exchange.bound = { name: 'reply', ms: session.options.timeouts.explanation }
    await exchange.final.catch(() => undefined)
    return { failed: error instanceof Error ? error.message : String(error) }
  }
}
