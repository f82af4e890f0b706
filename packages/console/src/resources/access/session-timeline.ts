import type { AccessSession, AccessStream } from '../../contract/index.ts'
import { commandText, type Transfer, transfersOf } from './session-transfers.ts'
import { verdictOf } from './session-verdict.ts'

type Entry = AccessSession['entries'][number]

/** What a line of a connector says, as it stands in the events of a stream. */
const STATUS_LINE = /^((?:AGT|EDG|CON|SRV|POL)_[A-Z_]+): (.*)$/s

/** Entries of one moment stand in this order. */
const ORDER: Readonly<Record<Entry['kind'], number>> = { opened: 0, warning: 1, ftp: 2, refused: 3, ended: 4 }

/**
 * One FTP session as one timeline: its control connection, its data connections, what was said and what became of it.
 * @param streams - all of the session, in any order; not empty
 */
export function sessionTimeline(
  session: string,
  streams: readonly AccessStream[],
): AccessSession | undefined {
  const sorted = streams.toSorted(byStart)
  const control = sorted.find(({ ConnectionID }) => ConnectionID === session) ?? sorted[0]
  if (!control) return undefined
  const transfers = sorted.flatMap(transfersOf)
  const named = nameData(sorted, transfers)
  const entries = sorted.flatMap(stream => entriesOf(stream, named.get(stream.ConnectionID)))
  entries.sort((a, b) => a.at - b.at || ORDER[a.kind] - ORDER[b.kind])
  const isOpen = sorted.some(({ TimestampConnectionEnd }) => TimestampConnectionEnd === 0)
  const sum = (of: (stream: AccessStream) => number) => sorted.reduce((total, one) => total + of(one), 0)
  return {
    session,
    user: control.Username,
    device: control.Device,
    server: endpoint(control.Host, control.ServicePort),
    segment: control.Application,
    connector: control.Connector,
    startedAt: Math.min(...sorted.map(({ TimestampConnectionStart }) => TimestampConnectionStart)),
    ...(!isOpen && { endedAt: Math.max(...sorted.map(one => one.TimestampConnectionEnd)) }),
    sent: sum(one => one.ZENTotalBytesRxClient),
    received: sum(one => one.ZENTotalBytesTxClient),
    verdict: verdictOf(control, sorted, transfers),
    entries,
    streams: sorted,
  }
}

/**
 * Which transfer a data connection carried: the first one that was answered after it began and whose connection that can be.
 * Commands of one control connection come one after the other, and so do their data connections.
 */
function nameData(
  sorted: readonly AccessStream[],
  transfers: readonly Transfer[],
): ReadonlyMap<string, Transfer> {
  const named = new Map<string, Transfer>()
  const left = transfers.toSorted((a, b) => a.at - b.at)
  for (const { Role, ConnectionID, ConnectionStatus, TimestampConnectionStart } of sorted) {
    if (Role !== 'data' || ConnectionStatus === 'refused') continue
    const place = left.findIndex(({ at }) => at >= TimestampConnectionStart)
    const [found] = place < 0 ? [] : left.splice(0, place + 1).slice(-1)
    if (found) named.set(ConnectionID, found)
  }
  return named
}

function entriesOf(stream: AccessStream, transfer: Transfer | undefined): Entry[] {
  const { ConnectionID: connection, Role: role, Events } = stream
  const of = { connection, role }
  const lines = Events.map(({ at, text }): Entry => {
    const [, code, sentence = ''] = STATUS_LINE.exec(text) ?? []
    return code === undefined
      ? { ...of, at, kind: 'ftp', text }
      : { ...of, at, kind: 'warning', text: sentence, code }
  })
  // Why it was refused stands in its text; the steps to it are with the stream.
  if (stream.ConnectionStatus === 'refused') return [refusedEntry(stream)]
  const opened: Entry = {
    ...of,
    at: stream.TimestampConnectionStart,
    kind: 'opened',
    text: openedText(stream),
  }
  if (stream.TimestampConnectionEnd === 0) return [opened, ...lines]
  return [opened, ...lines, endedEntry(stream, transfer)]
}

const NAMES = { control: 'control connection', data: 'data connection', other: 'connection' } as const

function openedText(stream: AccessStream): string {
  const { Role, Host, ServicePort, Connector, Policy, ConnectionStatus } = stream
  const to = `${NAMES[Role]} to ${endpoint(Host, ServicePort)}`
  const through = Connector === '' ? '' : ` through ${Connector}`
  const by = Policy === '' ? '' : `, allowed by ${Policy}`
  return ConnectionStatus === 'open' ? `${to} is being opened${by}` : `${to}${through}${by}`
}

function refusedEntry(stream: AccessStream): Entry {
  const { ConnectionID, Role, Host, ServicePort, InternalReason, Text, TimestampConnectionEnd } = stream
  return {
    at: TimestampConnectionEnd || stream.TimestampConnectionStart,
    kind: 'refused',
    connection: ConnectionID,
    role: Role,
    text: `${NAMES[Role]} to ${endpoint(Host, ServicePort)} was refused: ${Text}`,
    code: InternalReason,
  }
}

function endedEntry(stream: AccessStream, transfer: Transfer | undefined): Entry {
  const { ConnectionID, Role, InternalReason, Text } = stream
  const moved = stream.ZENTotalBytesRxClient + stream.ZENTotalBytesTxClient
  const what = transfer ? `${NAMES[Role]} of ${commandText(transfer)}` : NAMES[Role]
  const said =
    transfer?.reply === undefined ? '' : `; the server answered ${transfer.reply} ${transfer.text}`.trimEnd()
  return {
    at: stream.TimestampConnectionEnd,
    kind: 'ended',
    connection: ConnectionID,
    role: Role,
    text: `${what} ended: ${said === '' ? Text : Text.replace(/\.$/, '')}${said}`,
    code: InternalReason,
    bytes: moved,
    ms: Math.max(0, stream.TimestampConnectionEnd - stream.TimestampConnectionStart),
  }
}

const endpoint = (host: string, port: number) => `${host.includes(':') ? `[${host}]` : host}:${port}`

function byStart(a: AccessStream, b: AccessStream): number {
  const first = (stream: AccessStream) => (stream.Role === 'control' ? 0 : 1)
  return a.TimestampConnectionStart - b.TimestampConnectionStart || first(a) - first(b)
}
