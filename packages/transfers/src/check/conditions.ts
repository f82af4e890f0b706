import { suggest } from '@portolan/settings'
import { KNOWN_PROPERTIES } from '../conditions/known-properties.ts'
import { listOf } from '../conditions/match.ts'
import { isOver, orderOf, rangeOf } from '../conditions/value.ts'
import type { Condition, Transfer } from '../model/index.ts'
import { patternProblem } from './pattern.ts'
import type { Findings } from './problem.ts'
import { propertiesOfCause } from './templates.ts'

/** Judges the conditions of a transfer: whether the values can be compared, and whether its runs have the properties. */
export function checkConditions({ conditions, trigger, schedule }: Transfer, findings: Findings): void {
  const there = propertiesOfCause(trigger.on, schedule !== undefined)
  for (const [index, condition] of conditions.entries()) {
    const value = valueProblem(condition)
    if (value !== undefined) findings.refuse(['conditions', index, 'value'], value)
    if (there.includes(condition.property) || trigger.on === 'request') continue
    findings.warn(['conditions', index, 'property'], missing(condition.property, there))
  }
}

function missing(property: string, there: readonly string[]): string {
  if (KNOWN_PROPERTIES.some(({ name }) => name === property)) {
    return 'is not there for all that this transfer begins by; where it is not there, nothing runs'
  }
  const near = suggest(property, there)
  return `is not known, so nothing runs; ${near === undefined ? `known are ${there.join(', ')}` : `did you mean ${near}?`}`
}

function valueProblem({ property, is, value }: Condition): string | undefined {
  if (is === 'matches') return patternProblem(value)
  if (is === 'over' || is === 'under') {
    if (orderOf(value) !== undefined) return undefined
    return 'must be a number, a size such as 10MB, a time such as 08:30, a day such as mon, or a date'
  }
  if (is !== 'within') return undefined
  const items = listOf(value)
  if (items.length === 0) return 'must be a list such as a, b, c or a range such as 8-17'
  for (const item of items) {
    const range = rangeOf(item)
    if (range && range.from.at > range.to.at && !isOver(range, property)) {
      return `has the range ${item}, which ends before it begins`
    }
  }
  return undefined
}
