import type { Definition, Target } from '../policy/types.ts'
import type { Expectations } from './expectations.ts'
import type { Matcher } from './matcher.ts'

/** What becomes of a connection, and why. */
export type AgentDecision =
  | {
      readonly action: 'forward'
      readonly because: string
      /** What the edge is asked for. */
      readonly target: Target
      readonly by: Definition | { readonly expected: Target }
    }
  | { readonly action: 'bypass' | 'direct'; readonly because: string }

/** Decides from the definitions, and from what servers have named. It takes no expectation: `Expectations.take` does. */
export function decide(target: Target, matcher: Matcher, expectations: Expectations): AgentDecision {
  const match = matcher.match(target)
  const { host, port } = target
  if (match?.definition.action === 'forward') {
    const { segment, because } = match.definition
    const text = `Segment ${segment} has ${host} port ${port} by ${match.application}. ${because}`
    return { action: 'forward', because: text, target, by: match.definition }
  }
  const expected = expectations.peek(target)
  if (expected) {
    const text = `The server has named ${host} port ${port} for a data connection of this user.`
    return { action: 'forward', because: text, target: expected, by: { expected: target } }
  }
  if (match) {
    const { segment, because } = match.definition
    const text = `Segment ${segment} has ${host} port ${port} by ${match.application}. ${because}`
    return { action: 'bypass', because: text }
  }
  const nearest = matcher.nearest(host)
  const because = nearest
    ? `Segment ${nearest.segment} has ${host}, but not port ${port}: the connection is made directly.`
    : `No application has ${host}: the connection is made directly.`
  return { action: 'direct', because }
}
