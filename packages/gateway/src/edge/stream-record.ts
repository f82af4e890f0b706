import type { GatewayEnd, Status } from '../codes.ts'
import type { StreamReport } from '../control/messages.ts'

/** What is known of a stream from the start, and what becomes known of it until it is over. */
export type Facts = Omit<
  StreamReport,
  'ConnectionStatus' | 'InternalReason' | 'Text' | 'Events' | 'TimestampConnectionEnd' | keyof Moved
>

/** What a running stream tells of its bytes. */
export interface Moved {
  readonly TimestampZENFirstRxClient: number
  readonly TimestampZENLastRxClient: number
  readonly TimestampZENFirstTxClient: number
  readonly TimestampZENLastTxClient: number
  readonly ZENTotalBytesRxClient: number
  readonly ZENTotalBytesTxClient: number
}

/** The one row of one stream, from its OPEN to its end. */
export interface StreamRecord {
  readonly connection: string
  readonly facts: Facts
  readonly isOver: boolean
  /** Bytes both ways, now. */
  readonly bytes: number
  change(values: Partial<Facts>): void
  /** For the timeline; bounded: what is beyond is left out, and the last line says how much. */
  event(text: string): void
  /** It stands: from now on `moved` says what passes. */
  opened(moved: () => Moved): void
  /** It was not opened. The first of `refused` and `ended` counts, and nothing after it. */
  refused(status: Status): void
  ended(end: GatewayEnd): void
  /** As it is now. */
  row(): StreamReport
}

/** Who is told of records. */
export interface RecordKeeper {
  /** Something is to be told, soon. */
  changed(record: StreamRecord): void
  /** It is over: exactly once. */
  over(record: StreamRecord): void
}

/** What is known of a stream before anything is. */
export const NOTHING_KNOWN = {
  Role: 'other',
  DoubleEncryption: false,
  Username: '',
  Device: '',
  ClientPrivateIP: '',
  Policy: '',
  Application: '',
  AppGroup: '',
  Connector: '',
  ConnectorIP: '',
  ConnectorPort: 0,
  ServerIP: '',
  ServerPort: 0,
  PolicyProcessingTime: 0,
  ConnectorZENSetupTime: 0,
  ConnectionSetupTime: 0,
  ServerSetupTime: 0,
} as const satisfies Partial<Facts>

const MAX_EVENTS = 200
/** Of all events of a record together, so that a thousand rows are no flood. */
const MAX_EVENT_TEXT = 16_384

const NOTHING_MOVED: Moved = {
  TimestampZENFirstRxClient: 0,
  TimestampZENLastRxClient: 0,
  TimestampZENFirstTxClient: 0,
  TimestampZENLastTxClient: 0,
  ZENTotalBytesRxClient: 0,
  ZENTotalBytesTxClient: 0,
}

export function createRecord(first: Facts, keeper: RecordKeeper, now: () => number): StreamRecord {
  let facts = first
  let state: Pick<StreamReport, 'ConnectionStatus' | 'InternalReason' | 'Text' | 'TimestampConnectionEnd'> = {
    ConnectionStatus: 'open',
    InternalReason: '',
    Text: '',
    TimestampConnectionEnd: 0,
  }
  let moved: () => Moved = () => NOTHING_MOVED
  let isOver = false
  const events: { at: number; text: string }[] = []
  let eventText = 0
  let leftOut = 0

  const finish = (
    ConnectionStatus: 'close' | 'refused',
    { code: InternalReason, text }: Status,
    last?: Pick<Moved, 'ZENTotalBytesRxClient' | 'ZENTotalBytesTxClient'>,
  ) => {
    if (isOver) return
    isOver = true
    const final = { ...moved(), ...last }
    moved = () => final
    state = { ConnectionStatus, InternalReason, Text: text.slice(0, 2_000), TimestampConnectionEnd: now() }
    keeper.over(record)
  }

  const record: StreamRecord = {
    get connection() {
      return facts.ConnectionID
    },
    get facts() {
      return facts
    },
    get isOver() {
      return isOver
    },
    get bytes() {
      const { ZENTotalBytesRxClient, ZENTotalBytesTxClient } = moved()
      return ZENTotalBytesRxClient + ZENTotalBytesTxClient
    },
    change(values) {
      if (isOver) return
      facts = { ...facts, ...values }
      keeper.changed(record)
    },
    event(text) {
      if (isOver) return
      const line = text.slice(0, 1_024)
      if (events.length >= MAX_EVENTS - 1 || eventText + line.length > MAX_EVENT_TEXT) leftOut++
      else {
        events.push({ at: now(), text: line })
        eventText += line.length
      }
      keeper.changed(record)
    },
    opened(how) {
      if (isOver) return
      moved = how
      state = { ...state, ConnectionStatus: 'active' }
      keeper.changed(record)
    },
    refused: status => finish('refused', status),
    ended: ({ status, sent, received }) =>
      finish('close', status, { ZENTotalBytesRxClient: sent, ZENTotalBytesTxClient: received }),
    row: () => ({
      ...facts,
      ...state,
      ...moved(),
      Events:
        leftOut === 0
          ? events.slice()
          : [...events, { at: now(), text: `${leftOut} more lines were left out.` }],
    }),
  }
  keeper.changed(record)
  return record
}
