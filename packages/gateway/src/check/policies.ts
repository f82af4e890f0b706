import {
  type AccessPolicy,
  accessPolicy,
  type Conditions,
  type ForwardingPolicy,
  forwardingPolicy,
} from '../model/index.ts'
import { checkConditions, knownOf, type PolicyContext } from './conditions.ts'
import { type Checked, Findings } from './findings.ts'
import { readShape } from './shape.ts'
import { warnOfUnreachable } from './unreachable.ts'

/** Judges the client forwarding policy as a whole. */
export function checkForwardingPolicy(input: unknown, context: PolicyContext): Checked<ForwardingPolicy> {
  const read = readShape(forwardingPolicy, input)
  if ('problems' in read) return read
  const findings = new Findings()
  checkRules(read.value.rules, context, findings)
  return findings.of(read.value)
}

/** Judges the access policy as a whole. */
export function checkAccessPolicy(input: unknown, context: PolicyContext): Checked<AccessPolicy> {
  const read = readShape(accessPolicy, input)
  if ('problems' in read) return read
  const { rules } = read.value
  const findings = new Findings()
  checkRules(rules, context, findings)
  for (const [index, { action, message }] of rules.entries()) {
    if (action === 'allow' && message !== undefined) {
      findings.warn(['rules', index, 'message'], 'is never said: the rule denies nobody')
    }
  }
  return findings.of(read.value)
}

function checkRules(
  rules: readonly { readonly name: string; readonly enabled: boolean; readonly when: Conditions }[],
  context: PolicyContext,
  findings: Findings,
): void {
  const known = knownOf(context)
  const places = new Map<string, number>()
  for (const [index, { name, when }] of rules.entries()) {
    const before = places.get(name)
    if (before === undefined) places.set(name, index)
    else
      findings.refuse(
        ['rules', index, 'name'],
        `is the name of rule ${before + 1} already: logs would not tell them apart`,
      )
    checkConditions(when, ['rules', index, 'when'], known, findings)
  }
  warnOfUnreachable(rules, findings)
}
