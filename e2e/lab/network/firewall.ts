import type { FreePorts } from '../../support/ports.ts'

/** Interfaces of every router. */
export const TO_CLIENT = 'to-client'
export const TO_SERVER = 'to-server'

/** A port or a range, as nft writes it. */
function ports({ basePort, numberOfPorts }: FreePorts): string {
  return numberOfPorts === 1 ? String(basePort) : `${basePort}-${basePort + numberOfPorts - 1}`
}

/** What a server's firewall lets through. */
export interface FirewallPlan {
  readonly controlPort: number
  /** Passive ports that are let through; absent: none. */
  readonly open?: FreePorts
  /** Passive ports that are refused with a TCP reset; absent: none. Whatever else is dropped without a word. */
  readonly rejected?: FreePorts
}

/** A stateful firewall before a server. What the server begins itself may leave: active mode works. */
export function serverFirewall({ controlPort, open, rejected }: FirewallPlan): string {
  const rules = [
    'ct state established,related accept',
    `iifname "${TO_SERVER}" accept`,
    `tcp dport ${controlPort} accept`,
    ...(open === undefined ? [] : [`tcp dport ${ports(open)} accept`]),
    ...(rejected === undefined ? [] : [`tcp dport ${ports(rejected)} reject with tcp reset`]),
  ]
  return table([chain('forward', 'type filter hook forward priority filter; policy drop;', rules)])
}

/** What the firewall of a company lets in to a client that dials out. */
export interface ClientFirewallPlan {
  readonly controlPort: number
  /** Ports that servers may dial: those of active mode. */
  readonly open: FreePorts
}

/**
 * A stateful firewall before a client, without nf_conntrack_ftp. The client may dial whatever it likes. Counts what is dialled
 * by `nft` counters: `inside`, the open ports, each of which is in the set `dialled`; `outside`, what is dropped; `passive`,
 * connections of the client to others than the control port.
 */
export function clientFirewall({ controlPort, open }: ClientFirewallPlan): string {
  return table([
    'counter inside {\n}',
    'counter outside {\n}',
    'counter passive {\n}',
    'set dialled {\n type inet_service; flags dynamic; size 65535;\n}',
    chain('forward', 'type filter hook forward priority filter; policy drop;', [
      'ct state established,related accept',
      `iifname "${TO_CLIENT}" tcp dport ${controlPort} accept`,
      `iifname "${TO_CLIENT}" counter name passive accept`,
      `iifname "${TO_SERVER}" tcp dport ${ports(open)} ct state new add @dialled { tcp dport } counter name inside accept`,
      `iifname "${TO_SERVER}" counter name outside drop`,
    ]),
    dropUninvited(TO_SERVER),
  ])
}

/** A NAT router before a server. */
export interface ServerNatPlan {
  /** The router's address that clients dial. */
  readonly outer: string
  /** The server's private address. */
  readonly inner: string
  readonly controlPort: number
  /** Passive ports that are forwarded to the server; absent: none. */
  readonly forwarded?: FreePorts
  /** Whether nf_conntrack_ftp reads along: it rewrites 227 and opens the ports that it has read of. */
  readonly helper: boolean
}

/** Nothing reaches the private address from outside but by the rules of forwarding. */
export function serverNat({ outer, inner, controlPort, forwarded, helper }: ServerNatPlan): string {
  const destined = [String(controlPort), ...(forwarded === undefined ? [] : [ports(forwarded)])].join(', ')
  return table([
    ...(helper ? ftpHelper(controlPort) : []),
    chain('prerouting', 'type nat hook prerouting priority dstnat;', [
      `iifname "${TO_CLIENT}" ip daddr ${outer} tcp dport { ${destined} } dnat to ${inner}`,
    ]),
    chain('postrouting', 'type nat hook postrouting priority srcnat;', [
      `oifname "${TO_CLIENT}" ip saddr ${inner} snat to ${outer}`,
    ]),
    chain('forward', 'type filter hook forward priority filter; policy drop;', [
      'ct state established,related accept',
      `iifname "${TO_SERVER}" accept`,
      'ct status dnat accept',
    ]),
    dropUninvited(TO_CLIENT),
  ])
}

/** A NAT router before a client. */
export interface ClientNatPlan {
  /** The address that the world sees. */
  readonly outer: string
  readonly controlPort: number
  /** Whether nf_conntrack_ftp reads along: it rewrites PORT and lets the server's connection in. */
  readonly helper: boolean
}

/** What the world begins ends at the router, without a word. */
export function clientNat({ outer, controlPort, helper }: ClientNatPlan): string {
  return table([
    ...(helper ? ftpHelper(controlPort) : []),
    chain('postrouting', 'type nat hook postrouting priority srcnat;', [
      `oifname "${TO_SERVER}" snat to ${outer}`,
    ]),
    chain('forward', 'type filter hook forward priority filter; policy drop;', [
      'ct state established,related accept',
      `iifname "${TO_CLIENT}" accept`,
    ]),
    dropUninvited(TO_SERVER),
  ])
}

/** A router that leads control connections through a relay of its own. */
export interface InterceptionPlan {
  readonly controlPort: number
  readonly relayPort: number
  /** The router's address towards the server, from which the relay dials. */
  readonly router: string
  /** The client, as whom the relay appears, so that the server sees one address on control and data connections. */
  readonly client: string
}

export function interception({ controlPort, relayPort, router, client }: InterceptionPlan): string {
  return table([
    chain('prerouting', 'type nat hook prerouting priority dstnat;', [
      `iifname "${TO_CLIENT}" tcp dport ${controlPort} redirect to :${relayPort}`,
    ]),
    chain('postrouting', 'type nat hook postrouting priority srcnat;', [
      `oifname "${TO_SERVER}" ip saddr ${router} tcp dport ${controlPort} snat to ${client}`,
    ]),
  ])
}

/** The kernel follows only connections that a rule gives to the helper (nf_conntrack_helper is off since Linux 4.7). */
function ftpHelper(controlPort: number): string[] {
  return [
    'ct helper ftp {\n type "ftp" protocol tcp;\n}',
    chain('helper', 'type filter hook prerouting priority filter;', [
      `tcp dport ${controlPort} ct helper set "ftp"`,
    ]),
  ]
}

/** What is for the router itself and nobody has asked for gets no answer. */
function dropUninvited(from: string): string {
  return chain('input', 'type filter hook input priority filter; policy accept;', [
    'ct state established,related accept',
    `iifname "${from}" drop`,
  ])
}

function table(parts: readonly string[]): string {
  return `table ip lab {\n${parts.join('\n')}\n}\n`
}

function chain(name: string, head: string, rules: readonly string[]): string {
  return `chain ${name} {\n ${[head, ...rules].join('\n ')}\n}`
}
