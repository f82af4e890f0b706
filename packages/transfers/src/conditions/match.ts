import { type Decision, decide } from '@portolan/channels'
import type { Condition } from '../model/index.ts'
import { compilePattern } from '../pattern.ts'
import type { Properties } from '../placeholders.ts'
import { isWithin, orderOf, rangeOf } from './value.ts'

/**
 * Whether all conditions hold, and which one does not. No conditions hold. A property that is not there makes a condition
 * false, `not` as well: nothing can be said of it.
 */
export function matchesConditions(
  conditions: readonly Condition[],
  properties: Properties,
): Decision<boolean> {
  if (conditions.length === 0) return decide(true, 'no-conditions', 'There are no conditions.')
  for (const condition of conditions) {
    const decision = matches(condition, properties)
    if (!decision.value) return decision
  }
  const text = conditions.map(({ property, is, value }) => `${property} ${WORDS[is]} ${value}`).join(' and ')
  return decide(true, 'conditions-hold', `${text}.`)
}

const WORDS: Readonly<Record<Condition['is'], string>> = {
  equals: 'is',
  not: 'is not',
  matches: 'matches',
  over: 'is over',
  under: 'is under',
  within: 'is within',
}

const TESTS: Readonly<Record<Condition['is'], (given: string | number, condition: Condition) => boolean>> = {
  equals: (given, { value }) => isSame(given, value),
  not: (given, { value }) => !isSame(given, value),
  matches: (given, { value }) => fits(String(given), value),
  over: (given, { value }) => compare(given, value) > 0,
  under: (given, { value }) => compare(given, value) < 0,
  within: (given, { property, value }) => listOf(value).some(item => isOneOf(given, item, property)),
}

function matches(condition: Condition, properties: Properties): Decision<boolean> {
  const { property, is, value } = condition
  const given = Object.hasOwn(properties, property) ? properties[property] : undefined
  if (given === undefined) {
    return decide(
      false,
      'unknown-property',
      `${property} is not there, so it cannot be said whether it ${WORDS[is]} ${value}.`,
    )
  }
  if (TESTS[is](given, condition))
    return decide(true, 'condition-holds', `${property} ${WORDS[is]} ${value}.`)
  return decide(
    false,
    'condition-fails',
    `${property} is ${shown(given)}, and the condition is that it ${WORDS[is]} ${value}.`,
  )
}

/** Numbers and days count by what they mean: `8` is `08`, `Monday` is `mon`. Texts count by each letter. */
function isSame(given: string | number, value: string): boolean {
  if (String(given) === value) return true
  const [left, right] = [orderOf(given), orderOf(value)]
  return left !== undefined && left.kind === right?.kind && left.at === right.at
}

/** NaN when one has no order, or they have different ones: then neither is over the other. */
function compare(given: string | number, value: string): number {
  const [left, right] = [orderOf(given), orderOf(value)]
  return left !== undefined && left.kind === right?.kind ? left.at - right.at : Number.NaN
}

/** The parts of a list with commas. */
export function listOf(value: string): string[] {
  return value
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')
}

function isOneOf(given: string | number, item: string, property: string): boolean {
  if (isSame(given, item)) return true
  const [range, order] = [rangeOf(item), orderOf(given)]
  return range !== undefined && order !== undefined && isWithin(order, range, property)
}

const patterns = new Map<string, (name: string) => boolean>()
/** Patterns that are kept compiled; there are as many as definitions have. */
const MOST_PATTERNS = 10_000

/** A pattern that is none fits nothing: it is refused when it is saved. */
function fits(text: string, pattern: string): boolean {
  let compiled = patterns.get(pattern)
  if (!compiled) {
    try {
      compiled = compilePattern(pattern)
    } catch {
      compiled = () => false
    }
    if (patterns.size >= MOST_PATTERNS) patterns.clear()
    patterns.set(pattern, compiled)
  }
  return compiled(text)
}

/** The longest piece of a value that a sentence repeats. */
const SHOWN = 100

function shown(given: string | number): string {
  const text = String(given)
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text === '' ? 'empty' : text
}
