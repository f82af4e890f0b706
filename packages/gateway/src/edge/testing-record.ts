import type { EdgeSays, StreamReport } from '../control/messages.ts'
import type { Channel } from './reports.ts'
import {
  createRecord,
  type Facts,
  NOTHING_KNOWN,
  type RecordKeeper,
  type StreamRecord,
} from './stream-record.ts'

/** What is known of a stream of `anna`. */
const testFacts = (connection: string): Facts => ({
  ...NOTHING_KNOWN,
  SessionID: connection,
  ConnectionID: connection,
  Username: 'anna',
  Host: '10.0.0.9',
  ServicePort: 21,
  ClientPublicIP: '192.0.2.7',
  ClientZEN: 'Edge One',
  TimestampConnectionStart: 1_000,
})

export const testRecord = (connection: string, keeper: RecordKeeper, now = () => 2_000): StreamRecord =>
  createRecord(testFacts(connection), keeper, now)

/** A controller that takes what is said, or does not. */
export function testChannel(): Channel & {
  isThere: boolean
  takes: boolean
  readonly said: EdgeSays[]
  rows(): StreamReport[]
} {
  const said: EdgeSays[] = []
  const channel = {
    isThere: true,
    takes: true,
    said,
    say: (message: EdgeSays) => void said.push(message),
    taken: () => (channel.takes ? Promise.resolve() : Promise.reject(new Error('gone'))),
    rows: () => said.flatMap(message => (message.type === 'streams' ? message.streams : [])),
  }
  return channel
}
