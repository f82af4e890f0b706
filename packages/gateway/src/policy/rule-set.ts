/** A set of rules as bits, by their index in the policy. */
export type Bits = Uint32Array

export const wordsFor = (count: number) => (count + 31) >>> 5

export function setBit(bits: Bits, index: number): void {
  bits[index >>> 5] = (bits[index >>> 5] ?? 0) | (1 << (index & 31))
}

const hasBit = (bits: Bits, index: number) => ((bits[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0

/** A set of rules for one segment or one group: a sorted list while that is the shorter one, else bits. */
export type RuleSet = Bits | readonly number[]

/** @param sorted - indexes in rising order */
export function ruleSet(sorted: readonly number[], count: number): RuleSet {
  if (sorted.length <= wordsFor(count)) return sorted
  const bits = new Uint32Array(wordsFor(count))
  for (const index of sorted) setBit(bits, index)
  return bits
}

/** The sets of a table of lists. @param lists - indexes in rising order */
export const ruleSets = <Key>(lists: ReadonlyMap<Key, readonly number[]>, count: number): Map<Key, RuleSet> =>
  new Map([...lists].map(([key, list]) => [key, ruleSet(list, count)]))

/** Adds a set to bits. */
export function addSet(bits: Bits, set: RuleSet | undefined): void {
  if (set === undefined) return
  if (set instanceof Uint32Array) {
    for (let word = 0; word < set.length; word++) bits[word] = (bits[word] ?? 0) | (set[word] ?? 0)
  } else for (const index of set) setBit(bits, index)
}

/** The lowest index below `before` that is in all three sets; `before` when there is none. */
export function firstOf(set: RuleSet | undefined, a: Bits, b: Bits, before: number): number {
  if (set === undefined) return before
  if (set instanceof Uint32Array) {
    const words = Math.min(set.length, wordsFor(before))
    for (let word = 0; word < words; word++) {
      const common = (set[word] ?? 0) & (a[word] ?? 0) & (b[word] ?? 0)
      if (common !== 0) return Math.min(before, word * 32 + 31 - Math.clz32(common & -common))
    }
    return before
  }
  for (const index of set) {
    if (index >= before) return before
    if (hasBit(a, index) && hasBit(b, index)) return index
  }
  return before
}
