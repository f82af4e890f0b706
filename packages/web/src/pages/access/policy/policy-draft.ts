import type { FieldProblem } from '@portolan/console/contract'
import type { Keyed } from '../../../components/keyed.ts'
import type { Rule } from './rule-form.ts'

/** What is different between what is saved and the draft. */
export interface Changes {
  readonly added: number
  readonly removed: number
  readonly changed: number
  readonly moved: number
}

/** Counts what was done to a list of rules. A rule that was changed and moved counts as both. */
export function changesOf(saved: readonly Keyed<Rule>[], draft: readonly Keyed<Rule>[]): Changes {
  const before = new Map(saved.map((rule, place) => [rule.key, { rule, place }]))
  const kept = draft.flatMap(rule => before.get(rule.key) ?? [])
  const texts = new Map(draft.map(rule => [rule.key, JSON.stringify(rule)]))
  return {
    added: draft.length - kept.length,
    removed: saved.length - kept.length,
    changed: kept.filter(({ rule }) => texts.get(rule.key) !== JSON.stringify(rule)).length,
    moved: kept.length - longestRising(kept.map(({ place }) => place)),
  }
}

/** The fewest rules that have to be taken out so that the others stand in their old order. */
function longestRising(places: readonly number[]): number {
  // The smallest last place of a rising row of each length.
  const tails: number[] = []
  for (const place of places) {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((tails[middle] ?? 0) < place) low = middle + 1
      else high = middle
    }
    tails[low] = place
  }
  return tails.length
}

export const countOf = ({ added, removed, changed, moved }: Changes): number =>
  added + removed + changed + moved

/** The changes as a sentence: `1 added, 2 moved`. */
export function changesText(changes: Changes): string {
  const parts = (['added', 'changed', 'moved', 'removed'] as const)
    .filter(kind => changes[kind] > 0)
    .map(kind => `${changes[kind].toLocaleString('en')} ${kind}`)
  return parts.join(', ')
}

/** The mistakes of an answer at one rule, by the field of its form: `rules[2].when.users[0]` is `users`. */
export function problemsOfRule(problems: readonly FieldProblem[], place: number): readonly FieldProblem[] {
  return problems.flatMap(({ path, message }) => {
    const [, at, rest = ''] = /^rules\[(\d+)\]\.?(.*)$/.exec(path) ?? []
    if (at === undefined || Number(at) !== place) return []
    // A list is one field; a time window has fields of its own.
    const field = rest.replace(/^when\.?/, '').replace(/^(?!times)(\w+)\[\d+\]$/, '$1')
    return [{ path: field.replaceAll(/\[(\d+)\]/g, '.$1'), message }]
  })
}

/** Mistakes that belong to no rule. */
export const problemsOfPolicy = (problems: readonly FieldProblem[]): readonly FieldProblem[] =>
  problems.filter(({ path }) => !/^rules\[\d/.test(path))
