import type { AccessStream } from '@portolan/console/contract'
import type { Tone } from '../../../components/status.tsx'

/** Ends that are in order. */
const CLEAN = new Set(['AGT_FINISHED', 'SRV_FINISHED', 'AGT_STOPPED'])
/** Ends that somebody, or a setting, wanted so. */
const WANTED = new Set(['EDG_KICKED', 'EDG_IDLE_TIMEOUT', 'EDG_DRAINING', 'CON_DRAINING', 'CON_STOPPED'])

/** What a status code means to who looks at it; an empty one is that of a stream which goes on. */
export function toneOfCode(code: string): Tone {
  if (code === '') return 'info'
  if (CLEAN.has(code)) return 'good'
  if (code === 'POL_BYPASSED') return 'idle'
  return WANTED.has(code) || code.startsWith('POL_') ? 'warn' : 'bad'
}

const STATUSES: Readonly<Record<AccessStream['ConnectionStatus'], readonly [Tone, string]>> = {
  open: ['info', 'opening'],
  active: ['info', 'open'],
  close: ['good', 'closed'],
  refused: ['warn', 'refused'],
}

/** The state of a stream in a word, and how to look at it. */
export function statusOf(
  stream: Pick<AccessStream, 'ConnectionStatus' | 'InternalReason'>,
): readonly [Tone, string] {
  const [tone, word] = STATUSES[stream.ConnectionStatus]
  return [isOver(stream) ? toneOfCode(stream.InternalReason) : tone, word]
}

/** Whether a stream has ended, or never began. */
export const isOver = ({ ConnectionStatus: status }: Pick<AccessStream, 'ConnectionStatus'>): boolean =>
  status === 'close' || status === 'refused'

type Times = Pick<
  AccessStream,
  'TimestampConnectionStart' | 'TimestampZENLastRxClient' | 'TimestampZENLastTxClient'
>

/** When the last byte passed, in either direction; that of the begin when none has. */
export const lastMovedAt = (stream: Times): number =>
  Math.max(stream.TimestampConnectionStart, stream.TimestampZENLastRxClient, stream.TimestampZENLastTxClient)

/** A host and a port as one text. */
export const targetText = (host: string, port: number): string =>
  host === '' ? '' : `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`

/** Fields of the log that are moments, in milliseconds since 1970; 0 where there was none. */
const isMoment = (name: string) => name.startsWith('Timestamp')
const UNITS: Readonly<Record<string, 'bytes' | 'ms' | 'µs'>> = {
  ZENTotalBytesRxClient: 'bytes',
  ZENTotalBytesTxClient: 'bytes',
  PolicyProcessingTime: 'µs',
  ConnectorZENSetupTime: 'ms',
  ConnectionSetupTime: 'ms',
  ServerSetupTime: 'ms',
}

/** A field of the access log as it is shown. */
export interface LogField {
  readonly name: string
  readonly kind: 'text' | 'moment' | 'bytes' | 'ms' | 'µs'
  readonly value: string | number
}

/** Every field of a row that says something, with its name. */
export function fieldsOf(stream: AccessStream): readonly LogField[] {
  return Object.entries(stream).flatMap(([name, value]): LogField[] => {
    if (name === 'Events' || value === '' || value === undefined || value === null) return []
    if (isMoment(name)) return typeof value === 'number' && value > 0 ? [{ name, kind: 'moment', value }] : []
    const unit = UNITS[name]
    if (unit !== undefined && typeof value === 'number') return [{ name, kind: unit, value }]
    if (name.endsWith('Port') && value === 0) return []
    return [{ name, kind: 'text', value: String(value) }]
  })
}

/** Streams that hold a text somewhere, newest first. */
export function searched(streams: readonly AccessStream[], search: string): readonly AccessStream[] {
  const wanted = search.trim().toLowerCase()
  const found =
    wanted === ''
      ? streams
      : streams.filter(one =>
          [
            one.Username,
            one.Device,
            one.Host,
            one.ServerIP,
            one.Application,
            one.Connector,
            one.ClientZEN,
          ].some(text => text.toLowerCase().includes(wanted)),
        )
  return found.toSorted((a, b) => b.TimestampConnectionStart - a.TimestampConnectionStart)
}

/** The streams that are open once some have changed: those that are over are gone. */
export function withChanged(
  open: readonly AccessStream[],
  changed: readonly AccessStream[],
): readonly AccessStream[] {
  const now = new Map(open.map(one => [one.ConnectionID, one]))
  for (const one of changed) {
    if (isOver(one)) now.delete(one.ConnectionID)
    else now.set(one.ConnectionID, one)
  }
  return [...now.values()]
}

/** Streams that were told while a log is looked at, and are held. */
const MOST_TOLD = 200

/** What was told of streams, the newest begin first. */
export function toldWith(
  told: readonly AccessStream[],
  changed: readonly AccessStream[],
): readonly AccessStream[] {
  const all = new Map([...told, ...changed].map(one => [one.ConnectionID, one]))
  return [...all.values()]
    .sort((a, b) => b.TimestampConnectionStart - a.TimestampConnectionStart)
    .slice(0, MOST_TOLD)
}

/** Rows of the log as they are by now. */
export function asTold(
  rows: readonly AccessStream[],
  told: readonly AccessStream[],
): readonly AccessStream[] {
  const known = new Map(told.map(one => [one.ConnectionID, one]))
  return rows.map(row => (isOver(row) ? row : (known.get(row.ConnectionID) ?? row)))
}
