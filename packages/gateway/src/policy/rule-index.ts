import type { Conditions, Segment } from '../model/index.ts'
import { IdentityIndex, type IndexedRule } from './identity-index.ts'
import { pushTo } from './multimap.ts'
import { type Bits, firstOf, type RuleSet, ruleSet, ruleSets } from './rule-set.ts'
import { TimeIndex } from './time-index.ts'
import type { Requester } from './types.ts'

/** What both policies' rules have. */
interface Rule {
  readonly name: string
  readonly enabled: boolean
  readonly when: Conditions
}

/** The rule that decided, and its place in the policy, from 1. */
export interface Placed<R> {
  readonly rule: R
  readonly place: number
}

/**
 * The rules of one policy, so that the first that fits is found without going through them: sets of bits by who asks, by when and by
 * what for, and the lowest bit that is in all three. Ten thousand rules are 313 words.
 */
export class RuleIndex<R extends Rule> {
  readonly #rules: readonly R[]
  readonly #identities: IdentityIndex
  readonly #times: TimeIndex
  /** Rules for all segments, for the segments of a group, for single segments. */
  readonly #any: RuleSet
  readonly #byGroup: ReadonlyMap<string, RuleSet>
  readonly #bySegment: ReadonlyMap<string, RuleSet>

  /**
   * @param path - where the rules stand, for errors
   * @throws {GatewayError} `GATEWAY_INVALID` for a condition that cannot be read
   */
  constructor(rules: readonly R[], segments: ReadonlyMap<string, Segment>, path: string) {
    const count = rules.length
    const enabled = [...rules.entries()].flatMap(([index, { enabled: isOn, when }]) =>
      isOn ? [{ index, when }] : [],
    )
    this.#rules = rules
    this.#identities = new IdentityIndex(enabled, count, path)
    this.#times = new TimeIndex(enabled, count, path)
    const scopes = sortByScope(enabled, segments)
    this.#any = ruleSet(scopes.any, count)
    this.#byGroup = ruleSets(scopes.byGroup, count)
    this.#bySegment = ruleSets(scopes.bySegment, count)
  }

  get count(): number {
    return this.#rules.length
  }

  /** What {@link first} has to know of a requester; it may be kept. */
  rulesOf(who: Requester): Bits {
    return this.#identities.rulesOf(who)
  }

  /** The first rule that fits; undefined: none does. */
  first(ofRequester: Bits, segment: Segment, now: number): Placed<R> | undefined {
    const { rules: ofNow } = this.#times.at(now)
    let index = firstOf(this.#any, ofRequester, ofNow, this.#rules.length)
    index = firstOf(this.#byGroup.get(segment.segmentGroup), ofRequester, ofNow, index)
    index = firstOf(this.#bySegment.get(segment.name), ofRequester, ofNow, index)
    const rule = this.#rules[index]
    return rule && { rule, place: index + 1 }
  }

  /** When a time window begins or ends after `now`; Infinity: never. */
  nextChange(now: number): number {
    return this.#times.at(now).until
  }
}

function sortByScope(rules: readonly IndexedRule[], segments: ReadonlyMap<string, Segment>) {
  const any: number[] = []
  const byGroup = new Map<string, number[]>()
  const bySegment = new Map<string, number[]>()
  for (const { index, when } of rules) {
    const groups = when.segmentGroups && new Set(when.segmentGroups)
    if (when.segments === undefined) {
      if (groups === undefined) any.push(index)
      for (const group of groups ?? []) pushTo(byGroup, group, index)
      continue
    }
    for (const name of new Set(when.segments)) {
      const segment = segments.get(name)
      if (segment && (groups === undefined || groups.has(segment.segmentGroup)))
        pushTo(bySegment, name, index)
    }
  }
  return { any, byGroup, bySegment }
}
