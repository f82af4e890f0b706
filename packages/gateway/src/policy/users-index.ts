import { compileGlobs, type Matcher } from '@portolan/channels'
import { pushTo } from './multimap.ts'
import { addSet, type Bits, type RuleSet, ruleSet } from './rule-set.ts'
import { unreadable } from './unreadable.ts'

interface Glob {
  readonly matches: Matcher
  readonly rules: RuleSet
}

/** Rules by globs of user names. A name is looked up as it is, and compared with the globs alone that begin as it does. */
export class UsersIndex {
  readonly #exact = new Map<string, RuleSet>()
  readonly #byPrefix = new Map<string, Glob[]>()
  readonly #lengths: readonly number[]

  /**
   * @param lists - rules by the globs that they name; globs may be several, separated by commas
   * @param count - rules of the policy
   */
  constructor(lists: ReadonlyMap<string, readonly number[]>, count: number) {
    const globs = new Map<string, number[]>()
    for (const [list, rules] of lists) {
      for (const glob of itemsOf(list)) for (const rule of rules) pushTo(globs, glob, rule)
    }
    for (const [glob, unsorted] of globs) {
      const rules = ruleSet(
        [...new Set(unsorted)].sort((a, b) => a - b),
        count,
      )
      const wildcard = glob.search(/[*?]/)
      if (wildcard < 0) this.#exact.set(glob, rules)
      else pushTo(this.#byPrefix, glob.slice(0, wildcard), { matches: compileGlobs(glob), rules })
    }
    this.#lengths = [...new Set([...this.#byPrefix.keys()].map(prefix => prefix.length))]
  }

  /** Adds the rules that fit the user. */
  addTo(bits: Bits, user: string): void {
    addSet(bits, this.#exact.get(user))
    for (const length of this.#lengths) {
      if (length > user.length) continue
      for (const { matches, rules } of this.#byPrefix.get(user.slice(0, length)) ?? []) {
        if (matches(user)) addSet(bits, rules)
      }
    }
  }
}

const itemsOf = (list: string) => list.split(',').map(item => item.trim())

/** @throws {GatewayError} `GATEWAY_INVALID` for a list with an empty item, which is no glob */
export function checkUsers(list: string, path: string): void {
  if (itemsOf(list).includes('')) throw unreadable(path, list, 'has an empty item')
}
