import type { StatusCode } from '../codes.ts'
import type { AccessRule, ConnectorGroup, ForwardingRule, Segment } from '../model/index.ts'
import { readNetwork } from './network.ts'
import { NetworkTable } from './network-table.ts'
import { type Profile, Profiles } from './profiles.ts'
import { type Placed, RuleIndex } from './rule-index.ts'
import { SegmentFinder } from './segment-finder.ts'
import * as say from './sentences.ts'
import type { AccessConfig, AccessDecision, Definition, Policy, Requester, RuleRef, Target } from './types.ts'
import { unreadable } from './unreadable.ts'

/**
 * Makes a configuration ready to decide. The order of a decision:
 *
 * 1. The segment: {@link SegmentFinder} says which one. A target belongs to that one alone: what is allowed for a wider segment is not
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
  const enabledGroups = new Map(config.segmentGroups.map(({ name, enabled }) => [name, enabled]))
  const finder = new SegmentFinder(config.segments)
  const forwarding = new RuleIndex(config.forwarding.rules, segments, 'forwarding.rules')
  const access = new RuleIndex(config.access.rules, segments, 'access.rules')
  const profiles = new Profiles({ forwarding, access, trusted: trustedTable(config.trustedNetworks) })
  const connectorGroups = connectorGroupsBy(config)

  const disabled = (segment: Segment): string | undefined => {
    if (!segment.enabled) return say.segmentDisabled(segment)
    const group = enabledGroups.get(segment.segmentGroup)
    if (group === undefined) return say.groupMissing(segment)
    return group ? undefined : say.groupDisabled(segment)
  }

  /** Steps 3 and 4. `because` gets a sentence for each. */
  const forward = (ask: Ask, because: string[]): Forwarding => {
    const { segment, who, profile, now } = ask
    if (segment.bypass === 'always') {
      because.push(say.bypassAlways(segment))
      return { action: 'bypass', rule: { policy: 'segment', name: segment.name } }
    }
    if (segment.bypass === 'never') {
      because.push(say.bypassNever(segment))
      return { action: 'forward' }
    }
    if (segment.bypass === 'on-net') {
      if (profile.isOnNet) {
        because.push(say.bypassOnNet(segment, who.clientAddress))
        return { action: 'bypass', rule: { policy: 'segment', name: segment.name } }
      }
      because.push(say.bypassOffNet(segment, who.clientAddress))
    }
    const placed = forwarding.first(profile.forwarding, segment, now)
    because.push(placed ? say.forwardingRule(placed) : say.forwardedByDefault)
    if (placed?.rule.action === 'bypass') return { action: 'bypass', rule: refOf('forwarding', placed) }
    return placed?.rule.action === 'forward-allowed'
      ? { action: 'forward-allowed', placed }
      : { action: 'forward' }
  }

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
    const why = disabled(segment)
    if (why !== undefined) return refused('deny', 'POL_SEGMENT_DISABLED', [...because, why], of)

    const profile = profiles.of(who)
    const way = forward({ segment, who, profile, now }, because)
    if (way.action === 'bypass') return refused('bypass', 'POL_BYPASSED', because, { ...of, rule: way.rule })
    const placed = access.first(profile.access, segment, now)
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

  const define = (segment: Segment, who: Requester, now: number): Definition | undefined => {
    if (disabled(segment) !== undefined) return undefined
    const because: string[] = []
    const profile = profiles.of(who)
    const way = forward({ segment, who, profile, now }, because)
    if (way.action === 'forward-allowed') {
      const placed = access.first(profile.access, segment, now)
      if (placed?.rule.action !== 'allow') return undefined
    }
    return {
      segment: segment.name,
      applications: segment.applications,
      ports: segment.ports,
      action: way.action === 'bypass' ? 'bypass' : 'forward',
      because: because.at(-1) ?? '',
      doubleEncryption: segment.doubleEncryption,
      inspection: segment.inspection,
    }
  }

  return {
    version: config.version,
    decide,
    definitions: (who, now) => config.segments.flatMap(segment => define(segment, who, now) ?? []),
    segment: name => segments.get(name),
    connectorGroupsOf: name => connectorGroups.get(name) ?? [],
    nextChange(now) {
      const next = Math.min(forwarding.nextChange(now), access.nextChange(now))
      return Number.isFinite(next) ? next : undefined
    },
  }
}

interface Ask {
  readonly segment: Segment
  readonly who: Requester
  readonly profile: Profile
  readonly now: number
}

type Forwarding =
  | { readonly action: 'forward' }
  | { readonly action: 'bypass'; readonly rule: RuleRef }
  | { readonly action: 'forward-allowed'; readonly placed: Placed<ForwardingRule> }

const refOf = (
  policy: 'forwarding' | 'access',
  { rule, place }: Placed<ForwardingRule | AccessRule>,
): RuleRef => ({
  policy,
  name: rule.name,
  place,
})

function refused(
  action: 'bypass' | 'deny',
  code: StatusCode,
  because: readonly string[],
  more: Pick<AccessDecision, 'segment' | 'application' | 'rule' | 'message'> = {},
): AccessDecision {
  return { action, status: { code, text: because.at(-1) ?? '' }, ...more, because }
}

function trustedTable(networks: readonly string[]): NetworkTable<true> {
  const table = new NetworkTable<true>()
  for (const [index, text] of networks.entries()) {
    const network = readNetwork(text)
    if (network === undefined) throw unreadable(`trustedNetworks[${index}]`, text, 'is no network')
    table.add(network, true)
  }
  return table
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
