import { isIPv4 } from 'node:net'
import type { PortRange } from '@portolan/channels'
import type { PlanFacts } from './ask.ts'

/** What a section's text is written in. */
type SectionFormat = 'nft' | 'shell' | 'powershell' | 'haproxy' | 'yaml' | 'text'

/** Rules or settings for one program, ready to paste. */
export interface PlanSection {
  /** Stable, for people who pick sections: `nftables`. */
  readonly name: SectionName
  readonly title: string
  readonly format: SectionFormat
  /** To paste as it is. Ends without a line break. */
  readonly text: string
  /** What to know before pasting; one sentence or two each. */
  readonly notes: readonly string[]
}

/** Every section there can be, in the order of the plan. */
export const SECTION_NAMES = [
  'portolan',
  'nftables',
  'nftables-nat',
  'iptables',
  'iptables-nat',
  'ufw',
  'firewalld',
  'firewalld-nat',
  'windows',
  'aws',
  'haproxy',
  'kubernetes',
  'winscp',
  'filezilla',
  'filezilla-server',
] as const

export type SectionName = (typeof SECTION_NAMES)[number]

/** What sections are made from. */
export interface PlanContext {
  readonly facts: PlanFacts
  readonly range: PortRange
}

/** NAT that can be written down: both ends are known. */
export interface NatContext extends PlanContext {
  /** What clients dial. */
  readonly outside: string
  /** Where their connections have to go: the load balancer, else the server. */
  readonly inside: string
  /** Who dials from which ports in active mode; undefined when that is not known or not wanted. */
  readonly active: { readonly server: string; readonly range: PortRange } | undefined
}

/** Both ends of the NAT; undefined without NAT, or when it is not known where it leads. */
export function natOf(context: PlanContext): NatContext | undefined {
  const { nat, server, balancer, active } = context.facts
  const inside = balancer ?? server
  if (nat === undefined || inside === undefined) return undefined
  return {
    ...context,
    outside: nat,
    inside,
    active: active && server !== undefined ? { server, range: active } : undefined,
  }
}

/** Ports of control connections, each once, the lowest first. */
export function controlPorts({ listeners }: PlanFacts): number[] {
  return [...new Set(listeners.map(({ port }) => port))].sort((a, b) => a - b)
}

/** The families that the listeners, and with them the passive ports, accept. */
export function families({ listeners }: PlanFacts): { readonly ipv4: boolean; readonly ipv6: boolean } {
  return {
    ipv4: listeners.some(({ host }) => isIPv4(host) || host === '::'),
    ipv6: listeners.some(({ host }) => !isIPv4(host)),
  }
}

/** What clients have to type as the host; a name of RFC 2606 where nothing is known. */
export function dialledHost({ nat, server, balancer, listeners }: PlanFacts): string {
  const [{ host }] = listeners
  const isBound = host !== '0.0.0.0' && host !== '::'
  if (nat !== undefined) return nat
  if (balancer !== undefined) return 'ftp.example.com'
  return server ?? (isBound ? host : 'ftp.example.com')
}

/** A range as iptables, ufw and nobody else writes it: `61000:61015`. */
export function withColon({ base, end }: PortRange): string {
  return base === end ? `${base}` : `${base}:${end}`
}
