import type { EdgeSays, StreamReport } from '../control/messages.ts'
import { MAX_WAITING_ENDS } from './bounds.ts'
import type { RecordKeeper, StreamRecord } from './stream-record.ts'

/** Rows of one message: by number, and by about how many characters they have. */
const MAX_ROWS = 1_000
const MAX_TEXT = 500_000
/** Rows about bytes that moved, per tick. Those that were told longest ago come first. */
const PROGRESS_PER_TICK = 1_000

/** What the controller is told of streams: each row whole, so only the newest of a stream is ever kept. */
export interface Reports extends RecordKeeper {
  /** Streams that are not over. */
  readonly open: number
  /** Ends that the controller has not taken yet. */
  readonly waiting: number
  /** Ends that were thrown away because no controller took them for too long. Progress is never kept, so it is never thrown away. */
  readonly dropped: number
  /** Tells what changed, and of what has moved; once a second at the most. */
  tick(): void
  /** A controller is there anew: all that is open is told, and all ends that no controller has taken. */
  tellAll(): void
  /** Sends what waits, and resolves when the controller has taken it, or when it is gone. */
  flush(): Promise<void>
}

/** How reports reach the controller. */
export interface Channel {
  readonly isThere: boolean
  say(message: EdgeSays): void
  /** Resolves when the controller has taken all that was said; rejects when it does not. */
  taken(): Promise<void>
}

/** @param onNews - something is there to be told: {@link Reports.tick} is to be called soon */
export function createReports(channel: Channel, onNews: () => void = () => {}): Reports {
  /** Of each open stream, how many bytes were told; the order is that of telling. */
  const open = new Map<StreamRecord, number>()
  const changed = new Set<StreamRecord>()
  let ends: StreamReport[] = []
  /** Ends that were said, until the controller has taken them. */
  const said = new Set<readonly StreamReport[]>()
  let dropped = 0

  const keepToBound = () => {
    if (ends.length <= MAX_WAITING_ENDS) return
    dropped += ends.length - MAX_WAITING_ENDS
    ends = ends.slice(-MAX_WAITING_ENDS)
  }

  const sayRows = (rows: readonly StreamReport[]) => {
    for (const streams of inMessages(rows)) channel.say({ type: 'streams', streams })
  }

  const tellEnds = (): Promise<void> => {
    if (ends.length === 0) return Promise.resolve()
    const batch = ends
    ends = []
    said.add(batch)
    sayRows(batch)
    return channel.taken().then(
      () => {
        said.delete(batch)
      },
      () => {
        // They go before what ended since. A row that was taken all the same is the same row.
        if (said.delete(batch)) ends = batch.concat(ends)
        keepToBound()
      },
    )
  }

  const tellOpen = (records: Iterable<StreamRecord>) => {
    const rows: StreamReport[] = []
    for (const record of records) {
      changed.delete(record)
      if (!open.delete(record)) continue
      open.set(record, record.bytes)
      rows.push(record.row())
    }
    sayRows(rows)
  }

  return {
    get open() {
      return open.size
    },
    get waiting() {
      let waiting = ends.length
      for (const batch of said) waiting += batch.length
      return waiting
    },
    get dropped() {
      return dropped
    },
    changed(record) {
      if (record.isOver) return
      if (!open.has(record)) open.set(record, 0)
      changed.add(record)
      onNews()
    },
    over(record) {
      open.delete(record)
      changed.delete(record)
      ends.push(record.row())
      if (!channel.isThere) keepToBound()
      onNews()
    },
    tick() {
      if (!channel.isThere) return
      void tellEnds()
      tellOpen([...changed])
      const moved: StreamRecord[] = []
      for (const [record, told] of open) {
        if (moved.length >= PROGRESS_PER_TICK) break
        if (record.bytes !== told) moved.push(record)
      }
      tellOpen(moved)
    },
    tellAll() {
      tellOpen([...open.keys()])
      void tellEnds()
    },
    flush: () => (channel.isThere ? tellEnds() : Promise.resolve()),
  }
}

function* inMessages(rows: readonly StreamReport[]): Generator<StreamReport[]> {
  let message: StreamReport[] = []
  let text = 0
  for (const row of rows) {
    // Field names and numbers of a row are about 1,200 characters.
    const size = 1_200 + row.Text.length + row.Events.reduce((sum, event) => sum + event.text.length + 40, 0)
    if (message.length > 0 && (message.length >= MAX_ROWS || text + size > MAX_TEXT)) {
      yield message
      message = []
      text = 0
    }
    message.push(row)
    text += size
  }
  if (message.length > 0) yield message
}
