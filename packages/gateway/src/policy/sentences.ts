import { STATUS } from '../codes.ts'
import type { AccessRule, ForwardingRule, PortRange, Segment } from '../model/index.ts'
import type { Owner } from './port-owners.ts'
import type { Placed } from './rule-index.ts'
import type { Target } from './types.ts'

/*
 * What people read in the console, in the log and in `portolan access why`. A decision is made far more often than it is read, so these
 * are plain texts put together and nothing is looked up for them.
 */

const quoted = (name: string) => `“${name}”`
const ruleOf = (kind: 'Forwarding' | 'Access', { rule, place }: Placed<{ readonly name: string }>) =>
  `${kind} rule ${place} ${quoted(rule.name)}`

export const noSegment = ({ host }: Target) => `No application segment has ${host}.`

export function wrongPort({ host, port }: Target, segment: Segment): string {
  return `Segment ${quoted(segment.name)} has ${host}, but not port ${port}: it has ${portsOf(segment.ports)}.`
}

export function belongs({ host, port }: Target, segment: Segment, owner: Owner): string {
  const by = owner.application === host ? '' : ` by ${owner.application}`
  return `${host} port ${port} belongs to segment ${quoted(segment.name)}${by}.`
}

export const segmentDisabled = ({ name }: Segment) => `Segment ${quoted(name)} is disabled.`
export const groupDisabled = ({ name, segmentGroup }: Segment) =>
  `Segment group ${quoted(segmentGroup)}, which segment ${quoted(name)} is in, is disabled.`
export const groupMissing = ({ name, segmentGroup }: Segment) =>
  `Segment group ${quoted(segmentGroup)}, which segment ${quoted(name)} is in, is not there.`

export const bypassAlways = ({ name }: Segment) =>
  `The bypass of segment ${quoted(name)} is always: agents connect directly.`
export const bypassOnNet = ({ name }: Segment, clientAddress: string) =>
  `The bypass of segment ${quoted(name)} is on-net, and ${clientAddress} is in a trusted network: agents connect directly.`
export const bypassOffNet = ({ name }: Segment, clientAddress: string) =>
  `The bypass of segment ${quoted(name)} is on-net, and ${clientAddress} is in no trusted network.`
export const bypassNever = ({ name }: Segment) =>
  `The bypass of segment ${quoted(name)} is never: it is forwarded, and no forwarding rule is asked.`

export const forwardedByDefault = 'No forwarding rule fits: it is forwarded.'

export function forwardingRule(placed: Placed<ForwardingRule>): string {
  const rule = ruleOf('Forwarding', placed)
  switch (placed.rule.action) {
    case 'forward':
      return `${rule} forwards it.`
    case 'bypass':
      return `${rule} bypasses it: agents connect directly.`
    case 'forward-allowed':
      return `${rule} forwards it if it is allowed.`
  }
}

export const notAllowed = (placed: Placed<ForwardingRule>) =>
  `${ruleOf('Forwarding', placed)} forwards only what is allowed: agents connect directly.`

export const accessRule = (placed: Placed<AccessRule>) =>
  `${ruleOf('Access', placed)} ${placed.rule.action === 'allow' ? 'allows' : 'denies'} it.`

export const noAccessRule = STATUS.POL_NO_RULE

/** As many ranges as a sentence bears. */
const SHOWN = 5

function portsOf(ports: readonly PortRange[]): string {
  const some = ports.slice(0, SHOWN).map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`))
  return ports.length > SHOWN ? `${some.join(', ')} and ${ports.length - SHOWN} more` : some.join(', ')
}
