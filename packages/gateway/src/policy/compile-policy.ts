import type { StatusCode } from '../codes.ts'
import type { ConnectorGroup } from '../model/index.ts'
import { defineAll } from './definitions.ts'
import { Nesting } from './nesting.ts'
import { SegmentFinder } from './segment-finder.ts'
import * as say from './sentences.ts'
import { createSteps, refOf } from './steps.ts'
import type { AccessConfig, AccessDecision, Policy, Requester, Target } from './types.ts'

/**
 * Makes a configuration ready to decide. The order of a decision:
 *
 * 1. The segment: the most specific one, as {@link SegmentFinder} says. A target belongs to that one alone: what is allowed for a wider segment is not
 *    allowed here. `POL_NO_SEGMENT`, or `POL_WRONG_PORT` when segments have the host and none of them has the port.
 * 2. The segment or its group is disabled, or the group is not there: `POL_SEGMENT_DISABLED`.
 * 3. The segment's own bypass: `always` is `POL_BYPASSED`; `on-net` is so for clients in a trusted network, and for others the
 *    forwarding policy is asked; `never` skips the forwarding policy.
 * 4. The client forwarding policy: the first rule that fits, else forward. `bypass` is `POL_BYPASSED`; `forward-allowed` is that where
 *    the access policy does not allow it, which blocks nobody: agents connect directly.
 * 5. The access policy: the first rule that fits; `POL_DENIED` when it denies, `POL_NO_RULE` when none fits.
 *
 * A rule fits when each of its conditions has a value that fits; conditions that are not given always fit. Disabled rules keep their
 * place and never fit.
 * @throws {GatewayError} `GATEWAY_INVALID` for an application, network, glob or time zone that cannot be read; `problems` says where.
 * Passing it over could open what it was to close.
 */
export function compilePolicy(config: AccessConfig): Policy {
  const segments = new Map(config.segments.map(segment => [segment.name, segment]))
  const finder = new SegmentFinder(config.segments)
  const nesting = new Nesting(config.segments, finder)
  const steps = createSteps(config, segments)
  const connectorGroups = connectorGroupsBy(config)

  const decide = (who: Requester, target: Target, now: number): AccessDecision => {
    const { owner, nearest } = finder.find(target)
    const at = owner ?? nearest
    const segment = at && config.segments[at.segment]
    if (at === undefined || segment === undefined) {
      return refused('deny', 'POL_NO_SEGMENT', [say.noSegment(target)])
    }
    const of = { segment: segment.name, application: at.application }
    if (owner === undefined) return refused('deny', 'POL_WRONG_PORT', [say.wrongPort(target, segment)], of)
    const because = [say.belongs(target, segment, owner)]
    const why = steps.disabled(segment)
    if (why !== undefined) return refused('deny', 'POL_SEGMENT_DISABLED', [...because, why], of)

    const ask = { segment, who, profile: steps.profileOf(who), now }
    const way = steps.forward(ask, because)
    if (way.action === 'bypass') return refused('bypass', 'POL_BYPASSED', because, { ...of, rule: way.rule })
    const placed = steps.access(ask)
    because.push(placed ? say.accessRule(placed) : say.noAccessRule)
    if (placed?.rule.action === 'allow') {
      return { action: 'allow', rule: refOf('access', placed), ...of, because }
    }
    if (way.action === 'forward-allowed') {
      because.push(say.notAllowed(way.placed))
      return refused('bypass', 'POL_BYPASSED', because, { ...of, rule: refOf('forwarding', way.placed) })
    }
    if (placed === undefined) return refused('deny', 'POL_NO_RULE', because, of)
    const { message } = placed.rule
    const rule = refOf('access', placed)
    return refused('deny', 'POL_DENIED', because, { ...of, rule, ...(message !== undefined && { message }) })
  }

  return {
    version: config.version,
    decide,
    definitions: (who, now) => defineAll(config.segments, nesting, steps, who, now),
    segment: name => segments.get(name),
    connectorGroupsOf: name => connectorGroups.get(name) ?? [],
    nextChange(now) {
      const next = steps.nextChange(now)
      return Number.isFinite(next) ? next : undefined
    },
  }
}

function refused(
  action: 'bypass' | 'deny',
  code: StatusCode,
  because: readonly string[],
  more: Pick<AccessDecision, 'segment' | 'application' | 'rule' | 'message'> = {},
): AccessDecision {
  return { action, status: { code, text: because.at(-1) ?? '' }, ...more, because }
}

function connectorGroupsBy({
  serverGroups,
  connectorGroups,
}: AccessConfig): Map<string, readonly ConnectorGroup[]> {
  const enabled = new Map(connectorGroups.flatMap(group => (group.enabled ? [[group.name, group]] : [])))
  return new Map(
    serverGroups.map(({ name, connectorGroups: names }) => [
      name,
      [...new Set(names)].flatMap(one => enabled.get(one) ?? []),
    ]),
  )
}
