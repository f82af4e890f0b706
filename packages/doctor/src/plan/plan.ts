import type { Because, Decision } from '@portolan/channels'
import { checkAsk, type PlanAsk, type PlanFacts } from './ask.ts'
import { count, exclusiveNeed, type PortNeed, sharedNeed, TIME_WAIT_SECONDS } from './ports.ts'
import { isPrivate } from './private-networks.ts'
import { chooseRange } from './range.ts'
import { aws } from './rules/aws.ts'
import { firewalld, firewalldNat } from './rules/firewalld.ts'
import { haproxy } from './rules/haproxy.ts'
import { iptables, iptablesNat } from './rules/iptables.ts'
import { kubernetes } from './rules/kubernetes.ts'
import { nftables, nftablesNat } from './rules/nftables.ts'
import { ufw } from './rules/ufw.ts'
import { windows } from './rules/windows.ts'
import { controlPorts, natOf, type PlanContext, type PlanSection } from './section.ts'
import { filezilla } from './settings/filezilla.ts'
import { filezillaServer } from './settings/filezilla-server.ts'
import { portolan } from './settings/portolan.ts'
import { winscp } from './settings/winscp.ts'

/** How many ports, which, why, and the rules for them. */
export interface Plan {
  /** The answer, in one paragraph. */
  readonly answer: string
  /** Which need counts. */
  readonly sharing: 'by-client' | 'exclusive'
  /** What it takes with shared ports, and what with exclusive ones. */
  readonly need: { readonly shared: PortNeed; readonly exclusive: PortNeed }
  /** Ports of control connections. */
  readonly control: readonly number[]
  /** The passive ports. */
  readonly passive: Decision<{
    readonly basePort: number
    readonly numberOfPorts: number
    readonly portEnd: number
  }>
  /** What was taken for granted; a sentence each. */
  readonly assumptions: readonly string[]
  /** What works and is not as it should be. */
  readonly warnings: readonly Because[]
  readonly sections: readonly PlanSection[]
}

/**
 * Plans the ports of a server, and the rules that let them through.
 * @throws {PlanError} for what cannot be, with what is allowed
 */
export function plan(ask: PlanAsk): Plan {
  const facts = checkAsk(ask)
  const need = { shared: sharedNeed(facts), exclusive: exclusiveNeed(facts) }
  const chosen = facts.exclusive ? need.exclusive : need.shared
  const { range, warnings } = chooseRange(chosen, facts)
  const context = { facts, range: range.value }
  return {
    answer: answer(context, need),
    sharing: facts.exclusive ? 'exclusive' : 'by-client',
    need,
    control: controlPorts(facts),
    passive: {
      value: { basePort: range.value.base, numberOfPorts: range.value.count, portEnd: range.value.end },
      because: range.because,
    },
    assumptions: assumptions(facts),
    warnings: [...warnings, ...natWarnings(facts)],
    sections: sections(context),
  }
}

function answer({ facts, range }: PlanContext, need: Plan['need']): string {
  const control = controlPorts(facts)
  const next = `${control.length === 1 ? 'port' : 'ports'} ${control.join(', ')}`
  const open = `Open ${count(range.count, 'passive port')}, ${range}, next to ${next}.`
  const who = `${count(facts.clients, 'client')} with ${count(facts.perClient, 'transfer')} each`
  const { minimum, recommended } = need.exclusive
  if (facts.exclusive) {
    return `${open} They serve ${who} on a server that gives each session a port of its own; ${minimum.value} is the least. Portolan shares its ports among client addresses and would do with ${need.shared.recommended.value}.`
  }
  return `${open} They serve ${who}, because Portolan shares its ports among client addresses; ${need.shared.minimum.value} is the least. A server that gives each session a port of its own (vsftpd, IIS, FileZilla Server and most others) would need ${minimum.value} at the least, and better ${recommended.value}.`
}

function assumptions(facts: PlanFacts): string[] {
  const { nat, server, balancer } = facts
  const gateway =
    nat !== undefined && server === undefined && balancer === undefined
      ? [`Somebody else sends what comes to ${nat} on to the server. For rules that do: --server.`]
      : []
  return [...loads(facts), ...gateway]
}

function loads(facts: PlanFacts): string[] {
  const { sameAddress, workers, transferSeconds, exclusive } = facts
  if (exclusive) {
    return [
      `A transfer takes ${transferSeconds} seconds on average (--transfer-seconds): the shorter they are, the more ports rest in TIME_WAIT.`,
      `TIME_WAIT lasts ${TIME_WAIT_SECONDS} seconds, as on Linux. Other systems hold a port for up to 240.`,
    ]
  }
  return [
    sameAddress === 1
      ? 'Every client has an address of its own. Offices behind one NAT address count together: --same-address.'
      : `At most ${sameAddress} clients share one address (--same-address).`,
    `The server runs ${count(workers, 'worker')} (--workers); each owns a part of the ports.`,
  ]
}

/** A private address behind which there are clients is a second NAT, or a mistake. */
function natWarnings({ nat }: PlanFacts): Because[] {
  if (nat === undefined || !isPrivate(nat)) return []
  const text = `${nat} is a private address: clients on the Internet cannot dial it. Give the address that they dial`
  return [{ code: 'nat-private', text }]
}

function sections(context: PlanContext): PlanSection[] {
  const through = natOf(context)
  return [
    portolan(context),
    nftables(context),
    ...(through ? [nftablesNat(through)] : []),
    iptables(context),
    ...(through ? [iptablesNat(through)] : []),
    ufw(context),
    firewalld(context),
    ...(through ? [firewalldNat(through)] : []),
    windows(context),
    aws(context),
    haproxy(context),
    kubernetes(context),
    winscp(context),
    filezilla(context),
    filezillaServer(context),
  ]
}
