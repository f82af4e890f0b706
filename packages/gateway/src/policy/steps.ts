import type { AccessRule, ForwardingRule, Segment } from '../model/index.ts'
import { readNetwork } from './network.ts'
import { NetworkTable } from './network-table.ts'
import { type Profile, Profiles } from './profiles.ts'
import { type Placed, RuleIndex } from './rule-index.ts'
import * as say from './sentences.ts'
import type { AccessConfig, Requester, RuleRef } from './types.ts'
import { unreadable } from './unreadable.ts'

/** A request for a segment that is known. */
interface Ask {
  readonly segment: Segment
  readonly who: Requester
  readonly profile: Profile
  readonly now: number
}

/** What becomes of it before anybody asks whether it is allowed. */
type Way =
  | { readonly action: 'forward' }
  | { readonly action: 'bypass'; readonly rule: RuleRef }
  | { readonly action: 'forward-allowed'; readonly placed: Placed<ForwardingRule> }

/** The steps of a decision behind the search for the segment. */
export interface Steps {
  /** Why nobody reaches the segment, as a sentence; undefined when it is enabled. */
  disabled(segment: Segment): string | undefined
  profileOf(who: Requester): Profile
  /** The segment's own bypass, then the client forwarding policy. `because` gets a sentence for each. */
  forward(ask: Ask, because: string[]): Way
  /** The access rule that fits first. */
  access(ask: Ask): Placed<AccessRule> | undefined
  nextChange(now: number): number
}

/** @throws {GatewayError} `GATEWAY_INVALID` for a network, glob or time zone that cannot be read */
export function createSteps(config: AccessConfig, segments: ReadonlyMap<string, Segment>): Steps {
  const enabledGroups = new Map(config.segmentGroups.map(({ name, enabled }) => [name, enabled]))
  const forwarding = new RuleIndex(config.forwarding.rules, segments, 'forwarding.rules')
  const access = new RuleIndex(config.access.rules, segments, 'access.rules')
  const profiles = new Profiles({ forwarding, access, trusted: trustedTable(config.trustedNetworks) })
  return {
    disabled(segment) {
      if (!segment.enabled) return say.segmentDisabled(segment)
      const group = enabledGroups.get(segment.segmentGroup)
      if (group === undefined) return say.groupMissing(segment)
      return group ? undefined : say.groupDisabled(segment)
    },
    profileOf: who => profiles.of(who),
    forward(ask, because) {
      const own = ownBypass(ask, because)
      if (own) return own
      const placed = forwarding.first(ask.profile.forwarding, ask.segment, ask.now)
      because.push(placed ? say.forwardingRule(placed) : say.forwardedByDefault)
      if (placed?.rule.action === 'bypass') return { action: 'bypass', rule: refOf('forwarding', placed) }
      return placed?.rule.action === 'forward-allowed'
        ? { action: 'forward-allowed', placed }
        : { action: 'forward' }
    },
    access: ({ profile, segment, now }) => access.first(profile.access, segment, now),
    nextChange: now => Math.min(forwarding.nextChange(now), access.nextChange(now)),
  }
}

/** The rule as a decision names it. */
export const refOf = (
  policy: 'forwarding' | 'access',
  { rule, place }: Placed<ForwardingRule | AccessRule>,
): RuleRef => ({ policy, name: rule.name, place })

/** What the bypass of the segment says; undefined: it leaves that to the forwarding policy. */
function ownBypass({ segment, who, profile }: Ask, because: string[]): Way | undefined {
  const bypassed: Way = { action: 'bypass', rule: { policy: 'segment', name: segment.name } }
  switch (segment.bypass) {
    case 'always':
      because.push(say.bypassAlways(segment))
      return bypassed
    case 'never':
      because.push(say.bypassNever(segment))
      return { action: 'forward' }
    case 'on-net':
      because.push((profile.isOnNet ? say.bypassOnNet : say.bypassOffNet)(segment, who.clientAddress))
      return profile.isOnNet ? bypassed : undefined
    case 'use-client-forwarding-policy':
      return undefined
  }
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
