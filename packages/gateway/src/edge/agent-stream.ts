import type { Status, StatusCode } from '../codes.ts'
import type { AgentOpen, AgentOpened } from '../control/messages.ts'
import { readHost } from '../policy/host.ts'
import { joinStreams } from '../wire/join-streams.ts'
import { isStatus, statusOf } from '../wire/status.ts'
import { type IncomingStream, StreamRefused } from '../wire/types.ts'
import type { AgentLink } from './agent-side.ts'
import { type Allowed, authorise } from './authorise.ts'
import { newConnectionId } from './connection-id.ts'
import type { EdgeParts } from './edge-parts.ts'
import { factsOf, type OpeningStream, openingStream } from './edge-stream.ts'
import { noteReader } from './notes.ts'
import { openThrough, type Through } from './open-through.ts'
import { pinKey } from './pins.ts'
import { roleOf } from './role.ts'
import { createRecord, type Facts, NOTHING_KNOWN } from './stream-record.ts'

/**
 * One stream that an agent asks for: authorised, opened through a connector, joined, and put away. It has one record, whatever becomes
 * of it. Never rejects.
 */
export async function agentStream(
  parts: EdgeParts,
  agent: AgentLink,
  ask: AgentOpen,
  incoming: IncomingStream,
): Promise<void> {
  const host = readHost(ask.host).text
  const { port } = ask
  const { now, reports, onEvent } = parts
  const startedAt = performance.now()
  const connection = newConnectionId(now())
  const { user } = agent
  const record = createRecord(firstFacts(parts, agent, connection, host, port), reports, now)
  const unasked = refusalOf(parts, agent)
  const stream = openingStream({ ...parts, record, user, agent: agent.peer.id, owner: agent.peer.id })
  const target = `${host} port ${port}`
  // An OPEN may overtake the hello that says it.
  const addPrivateAddress = () => record.change({ ClientPrivateIP: agent.privateAddress })
  try {
    if (unasked) throw new StreamRefused(unasked)
    incoming.gone.addEventListener('abort', () => stream.cut(reasonOf(incoming.gone)), { once: true })
    const verdict = await decide(parts, agent, host, port, stream)
    const through = await openFor(parts, agent, verdict, stream)
    record.change(factsOf(through, parts.connectors.nameOf(through.connector.peer.id), startedAt))
    addPrivateAddress()
    const client = incoming.accept(answerOf(parts, verdict, stream, through))
    const notes = noteReader(parts, {
      record,
      client,
      user,
      device: agent.device,
      server: through.opened.remote.address || verdict.host,
      control: connection,
      controlTarget: { host, port },
      segment: verdict.segment,
      rule: verdict.rule,
      connector: through.connector.peer.id,
      session: stream.session,
      onEncrypted: () => {
        const one = through.pin.controls.find(({ session }) => session === stream.session)
        if (one) one.isEncrypted = true
      },
      onInvalid: () => through.connector.link.destroy(statusOf('CON_PROTOCOL')),
    })
    const joined = joinStreams(client, through.stream, verdict.inspect ? { onServerNote: notes } : {})
    onEvent({ type: 'stream', connection, user, target })
    const { status } = await stream.joined(joined, through, verdict.inspect)
    parts.expectations.forget(connection)
    onEvent({ type: 'stream', connection, user, target, status })
  } catch (error) {
    const status = statusOfFailure(error, onEvent)
    addPrivateAddress()
    stream.refused(status)
    incoming.refuse(status)
    onEvent({ type: 'stream', connection, user, target, status })
  }
}

/** Why the agent does not wait any more. */
const reasonOf = ({ reason }: AbortSignal): Status =>
  isStatus(reason) ? reason : statusOf('AGT_CLIENT_RESET')

/** A failure of the edge itself ends one stream, and is told. */
function statusOfFailure(error: unknown, onEvent: EdgeParts['onEvent']): Status {
  if (error instanceof StreamRefused) return error.status
  const text = `A stream failed within the edge: ${error instanceof Error ? error.message : String(error)}.`
  onEvent({ type: 'warning', code: 'EDGE_FAILED', text })
  return { code: 'EDG_LOST', text }
}

function firstFacts(
  parts: EdgeParts,
  agent: AgentLink,
  connection: string,
  host: string,
  port: number,
): Facts {
  return {
    ...NOTHING_KNOWN,
    SessionID: connection,
    ConnectionID: connection,
    Username: agent.user,
    Device: agent.device,
    Host: host,
    ServicePort: port,
    ClientPublicIP: agent.from,
    ClientZEN: parts.name(),
    TimestampConnectionStart: parts.now(),
  }
}

/** What needs no look at the policy. */
function refusalOf({ state, book, bounds, now }: EdgeParts, agent: AgentLink): Status | undefined {
  if (agent.expired || agent.peer.expiresAt <= now()) return statusOf('AGT_SIGN_IN_EXPIRED')
  const refusal = state.refusal()
  if (refusal) return refusal
  if (book.size >= bounds.streams) return statusOf('EDG_BUSY')
  if (book.countOf(agent.peer.id) >= bounds.streamsPerAgent) return statusOf('AGT_TOO_MANY_STREAMS')
  return undefined
}

/** Refusals of what can only have been meant as a data connection. */
const OF_A_SESSION: ReadonlySet<StatusCode> = new Set(['CON_FTP_ENCRYPTED', 'POL_NOT_EXPECTED'])

/** @throws {StreamRefused} */
async function decide(
  parts: EdgeParts,
  agent: AgentLink,
  host: string,
  port: number,
  { record }: OpeningStream,
): Promise<Allowed> {
  const identity = await parts.identities.of(agent.user)
  if (identity === 'gone') throw new StreamRefused(statusOf('POL_USER_UNKNOWN'))
  const { policy } = parts.state
  // The controller may have gone while it was asked.
  const refusal = parts.state.refusal()
  if (refusal || !policy) throw new StreamRefused(refusal ?? statusOf('EDG_CONTROLLER_LOST'))
  if (identity === 'unanswered') {
    const text = 'The controller did not say in time who the user is. Try again.'
    throw new StreamRefused({ code: 'EDG_CONTROLLER_LOST', text })
  }
  const who = {
    user: agent.user,
    groups: identity.groups,
    clientAddress: agent.from,
    deviceLabels: agent.labels(),
  }
  const { controls = [] } = parts.pins.find(pinKey(agent.user, agent.device, host)) ?? {}
  const control = controls.findLast(({ isRead }) => isRead)
  const isEncrypted = controls.some(one => one.isEncrypted)
  const begun = performance.now()
  const ask = { who, device: agent.device, host, port, isRead: control !== undefined, isEncrypted }
  const verdict = authorise(policy, parts.expectations, ask, parts.now())
  const PolicyProcessingTime = Math.round((performance.now() - begun) * 1000)
  if (!verdict.allowed) {
    record.change({
      PolicyProcessingTime,
      Policy: verdict.rule,
      Application: verdict.segment,
      AppGroup: policy.segment(verdict.segment)?.segmentGroup ?? '',
      ...(OF_A_SESSION.has(verdict.status.code) && control && { Role: 'data', SessionID: control.session }),
    })
    for (const step of verdict.because) record.event(step)
    throw new StreamRefused(verdict.status)
  }
  const { segment, rule } = verdict
  record.change({
    PolicyProcessingTime,
    Policy: rule,
    Application: segment.name,
    AppGroup: segment.segmentGroup,
    DoubleEncryption: segment.doubleEncryption,
  })
  return verdict
}

/** @throws {StreamRefused} */
function openFor(
  parts: EdgeParts,
  { user, device }: AgentLink,
  verdict: Allowed,
  stream: OpeningStream,
): Promise<Through> {
  const { pins, connectors } = parts
  const { segment, expectation, host, port, inspect } = verdict
  const asked = expectation?.controlTarget.host ?? host
  const key = pinKey(user, device, asked)
  const pin = pins.find(key)
  const Role = roleOf(verdict, pin)
  const control = pin?.controls.findLast(one => one.segment === segment.name)
  stream.session = expectation?.session ?? (Role === 'data' ? control?.session : undefined) ?? stream.session
  stream.record.change({ Role, SessionID: stream.session })
  return openThrough({
    pins,
    pinKey: key,
    openMs: parts.bounds.openMs,
    // The control connection may go while this is being opened, and with it what holds the pin.
    only: expectation?.connector ?? (Role === 'data' ? pin?.connector : undefined),
    isNewSession: Role !== 'data',
    ask: {
      connection: stream.record.connection,
      segment: segment.name,
      host,
      port,
      user,
      inspect,
      doubleEncryption: segment.doubleEncryption,
    },
    candidates: () => connectors.candidates(segment.serverGroup, segment.name, host, port),
    connector: connectors.get,
    gone: stream.cutSignal,
  })
}

function answerOf(
  { connectors }: EdgeParts,
  { segment, inspect }: Allowed,
  stream: OpeningStream,
  { connector, opened }: Through,
): AgentOpened {
  const { id } = connector.peer
  return {
    session: stream.session,
    connection: stream.record.connection,
    segment: segment.name,
    connector: { id, name: connectors.nameOf(id) },
    server: opened.remote,
    doubleEncryption: segment.doubleEncryption,
    inspected: inspect,
  }
}
