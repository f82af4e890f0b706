import { isTree } from './paths.ts'

/** What became of the items of a list. `from` and `to` are places before and after. */
export type Alignment =
  | { readonly kind: 'kept' | 'moved'; readonly from: number; readonly to: number }
  | { readonly kind: 'removed'; readonly from: number }
  | { readonly kind: 'added'; readonly to: number }

/** Above so many pairs the most alike are not looked for any more. */
const MOST_PAIRS = 10_000

/**
 * Finds the items of one list again in another: by name where they have one, else by what they say. What keeps its
 * order counts as kept, what does not as moved; one that went and one that came at the same place are one that changed.
 * In the order of the list after.
 */
export function alignLists(before: readonly unknown[], after: readonly unknown[]): Alignment[] {
  const same = samePairs(before, after)
  const froms = new Set(same.map(pair => pair.from))
  const tos = new Set(same.map(pair => pair.to))
  const gone = before
    .keys()
    .filter(place => !froms.has(place))
    .toArray()
  const come = after
    .keys()
    .filter(place => !tos.has(place))
    .toArray()
  const changed = pairGaps(before, after, gone, come, inOrder(same))
  const taken = new Set(changed.flatMap(({ from, to }) => [`<${from}`, `>${to}`]))
  const pairs = [...same, ...changed].sort((a, b) => a.from - b.from)
  const kept = new Set(inOrder(pairs))
  const found: Alignment[] = [
    ...pairs.map(pair => ({ kind: kept.has(pair) ? ('kept' as const) : ('moved' as const), ...pair })),
    ...gone.filter(from => !taken.has(`<${from}`)).map(from => ({ kind: 'removed' as const, from })),
    ...come.filter(to => !taken.has(`>${to}`)).map(to => ({ kind: 'added' as const, to })),
  ]
  const place = (one: Alignment) => ('to' in one ? one.to : one.from)
  return found.sort((a, b) => place(a) - place(b))
}

interface Pair {
  readonly from: number
  readonly to: number
}

/** Items that are the same one, each used once. */
function samePairs(before: readonly unknown[], after: readonly unknown[]): Pair[] {
  const places = new Map<string, number[]>()
  for (const [to, key] of [...keysOf(after).entries()].reverse()) {
    const list = places.get(key)
    if (list === undefined) places.set(key, [to])
    else list.push(to)
  }
  return keysOf(before).flatMap((key, from) => {
    const to = places.get(key)?.pop()
    return to === undefined ? [] : [{ from, to }]
  })
}

function keysOf(items: readonly unknown[]): string[] {
  const names = items.map(item => (isTree(item) && typeof item.name === 'string' ? item.name : undefined))
  const times = new Map<unknown, number>()
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1)
  return items.map((item, index) => {
    const name = names[index]
    return name !== undefined && times.get(name) === 1 ? `name ${name}` : JSON.stringify(item)
  })
}

/** The most of the pairs whose items have the same order before and after. */
function inOrder(pairs: readonly Pair[]): Pair[] {
  return longestRising(pairs.map(pair => pair.to)).flatMap(index => pairs[index] ?? [])
}

/** Indexes of a longest run of numbers that rise. */
function longestRising(numbers: readonly number[]): number[] {
  // ends[n]: where a run of n + 1 numbers ends lowest.
  const ends: number[] = []
  const back: (number | undefined)[] = []
  for (const [index, number] of numbers.entries()) {
    const length = countBelow(ends.length, at => numbers[ends[at] ?? 0] ?? 0, number)
    back[index] = ends[length - 1]
    ends[length] = index
  }
  const run: number[] = []
  for (let index = ends.at(-1); index !== undefined; index = back[index]) run.push(index)
  return run.reverse()
}

/** How many of `length` rising numbers are below one. */
function countBelow(length: number, numberAt: (index: number) => number, bound: number): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >> 1
    if (numberAt(middle) < bound) low = middle + 1
    else high = middle
  }
  return low
}

/** Pairs what went with what came between the same neighbours, the most alike first. */
function pairGaps(
  before: readonly unknown[],
  after: readonly unknown[],
  gone: readonly number[],
  come: readonly number[],
  kept: readonly Pair[],
): Pair[] {
  if (gone.length * come.length > MOST_PAIRS) return []
  const gap = (end: 'from' | 'to', place: number) =>
    countBelow(kept.length, index => kept[index]?.[end] ?? 0, place)
  const comeTo = come.map(to => ({ to, gap: gap('to', to) }))
  const candidates = gone
    .map(from => ({ from, gap: gap('from', from) }))
    .flatMap(one => comeTo.filter(other => other.gap === one.gap).map(({ to }) => ({ from: one.from, to })))
    .map(pair => ({ ...pair, alike: likeness(before[pair.from], after[pair.to]) }))
    .sort((a, b) => b.alike - a.alike || a.from - b.from || a.to - b.to)
  const [froms, tos] = [new Set<number>(), new Set<number>()]
  return candidates.flatMap(({ from, to }) => {
    if (froms.has(from) || tos.has(to)) return []
    froms.add(from)
    tos.add(to)
    return [{ from, to }]
  })
}

/** How many fields of two items are the same. */
function likeness(one: unknown, other: unknown): number {
  if (!isTree(one) || !isTree(other)) return 0
  return Object.keys(one).filter(key => JSON.stringify(one[key]) === JSON.stringify(other[key])).length
}
