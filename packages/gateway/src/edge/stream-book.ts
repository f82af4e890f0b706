import type { Status } from '../codes.ts'
import { statusOf } from '../wire/status.ts'
import type { StreamRecord } from './stream-record.ts'

/** A stream that is open or being opened, whoever asked for it. */
export interface EdgeStream {
  readonly record: StreamRecord
  readonly user: string
  /** The agent's member id; empty for a connection to a publication. */
  readonly agent: string
  /** The SessionID: set anew when it is known to which session the stream belongs. */
  session: string
  /** Milliseconds since 1970 when a byte passed last, or when it began. */
  lastMovedAt(): number
  /** Breaks it off at whatever point it is; the end is told in the record. */
  cut(status: Status): void
}

/** What ends streams from outside: all that is given has to fit. */
export interface Kick {
  readonly connection?: string | undefined
  readonly session?: string | undefined
  readonly user?: string | undefined
}

/** All streams of the edge, and the sessions that they are. */
export interface StreamBook extends Iterable<EdgeStream> {
  readonly size: number
  /** How many of one agent, or of one client address of a publication. */
  countOf(owner: string): number
  enter(stream: EdgeStream, owner: string): void
  leave(stream: EdgeStream): void
  cutWhere(which: (stream: EdgeStream) => boolean, status: Status): number
  kick(ask: Kick): number
  /** Ends sessions in which nothing moved for so long, in any of their streams. Milliseconds. */
  endIdle(idleMs: number): void
  /** Resolves when there are none; at once when there are none now. */
  empty(signal: AbortSignal): Promise<void>
}

export function createStreamBook(now: () => number): StreamBook {
  const streams = new Map<EdgeStream, string>()
  const counts = new Map<string, number>()
  let whenEmpty = new Set<() => void>()

  const cutWhere = (which: (stream: EdgeStream) => boolean, status: Status) => {
    const chosen = [...streams.keys()].filter(which)
    for (const stream of chosen) stream.cut(status)
    return chosen.length
  }
  return {
    get size() {
      return streams.size
    },
    countOf: owner => counts.get(owner) ?? 0,
    [Symbol.iterator]: () => streams.keys(),
    enter(stream, owner) {
      streams.set(stream, owner)
      counts.set(owner, (counts.get(owner) ?? 0) + 1)
    },
    leave(stream) {
      const owner = streams.get(stream)
      if (owner === undefined) return
      streams.delete(stream)
      const left = (counts.get(owner) ?? 0) - 1
      if (left > 0) counts.set(owner, left)
      else counts.delete(owner)
      if (streams.size > 0) return
      for (const resolve of whenEmpty) resolve()
      whenEmpty = new Set()
    },
    cutWhere,
    kick({ connection, session, user }) {
      // A kick that names nothing means nobody, not everybody.
      if (connection === undefined && session === undefined && user === undefined) return 0
      return cutWhere(
        stream =>
          (connection === undefined || stream.record.connection === connection) &&
          (session === undefined || stream.session === session) &&
          (user === undefined || stream.user === user),
        statusOf('EDG_KICKED'),
      )
    },
    endIdle(idleMs) {
      const moved = new Map<string, number>()
      for (const stream of streams.keys()) {
        moved.set(stream.session, Math.max(stream.lastMovedAt(), moved.get(stream.session) ?? 0))
      }
      const at = now()
      cutWhere(({ session }) => at - (moved.get(session) ?? at) >= idleMs, statusOf('EDG_IDLE_TIMEOUT'))
    },
    empty(signal) {
      if (streams.size === 0 || signal.aborted) return Promise.resolve()
      return new Promise(resolve => {
        const done = () => {
          whenEmpty.delete(done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        whenEmpty.add(done)
        signal.addEventListener('abort', done, { once: true })
      })
    },
  }
}
