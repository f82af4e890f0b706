import type { Segment } from '../model/index.ts'
import type { Nesting } from './nesting.ts'
import type { Placed } from './rule-index.ts'
import * as say from './sentences.ts'
import type { Steps } from './steps.ts'
import type { Definition, Requester } from './types.ts'

/**
 * What an agent has to know. Segments that are disabled are left out, and so are those that are forwarded only where that is allowed and
 * are not allowed: nobody is told of what is not for them. Where such a one is a part of a wider segment that is forwarded, it is told
 * as bypassed all the same, or the agent would forward it with the wider one.
 */
export function defineAll(
  segments: readonly Segment[],
  nesting: Nesting,
  steps: Steps,
  who: Requester,
  now: number,
): readonly Definition[] {
  const profile = steps.profileOf(who)
  const leftOut = new Map<number, string>()
  const made = segments.map((segment, index): Definition | undefined => {
    if (steps.disabled(segment) !== undefined) return undefined
    const because: string[] = []
    const ask = { segment, who, profile, now }
    const way = steps.forward(ask, because)
    if (way.action === 'forward-allowed' && !isAllowed(steps.access(ask))) {
      leftOut.set(index, say.notAllowed(way.placed))
      return undefined
    }
    return definition(segment, way.action === 'bypass' ? 'bypass' : 'forward', because.at(-1) ?? '')
  })
  return segments.flatMap((segment, index) => {
    const why = leftOut.get(index)
    if (why === undefined) return made[index] ?? []
    const isHeld = nesting.behind(index).some(other => made[other]?.action === 'forward')
    return isHeld ? definition(segment, 'bypass', why) : []
  })
}

const isAllowed = (placed: Placed<{ readonly action: 'allow' | 'deny' }> | undefined) =>
  placed?.rule.action === 'allow'

const definition = (segment: Segment, action: Definition['action'], because: string): Definition => ({
  segment: segment.name,
  applications: segment.applications,
  ports: segment.ports,
  action,
  because,
  doubleEncryption: segment.doubleEncryption,
  inspection: segment.inspection,
})
