import { PRIVATE_NETWORKS } from '../private-networks.ts'
import {
  controlPorts,
  families,
  type NatContext,
  type PlanContext,
  type PlanSection,
  withColon,
} from '../section.ts'
import { natNotes } from './nftables.ts'

/** The server's own firewall, for iptables. */
export function iptables(context: PlanContext): PlanSection {
  const { ipv4, ipv6 } = families(context.facts)
  const { active } = context.facts
  // Each -I goes before the one above it, so the rule that most packets meet stands last.
  const rules = [
    ...ports(context).map(port => `-I INPUT -p tcp --dport ${port} -j ACCEPT`),
    '-I INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT',
  ]
  if (active) {
    rules.push(
      `-I OUTPUT -p tcp --sport ${withColon(active)} --dport 1024:65535 -j ACCEPT`,
      '-I OUTPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT',
    )
  }
  const texts = []
  if (ipv4) texts.push(restore('iptables-restore', ['*filter', ...rules, 'COMMIT']))
  if (ipv6) texts.push(restore('ip6tables-restore', ['*filter', ...rules, 'COMMIT']))
  return {
    name: 'iptables',
    title: 'iptables, on the server',
    format: 'shell',
    text: texts.join('\n'),
    notes: [
      'All or nothing is added, before the rules that are there. Paste it once.',
      'To keep the rules after a restart: netfilter-persistent save (Debian, Ubuntu), or service iptables save (RHEL).',
    ],
  }
}

/** The gateway that clients dial, for iptables: passes everything on to the server. */
export function iptablesNat(context: NatContext): PlanSection {
  const { outside, inside, active } = context
  const nat = ports(context).map(
    port => `-I PREROUTING -d ${outside} -p tcp --dport ${port} -j DNAT --to-destination ${inside}`,
  )
  const filter = ports(context).map(port => `-I FORWARD -d ${inside} -p tcp --dport ${port} -j ACCEPT`)
  if (active) {
    const from = `-s ${active.server} -p tcp --sport ${withColon(active.range)}`
    nat.push(`-I POSTROUTING ${from} -j SNAT --to-source ${outside}`)
    for (const network of PRIVATE_NETWORKS) {
      nat.push(`-I POSTROUTING ${from} -d ${network} -j ACCEPT`)
    }
    filter.push(`-I FORWARD ${from} --dport 1024:65535 -j ACCEPT`)
  }
  filter.push('-I FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT')
  return {
    name: 'iptables-nat',
    title: `iptables, on the gateway that has ${outside}`,
    format: 'shell',
    text: restore('iptables-restore', ['*nat', ...nat, 'COMMIT', '*filter', ...filter, 'COMMIT']),
    notes: [
      ...natNotes(context),
      'On a gateway with ufw, the part from *nat to the first COMMIT belongs at the head of /etc/ufw/before.rules.',
    ],
  }
}

function ports({ facts, range }: PlanContext): string[] {
  return [...controlPorts(facts).map(String), withColon(range)]
}

function restore(program: string, lines: readonly string[]): string {
  return [`${program} --noflush <<'RULES'`, ...lines, 'RULES'].join('\n')
}
