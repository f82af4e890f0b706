import type { AccessSession, AccessStream } from '@portolan/console/contract'
import type { Tone } from '../../../components/status.tsx'
import { isOver, toneOfCode } from '../streams/stream-words.ts'
import { lanesOf, type TimeScale, timeScale } from './time-scale.ts'

/** Connections that are drawn at most: the last ones. */
const MOST_BARS = 300
/** Marks that are drawn at most: the last ones. */
const MOST_MARKS = 600

/** A connection as it is drawn. */
export interface Bar {
  readonly connection: string
  readonly stream: AccessStream
  /** From 0 to 1. */
  readonly from: number
  readonly to: number
  readonly tone: Tone
}

interface Lane {
  readonly key: string
  readonly label: string
  readonly bars: readonly Bar[]
}

/** What was said on the control connection, as it is drawn. */
interface Mark {
  readonly key: string
  readonly at: number
  readonly connection: string
  readonly tone: Tone
  readonly text: string
}

/** A session as lanes over time: the control connection on top, data connections below, each lane used again when it is free. */
export interface SessionLanes {
  readonly scale: TimeScale
  readonly until: number
  readonly lanes: readonly Lane[]
  readonly marks: readonly Mark[]
  /** Connections that are not drawn, since there are too many. */
  readonly left: number
}

const endOf = (stream: AccessStream, now: number) =>
  isOver(stream)
    ? Math.max(stream.TimestampConnectionEnd, stream.TimestampConnectionStart)
    : Math.max(now, stream.TimestampConnectionStart)

/** @param now milliseconds since 1970: what is open is drawn up to it */
export function lanesOfSession(session: AccessSession, now: number): SessionLanes {
  const all = session.streams.toSorted((a, b) => a.TimestampConnectionStart - b.TimestampConnectionStart)
  const streams =
    all.length > MOST_BARS ? all.filter(isControl).concat(all.filter(isData).slice(-MOST_BARS)) : all
  const from = Math.min(session.startedAt, ...streams.map(one => one.TimestampConnectionStart))
  const until = Math.max(
    from,
    session.endedAt ?? now,
    ...streams.map(one => endOf(one, session.endedAt ?? now)),
    ...session.entries.map(({ at }) => at),
  )
  const spanOf = (one: AccessStream) => ({ from: one.TimestampConnectionStart, to: endOf(one, until) })
  const scale = timeScale({ from, to: until }, [
    ...streams.map(spanOf).flatMap(span => [span.from, span.to]),
    ...session.entries.slice(-MOST_MARKS).map(({ at }) => at),
  ])
  const barOf = (stream: AccessStream): Bar => {
    const span = spanOf(stream)
    return {
      connection: stream.ConnectionID,
      stream,
      from: scale.place(span.from),
      to: scale.place(span.to),
      tone: isOver(stream) ? toneOfCode(stream.InternalReason) : 'info',
    }
  }
  const control = streams.filter(isControl)
  const data = streams.filter(isData)
  const places = lanesOf(data.map(spanOf))
  const count = Math.max(0, ...places.map(place => place + 1))
  return {
    scale,
    until,
    lanes: [
      { key: 'control', label: 'Control', bars: control.map(barOf) },
      ...Array.from({ length: count }, (_, lane) => ({
        key: `data-${lane}`,
        label: lane === 0 ? 'Data' : '',
        bars: data.filter((_, at) => places[at] === lane).map(barOf),
      })),
    ],
    marks: session.entries
      .filter(({ kind }) => kind === 'ftp' || kind === 'warning' || kind === 'refused')
      .slice(-MOST_MARKS)
      .map(({ at, kind, connection, text }, index) => ({
        key: `${index} ${at}`,
        at: scale.place(at),
        connection,
        tone: kind === 'ftp' ? 'info' : 'warn',
        text,
      })),
    left: all.length - streams.length,
  }
}

const isControl = (stream: AccessStream) => stream.Role === 'control'
const isData = (stream: AccessStream) => stream.Role !== 'control'

/** The names of connections for people: `control`, then `data 1` and so on in their order. */
export function namesOfConnections(streams: readonly AccessStream[]): ReadonlyMap<string, string> {
  let data = 0
  return new Map(
    streams
      .toSorted((a, b) => a.TimestampConnectionStart - b.TimestampConnectionStart)
      .map(one => [one.ConnectionID, isControl(one) ? 'control' : `data ${++data}`]),
  )
}

/** How a session looks as a whole: by its worst end. */
export function toneOfSession({ streams, endedAt }: Pick<AccessSession, 'streams' | 'endedAt'>): Tone {
  const tones = streams.filter(isOver).map(one => toneOfCode(one.InternalReason))
  if (tones.includes('bad')) return 'bad'
  if (tones.includes('warn')) return 'warn'
  return endedAt === undefined ? 'info' : 'good'
}
