import { IDENTITY_MS } from './bounds.ts'

/** The groups of a user; `gone`: there is no such user, or it is disabled, or has expired. */
type UserIdentity = { readonly groups: readonly string[] } | 'gone'

/** Who users are: asked of the controller once, and told anew by it whenever it changes. */
export interface Identities {
  /** Waits for the controller's word, at most 2 s; `unanswered` then. Never rejects. */
  of(user: string): Promise<UserIdentity | 'unanswered'>
  /** What is known now, without asking. */
  known(user: string): UserIdentity | undefined
  said(user: string, identity: UserIdentity): void
  /** A controller is there anew: what was said before may have changed since, and is asked again. */
  renew(): void
  /** Nobody needs that user any more. */
  forget(user: string): void
}

interface Known {
  identity: UserIdentity | undefined
  /** Said by the controller that is there now. */
  fresh: boolean
  readonly waiting: Set<(identity: UserIdentity) => void>
}

/**
 * @param ask - sends `who` to the controller
 * @param waitMs - default 2 s
 */
export function createIdentities(ask: (user: string) => void, waitMs = IDENTITY_MS): Identities {
  const users = new Map<string, Known>()
  return {
    known(user) {
      const known = users.get(user)
      return known?.fresh ? known.identity : undefined
    },
    of(user) {
      const known: Known = users.get(user) ?? { identity: undefined, fresh: false, waiting: new Set() }
      users.set(user, known)
      if (known.fresh && known.identity) return Promise.resolve(known.identity)
      // Asked again by whoever comes when nobody waits any more: a word that was lost must not keep a user out for good.
      if (known.waiting.size === 0) ask(user)
      const { promise, resolve } = Promise.withResolvers<UserIdentity | 'unanswered'>()
      const answer = (identity: UserIdentity) => {
        clearTimeout(timer)
        resolve(identity)
      }
      const timer = setTimeout(() => {
        known.waiting.delete(answer)
        resolve('unanswered')
      }, waitMs)
      known.waiting.add(answer)
      return promise
    },
    said(user, identity) {
      const known = users.get(user)
      if (!known) return
      known.identity = identity
      known.fresh = true
      for (const answer of known.waiting) answer(identity)
      known.waiting.clear()
    },
    renew() {
      for (const [user, known] of users) {
        known.fresh = false
        ask(user)
      }
    },
    forget(user) {
      const known = users.get(user)
      if (known?.waiting.size === 0) users.delete(user)
    },
  }
}
