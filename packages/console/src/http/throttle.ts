import { isIPv6 } from 'node:net'
import { normaliseAddress } from '@portolan/protocol'
import { Problem } from './problem.ts'

/** Wrong attempts that cost no wait. */
const FREE = 3
/** The first wait in milliseconds; each further wrong attempt doubles it. */
const FIRST_MS = 1_000
/** The longest wait: the lock. */
const LOCK_MS = 15 * 60_000
/** Without a wrong attempt for so long, everything is forgotten. */
const FORGET_MS = 60 * 60_000
/** Names and addresses that are remembered at once, each; the oldest is forgotten first. */
const MOST_REMEMBERED = 10_000
/** Addresses that are remembered of one name. */
const MOST_OF_NAME = 20

interface Count {
  wrong: number
  lastAt: number
}

/** An attempt that was let through. It counts as a wrong one until its end says otherwise, so that many at once gain nothing. */
export interface Attempt {
  /** The password, and what else is needed, was right. */
  right(): void
  /** Nothing was decided: the second factor is still to come, or the store did not answer. */
  undecided(): void
}

/**
 * Slows down whoever guesses passwords: by address (IPv6: by /64) and by name. After three wrong attempts the next one has
 * to wait for one second, then two, four, up to a quarter of an hour. A name that others guess at stays open for addresses
 * from which its owner signed in before.
 */
export class Throttle {
  readonly #addresses = new Map<string, Count>()
  readonly #names = new Map<string, Count>()
  readonly #known = new Map<string, Set<string>>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** @throws {Problem} 429 `AUTH_THROTTLED` with Retry-After */
  begin(address: string, name: string): Attempt {
    const from = networkOf(address)
    const isKnown = this.#known.get(name)?.has(from) ?? false
    const wait = Math.max(this.#wait(this.#addresses, from), isKnown ? 0 : this.#wait(this.#names, name))
    if (wait > 0) throw throttled(wait)
    // What a known address gets wrong is counted for the address alone: its owner mistypes, and the name is not guessed at.
    const counts: [Map<string, Count>, string][] = [[this.#addresses, from]]
    if (!isKnown) counts.push([this.#names, name])
    const before = counts.map(([map, key]) => this.#count(map, key))
    return {
      right: () => {
        for (const [map, key] of counts) map.delete(key)
        const addresses = this.#known.get(name) ?? new Set<string>()
        if (addresses.size < MOST_OF_NAME) addresses.add(from)
        remember(this.#known, name, addresses)
      },
      undecided: () => {
        for (const { count, lastAt } of before) {
          count.wrong = Math.max(0, count.wrong - 1)
          count.lastAt = lastAt
        }
      },
    }
  }

  #wait(map: Map<string, Count>, key: string): number {
    const count = map.get(key)
    if (!count || count.wrong < FREE) return 0
    const ms = Math.min(LOCK_MS, FIRST_MS * 2 ** Math.min(count.wrong - FREE, 20))
    return Math.max(0, count.lastAt + ms - this.#now())
  }

  #count(map: Map<string, Count>, key: string): { count: Count; lastAt: number } {
    const now = this.#now()
    const held = map.get(key)
    const count = held && now - held.lastAt < FORGET_MS ? held : { wrong: 0, lastAt: 0 }
    const { lastAt } = count
    count.wrong++
    count.lastAt = now
    remember(map, key, count)
    return { count, lastAt }
  }
}

function throttled(ms: number): Problem {
  const seconds = Math.ceil(ms / 1_000)
  const text = `Too many wrong attempts. Try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`
  return new Problem(429, 'AUTH_THROTTLED', text, undefined, { headers: { 'retry-after': String(seconds) } })
}

/** One household or rented server has a whole /64: it counts as one address. */
function networkOf(address: string): string {
  const plain = normaliseAddress(address)
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = (plain.split('%')[0] ?? '').split('::')
  const groups = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - groups.length - after.length
  const all = [...groups, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after]
  return all
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':')
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= MOST_REMEMBERED) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
