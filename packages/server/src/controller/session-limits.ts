import type { Settings } from '@portolan/settings'
import type { Refusal } from '../link.ts'

/** What the controller knows of a session. */
export interface KnownSession {
  readonly id: string
  readonly worker: number
  readonly address: string
  user: string | undefined
}

/** Counts sessions over all workers, so that every limit is exact: a place is taken before anything else happens. */
export class SessionLimits {
  #limits: Settings['limits']
  readonly #sessions = new Map<string, KnownSession>()
  readonly #perAddress = new Map<string, number>()
  readonly #perUser = new Map<string, number>()
  readonly #perWorker = new Map<number, number>()
  #next = 0

  constructor(limits: Settings['limits']) {
    this.#limits = limits
  }

  /** New limits hold for new sessions; nobody is dropped. */
  set limits(limits: Settings['limits']) {
    this.#limits = limits
  }

  get count(): number {
    return this.#sessions.size
  }

  of(worker: number): number {
    return this.#perWorker.get(worker) ?? 0
  }

  find(id: string): KnownSession | undefined {
    return this.#sessions.get(id)
  }

  get all(): readonly KnownSession[] {
    return [...this.#sessions.values()]
  }

  /** Takes a place for a connection, or says why there is none. */
  admit(worker: number, address: string): KnownSession | Refusal {
    const { sessions, sessionsPerAddress } = this.#limits
    if (this.#sessions.size >= sessions) {
      return refusal(`The server has its ${sessions} sessions. Try again later.`)
    }
    if (sessionsPerAddress > 0 && (this.#perAddress.get(address) ?? 0) >= sessionsPerAddress) {
      return refusal(
        `Too many sessions from ${address}: ${sessionsPerAddress} are allowed. Close some first.`,
      )
    }
    const session: KnownSession = { id: `${worker}-${++this.#next}`, worker, address, user: undefined }
    this.#sessions.set(session.id, session)
    add(this.#perAddress, address, 1)
    add(this.#perWorker, worker, 1)
    return session
  }

  /** Takes a place for the user of a session, or says why there is none. */
  logIn(id: string, user: string, maxSessions: number | undefined): Refusal | undefined {
    const session = this.#sessions.get(id)
    if (!session) return refusal('The session is over.')
    const most = maxSessions ?? this.#limits.sessionsPerUser
    if (most > 0 && (this.#perUser.get(user) ?? 0) >= most) {
      return { ...refusal(`${user} has ${most} sessions already. Close one first.`), key: 'login.too-many' }
    }
    this.logOut(id)
    session.user = user
    add(this.#perUser, user, 1)
    return undefined
  }

  logOut(id: string): void {
    const session = this.#sessions.get(id)
    if (session?.user === undefined) return
    add(this.#perUser, session.user, -1)
    session.user = undefined
  }

  release(id: string): void {
    const session = this.#sessions.get(id)
    if (!session) return
    this.logOut(id)
    this.#sessions.delete(id)
    add(this.#perAddress, session.address, -1)
    add(this.#perWorker, session.worker, -1)
  }

  /** Frees the places of a worker that is gone; answers how many they were. */
  releaseWorker(worker: number): number {
    const lost = [...this.#sessions.values()].filter(session => session.worker === worker)
    for (const session of lost) this.release(session.id)
    return lost.length
  }
}

function refusal(text: string): Refusal {
  return { key: 'session.refused', values: { text }, close: true }
}

function add<K>(counts: Map<K, number>, key: K, change: number): void {
  const now = (counts.get(key) ?? 0) + change
  if (now > 0) counts.set(key, now)
  else counts.delete(key)
}
