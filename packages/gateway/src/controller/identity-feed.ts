import type { ControllerSays } from '../control/messages.ts'
import type { People } from './types.ts'

type IdentityMessage = Extract<ControllerSays, { type: 'identity' }>

/** Users that one edge may have asked for; beyond it the ones asked for longest ago are not told of changes any more. */
const MAX_ASKED = 50_000
/** Questions to the people of the node at once. */
const AT_ONCE = 16
/** How long after a failure it is asked again, and how often all are looked at anew, since users expire without a change. Milliseconds. */
const AGAIN_MS = 2_000
const LOOK_MS = 60_000

/** Who hears what of users: one edge. */
export interface IdentityListener {
  tell(message: IdentityMessage): void
}

/** Answers edges who users are, and tells them again when that has changed. */
export class IdentityFeed implements Disposable {
  readonly #people: Pick<People, 'identify'>
  readonly #warn: (text: string) => void
  /** By edge and user, what was said last. */
  readonly #asked = new Map<IdentityListener, Map<string, string | undefined>>()
  readonly #queue = new Set<string>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #running = 0
  #closed = false

  constructor(people: Pick<People, 'identify'>, warn: (text: string) => void) {
    this.#people = people
    this.#warn = warn
    const timer = setInterval(() => this.changed(), LOOK_MS)
    timer.unref()
    this.#timers.add(timer)
  }

  ask(listener: IdentityListener, user: string): void {
    const users = this.#asked.get(listener) ?? new Map<string, string | undefined>()
    this.#asked.set(listener, users)
    users.delete(user)
    users.set(user, undefined)
    if (users.size > MAX_ASKED) {
      const [oldest] = users.keys()
      if (oldest !== undefined) users.delete(oldest)
    }
    this.#enqueue(user)
  }

  /** Users or groups are others: that one, or any. */
  changed(user?: string): void {
    for (const users of this.#asked.values()) {
      if (user === undefined) for (const name of users.keys()) this.#enqueue(name)
      else if (users.has(user)) this.#enqueue(user)
    }
  }

  forget(listener: IdentityListener): void {
    this.#asked.delete(listener)
  }

  [Symbol.dispose](): void {
    this.#closed = true
    this.#queue.clear()
    for (const timer of this.#timers) clearInterval(timer)
  }

  #enqueue(user: string): void {
    if (this.#closed) return
    // Asked again at the end of the queue: what is being found out may be from before the change.
    this.#queue.add(user)
    if (this.#running < AT_ONCE) void this.#work()
  }

  async #work(): Promise<void> {
    this.#running++
    try {
      for (let user = this.#next(); user !== undefined; user = this.#next()) await this.#find(user)
    } finally {
      this.#running--
    }
  }

  #next(): string | undefined {
    const [user] = this.#queue
    if (user !== undefined) this.#queue.delete(user)
    return user
  }

  async #find(user: string): Promise<void> {
    try {
      const found = await this.#people.identify(user)
      this.#say({ type: 'identity', user, found: found !== undefined, groups: [...(found?.groups ?? [])] })
    } catch (error) {
      this.#warn(
        `Who ${user} is could not be found out: ${error instanceof Error ? error.message : String(error)}.`,
      )
      this.#later(user)
    }
  }

  #later(user: string): void {
    if (this.#closed) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.changed(user)
    }, AGAIN_MS)
    timer.unref()
    this.#timers.add(timer)
  }

  #say(message: IdentityMessage): void {
    const text = JSON.stringify(message)
    for (const [listener, users] of this.#asked) {
      if (!users.has(message.user) || users.get(message.user) === text) continue
      users.set(message.user, text)
      listener.tell(message)
    }
  }
}
