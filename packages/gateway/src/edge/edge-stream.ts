import type { GatewayEnd, Status } from '../codes.ts'
import type { Joined } from '../wire/joined.ts'
import { isStatus } from '../wire/status.ts'
import type { Through } from './open-through.ts'
import type { PinTable } from './pins.ts'
import type { EdgeStream, StreamBook } from './stream-book.ts'
import type { Facts, Moved, StreamRecord } from './stream-record.ts'

/** A stream from when it is asked for until its end: it is in the book as long, and has one record. */
export interface OpeningStream extends EdgeStream {
  /** Aborted, with a {@link Status}, when it is cut before it stands. */
  readonly cutSignal: AbortSignal
  /** It was not opened. */
  refused(status: Status): void
  /**
   * Both sides are joined. Resolves when the stream is over and everything of it is put away.
   * @param isRead - the connector reads it as a control connection
   */
  joined(joined: Joined, through: Through, isRead: boolean): Promise<GatewayEnd>
}

export interface OpeningOptions {
  readonly book: StreamBook
  readonly pins: PinTable
  readonly record: StreamRecord
  readonly user: string
  readonly agent: string
  /** Whose bound it counts for. */
  readonly owner: string
  now(): number
}

/** Enters a stream into the book. {@link OpeningStream.refused} or {@link OpeningStream.joined} follows, once. */
export function openingStream({
  book,
  pins,
  record,
  user,
  agent,
  owner,
  now,
}: OpeningOptions): OpeningStream {
  const cut = new AbortController()
  const begunAt = now()
  let joint: Joined | undefined

  const stream: OpeningStream = {
    record,
    user,
    agent,
    session: record.connection,
    cutSignal: cut.signal,
    lastMovedAt: () => Math.max(joint?.lastMovedAt ?? 0, begunAt),
    cut(status) {
      if (joint) joint.abort(status)
      else cut.abort(status)
    },
    refused(status) {
      book.leave(stream)
      record.refused(status)
    },
    async joined(joined, { pin }, isRead) {
      joint = joined
      const { Role, ServicePort: port, Application: segment } = record.facts
      const control =
        Role === 'control'
          ? { session: stream.session, port, segment, isRead, isEncrypted: false }
          : undefined
      if (control) pin.controls.push(control)
      record.opened(() => movedOf(joined))
      if (cut.signal.aborted && isStatus(cut.signal.reason)) joined.abort(cut.signal.reason)
      const end = await joined.ended
      if (control) pin.controls.splice(pin.controls.indexOf(control), 1)
      pins.closed(pin)
      book.leave(stream)
      record.ended(end)
      return end
    },
  }
  book.enter(stream, owner)
  return stream
}

/** What becomes known of a stream when a connector has reached the server. Milliseconds on the clock of `performance`. */
export function factsOf(
  { opened, askedAt, answeredAt }: Through,
  connector: string,
  startedAt: number,
): Partial<Facts> {
  const rounded = (ms: number) => Math.round(ms * 1000) / 1000
  return {
    Connector: connector,
    ConnectorIP: opened.local.address,
    ConnectorPort: opened.local.port,
    ServerIP: opened.remote.address,
    ServerPort: opened.remote.port,
    ConnectorZENSetupTime: rounded(askedAt - startedAt),
    ConnectionSetupTime: rounded(answeredAt - askedAt),
    ServerSetupTime: opened.serverSetupMs,
  }
}

const movedOf = ({ sent, received, times }: Joined): Moved => ({
  TimestampZENFirstRxClient: times.firstSent,
  TimestampZENLastRxClient: times.lastSent,
  TimestampZENFirstTxClient: times.firstReceived,
  TimestampZENLastTxClient: times.lastReceived,
  ZENTotalBytesRxClient: sent,
  ZENTotalBytesTxClient: received,
})
