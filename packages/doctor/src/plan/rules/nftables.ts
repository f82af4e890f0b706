import { PRIVATE_NETWORKS } from '../private-networks.ts'
import { controlPorts, type NatContext, type PlanContext, type PlanSection } from '../section.ts'

const HOW = '# Load with: nft -f FILE. It adds to what is there and takes nothing away; load it once.'

/** The server's own firewall, for nftables. */
export function nftables(context: PlanContext): PlanSection {
  const { active } = context.facts
  const lines = [
    HOW,
    'add table inet filter',
    'add chain inet filter input { type filter hook input priority filter; }',
    `insert rule inet filter input tcp dport ${portSet(context)} accept comment "FTP control and passive data"`,
    'insert rule inet filter input ct state established,related accept',
  ]
  if (active) {
    lines.push(
      'add chain inet filter output { type filter hook output priority filter; }',
      `insert rule inet filter output tcp sport ${active} tcp dport 1024-65535 accept comment "FTP active data"`,
      'insert rule inet filter output ct state established,related accept',
    )
  }
  return {
    name: 'nftables',
    title: 'nftables, on the server',
    format: 'nft',
    text: lines.join('\n'),
    notes: [
      'To keep the rules after a restart, add them to /etc/nftables.conf.',
      'An accept in one table does not overrule a drop in another: if "nft list ruleset" shows a chain with policy drop under another name, put the rules there.',
    ],
  }
}

/** The gateway that clients dial, for nftables: passes everything on to the server. */
export function nftablesNat(context: NatContext): PlanSection {
  const { outside, inside, active } = context
  const ports = portSet(context)
  const lines = [
    HOW,
    'add table ip nat',
    'add chain ip nat prerouting { type nat hook prerouting priority dstnat; }',
    `insert rule ip nat prerouting ip daddr ${outside} tcp dport ${ports} dnat to ${inside} comment "FTP"`,
    'add table inet filter',
    'add chain inet filter forward { type filter hook forward priority filter; }',
    `insert rule inet filter forward ip daddr ${inside} tcp dport ${ports} accept comment "FTP control and passive data"`,
  ]
  if (active) {
    const from = `ip saddr ${active.server} tcp sport ${active.range}`
    lines.push(
      `insert rule inet filter forward ${from} tcp dport 1024-65535 accept comment "FTP active data"`,
      'add chain ip nat postrouting { type nat hook postrouting priority srcnat; }',
      `insert rule ip nat postrouting ${from} ip daddr != { ${PRIVATE_NETWORKS.join(', ')} } snat to ${outside} comment "FTP active data"`,
    )
  }
  lines.push('insert rule inet filter forward ct state established,related accept')
  return {
    name: 'nftables-nat',
    title: `nftables, on the gateway that has ${outside}`,
    format: 'nft',
    text: lines.join('\n'),
    notes: natNotes(context),
  }
}

/** What every gateway has to be told, whatever its rules are written in. */
export function natNotes({ outside, inside }: NatContext): string[] {
  return [
    'Forwarding has to be on: sysctl -w net.ipv4.ip_forward=1',
    'The ports keep their numbers on the way: the server tells them to its clients.',
    'Switch FTP helpers off (nf_conntrack_ftp, nf_nat_ftp, "FTP ALG", "session helper"): the range is open and the server tells the right address by itself, so in the clear a helper can only spoil replies, and under TLS it sees none.',
    `Inside, dial ${inside} or a name that leads to it. Through ${outside} the gateway would hide who dials, and the data connection would come from somebody else.`,
  ]
}

/** `{ 21, 61000-61015 }` */
function portSet({ facts, range }: PlanContext): string {
  return `{ ${[...controlPorts(facts), range].join(', ')} }`
}
