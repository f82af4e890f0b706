import type { LiveSessions, Session } from '@portolan/console/contract'

/** A session as the table shows it. A row is the same object for as long as it looks the same. */
export interface LiveRow {
  readonly session: Session
  /** When the client last said something, in milliseconds since 1970. */
  readonly activeAt: number
  /** Bytes per second of the running transfer, and when they were measured. */
  readonly rate: number
  readonly measuredAt: number
}

export type LiveRows = ReadonlyMap<string, LiveRow>

/** Idle times that differ by less show the same. */
const SAME_IDLE_MS = 1_500
/** A measurement that is older says nothing of now. Of a thousand sessions that move, each is told of every five seconds. */
const STALE_MS = 6_500

/**
 * The rows after an event: `all` replaces them, `gone` leave, `changed` come or change.
 * @param at - when the event came, in milliseconds since 1970
 */
export function applyLive(rows: LiveRows, event: LiveSessions, at: number): LiveRows {
  const next = new Map<string, LiveRow>()
  if (event.all) {
    for (const session of event.all)
      next.set(session.session, rowAfter(rows.get(session.session), session, at))
  } else {
    for (const [name, row] of rows) next.set(name, row)
  }
  for (const name of event.gone ?? []) next.delete(name)
  for (const session of event.changed ?? []) {
    next.set(session.session, rowAfter(rows.get(session.session), session, at))
  }
  return next
}

function rowAfter(before: LiveRow | undefined, session: Session, at: number): LiveRow {
  const activeAt = at - session.idleMs
  const running = session.transfer
  const was = before?.session.transfer
  const isSameTransfer =
    running !== undefined && was?.path === running.path && was.command === running.command
  const moved = isSameTransfer ? running.bytes - was.bytes : 0
  const seconds = before ? (at - before.measuredAt) / 1_000 : 0
  const rate = moved > 0 && seconds > 0 ? moved / seconds : 0
  if (
    before &&
    before.rate === rate &&
    Math.abs(before.activeAt - activeAt) < SAME_IDLE_MS &&
    looksSame(before.session, session)
  ) {
    return before
  }
  return { session, activeAt, rate, measuredAt: at }
}

function looksSame(a: Session, b: Session): boolean {
  return (
    a.user === b.user &&
    a.userClass === b.userClass &&
    a.address === b.address &&
    a.listener === b.listener &&
    a.tls === b.tls &&
    a.since === b.since &&
    a.transfer?.command === b.transfer?.command &&
    a.transfer?.path === b.transfer?.path &&
    a.transfer?.bytes === b.transfer?.bytes
  )
}

/** Bytes per second, 0 when the measurement is too old to say. */
export function rateNow(row: LiveRow, now: number): number {
  return row.session.transfer && now - row.measuredAt < STALE_MS ? row.rate : 0
}

export type SessionSort = 'since' | 'user' | 'userClass' | 'address' | 'transfer' | 'idle'
export interface SortedBy {
  readonly by: SessionSort
  readonly order: 'asc' | 'desc'
}

/** The rows that hold every word of a search, in order. Rows that are equal stand by the name of their session, so that nothing jumps. */
export function shownRows(rows: LiveRows, search: string, { by, order }: SortedBy): LiveRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const sign = order === 'asc' ? 1 : -1
  return [...rows.values()]
    .filter(({ session }) => words.length === 0 || holds(session, words))
    .sort((a, b) => sign * compare(a, b, by) || text(a.session.session, b.session.session))
}

function holds(session: Session, words: readonly string[]): boolean {
  const { user, userClass, address, listener, transfer } = session
  const all = [session.session, user, userClass, address, listener, transfer?.command, transfer?.path]
    .filter(part => part !== undefined)
    .join('\n')
    .toLowerCase()
  return words.every(word => all.includes(word))
}

function compare(a: LiveRow, b: LiveRow, by: SessionSort): number {
  switch (by) {
    case 'since':
      return a.session.since - b.session.since
    case 'idle':
      return b.activeAt - a.activeAt
    case 'transfer':
      return (a.session.transfer?.bytes ?? -1) - (b.session.transfer?.bytes ?? -1)
    default:
      return text(a.session[by] ?? '', b.session[by] ?? '')
  }
}

const collator = new Intl.Collator('en', { numeric: true })
const text = (a: string, b: string) => collator.compare(a, b)
