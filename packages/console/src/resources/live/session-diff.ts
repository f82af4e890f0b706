import type { LiveSessions, Session } from '../../contract/index.ts'

/** Sessions that one event tells of at most; what is left over comes with the next. */
const MOST_CHANGED = 200
/** A session that nothing but commands changes is told of again after so many milliseconds. */
const ACTIVE_STEP_MS = 5_000

/** What the watchers were told of a session. */
interface Told {
  readonly view: Session
  readonly shape: string
  /** When the session last did something, in milliseconds since 1970. */
  readonly activeAt: number
  /** In which event it was told. */
  readonly turn: number
}

/** How much a change matters: a session nobody knows of, another state, mere progress. */
type Weight = 0 | 1 | 2

/**
 * Finds out what to tell of live sessions, once for all who watch. An event stays small however much goes on: it has 200
 * sessions at most, new ones first, then those that changed, then those whose bytes moved on, the longest untold first.
 */
export class SessionDiff {
  readonly #told = new Map<string, Told>()
  #turn = 0

  /** All that the watchers know, for one who comes later. */
  get all(): readonly Session[] {
    return [...this.#told.values()].map(({ view }) => view)
  }

  /** Takes the sessions as they are; undefined when there is nothing to tell. */
  next(sessions: readonly Session[], now: number): LiveSessions | undefined {
    const turn = ++this.#turn
    const found = sessions.flatMap(session => this.#changeOf(session, now))
    found.sort((a, b) => a.weight - b.weight || a.since - b.since)
    const changed = found.slice(0, MOST_CHANGED)
    const live = new Set(sessions.map(({ session }) => session))
    const gone = [...this.#told.keys()].filter(session => !live.has(session))
    for (const session of gone) this.#told.delete(session)
    for (const { view, shape, activeAt } of changed)
      this.#told.set(view.session, { view, shape, activeAt, turn })
    if (changed.length === 0 && gone.length === 0) return undefined
    return {
      ...(changed.length > 0 && { changed: changed.map(({ view }) => view) }),
      ...(gone.length > 0 && { gone }),
    }
  }

  #changeOf(session: Session, now: number) {
    const view = rounded(session)
    const shape = shapeOf(view)
    const activeAt = now - session.idleMs
    const told = this.#told.get(session.session)
    const weight = weightOf(told, { view, shape, activeAt })
    return weight === undefined ? [] : [{ view, shape, activeAt, weight, since: told?.turn ?? 0 }]
  }
}

function weightOf(told: Told | undefined, now: Omit<Told, 'turn'>): Weight | undefined {
  if (!told) return 0
  if (told.shape !== now.shape) return 1
  const moved = told.view.transfer?.bytes !== now.view.transfer?.bytes
  return moved || now.activeAt - told.activeAt >= ACTIVE_STEP_MS ? 2 : undefined
}

/** All but what moves with every byte and every second. */
function shapeOf({ idleMs: _, transfer, ...rest }: Session): string {
  return JSON.stringify([rest, transfer && { ...transfer, bytes: 0 }])
}

/** Five digits are enough for a rate; a transfer that crawls would else be a change every second. */
function rounded(session: Session): Session {
  if (!session.transfer) return session
  const bytes = Number(session.transfer.bytes.toPrecision(5))
  return { ...session, transfer: { ...session.transfer, bytes } }
}
