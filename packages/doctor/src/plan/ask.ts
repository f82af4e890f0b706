import { isIP, isIPv4 } from 'node:net'
import { ChannelError, PortRange } from '@portolan/channels'
import { formatEndpoint } from '@portolan/protocol'
import { PlanError, type PlanField } from './errors.ts'

/** A place where control connections are accepted. */
export interface PlanListener {
  /** IP address that is bound: `0.0.0.0` is every IPv4 address, `::` every address of both families. */
  readonly host: string
  readonly port: number
  /** `explicit`: AUTH TLS (RFC 4217). `implicit`: TLS from the first byte. */
  readonly tls: 'explicit' | 'implicit'
}

/** What is to be planned for. */
export interface PlanAsk {
  /** Client machines at once. */
  readonly clients: number
  /** Transfers at once of each. */
  readonly perClient: number
  /** Clients behind one NAT address. Default 1. */
  readonly sameAddress?: number | undefined
  /** Plans for a server that gives each session a port of its own. Default false: ports are shared, as Portolan does. */
  readonly exclusive?: boolean | undefined
  /** Mean length of a transfer, seconds. Counts for servers with exclusive ports only. Default 15. */
  readonly transferSeconds?: number | undefined
  /** Worker processes of Portolan, each with its own part of the ports. Default 4. */
  readonly workers?: number | undefined
  /** First passive port. Default: 61000, or where the range fits. */
  readonly basePort?: number | undefined
  /** Default: port 21 of every IPv4 address. */
  readonly listeners?: readonly PlanListener[] | undefined
  /** The address that clients dial, when the server stands behind NAT. IPv4. */
  readonly nat?: string | undefined
  /** The server's own address: NAT and load balancers forward to it. */
  readonly server?: string | undefined
  /** The address from which a load balancer with PROXY protocol connects. */
  readonly balancer?: string | undefined
  /** Source ports of active data connections. Default: none are reserved. */
  readonly active?: { readonly basePort: number; readonly numberOfPorts: number } | undefined
  /** Ports that the server's kernel gives to outgoing connections. Default: those of Linux, 32768 to 60999. */
  readonly ephemeral?: PortRange | undefined
  /** Ports that the server's kernel keeps out of them. Default: none. */
  readonly reserved?: ((port: number) => boolean) | undefined
}

/** The question with its defaults, checked. */
export interface PlanFacts {
  readonly clients: number
  readonly perClient: number
  readonly sameAddress: number
  readonly exclusive: boolean
  readonly transferSeconds: number
  readonly workers: number
  readonly basePort: number | undefined
  readonly listeners: readonly [PlanListener, ...PlanListener[]]
  readonly nat: string | undefined
  readonly server: string | undefined
  readonly balancer: string | undefined
  readonly active: PortRange | undefined
  readonly ephemeral: PortRange
  readonly reserved: (port: number) => boolean
}

/** What Linux has without `net.ipv4.ip_local_port_range`. */
const LINUX_EPHEMERAL = { basePort: 32_768, numberOfPorts: 28_232 }
/** A plan is for people: rules for more listeners than this are a mistake. */
const MOST_LISTENERS = 16

/** Checks what is asked. @throws {PlanError} for the first part that cannot be */
export function checkAsk(ask: PlanAsk): PlanFacts {
  const clients = whole('clients', ask.clients, 1_000_000)
  const facts: PlanFacts = {
    clients,
    perClient: whole('perClient', ask.perClient, 1_000),
    sameAddress: whole('sameAddress', ask.sameAddress ?? 1, 1_000_000),
    exclusive: ask.exclusive ?? false,
    transferSeconds: whole('transferSeconds', ask.transferSeconds ?? 15, 86_400),
    workers: whole('workers', ask.workers ?? 4, 256),
    basePort: ask.basePort,
    listeners: checkListeners(ask.listeners),
    nat: address('nat', ask.nat, 4),
    server: address('server', ask.server),
    balancer: address('balancer', ask.balancer),
    active: activeRange(ask.active),
    ephemeral: ask.ephemeral ?? PortRange.of(LINUX_EPHEMERAL),
    reserved: ask.reserved ?? (() => false),
  }
  if (facts.sameAddress > clients) {
    const text = `must not be more than the ${clients} clients there are, and not ${facts.sameAddress}`
    throw new PlanError('PLAN_CONFLICT', 'sameAddress', text)
  }
  checkNat(facts)
  return facts
}

function whole(field: PlanField, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new PlanError('PLAN_VALUE', field, `must be a whole number from 1 to ${most}`)
}

function address(field: PlanField, text: string | undefined, family?: 4): string | undefined {
  const version = text === undefined ? 4 : isIP(text)
  if (version !== 0 && !text?.includes('%') && (family === undefined || version === family)) return text
  const kind = family === 4 ? 'an IPv4 address such as 203.0.113.7' : 'an IP address such as 10.0.0.5'
  throw new PlanError('PLAN_VALUE', field, `must be ${kind}`)
}

function checkListeners(given: readonly PlanListener[] = []): PlanFacts['listeners'] {
  const [first = { host: '0.0.0.0', port: 21, tls: 'explicit' }, ...rest] = given
  const listeners: PlanFacts['listeners'] = [first, ...rest]
  const wrong = (code: 'PLAN_VALUE' | 'PLAN_CONFLICT', text: string) => new PlanError(code, 'listener', text)
  if (listeners.length > MOST_LISTENERS) {
    throw wrong(
      'PLAN_CONFLICT',
      `may be given ${MOST_LISTENERS} times at most, and not ${listeners.length} times`,
    )
  }
  const seen = new Set<string>()
  for (const { host, port } of listeners) {
    if (isIP(host) === 0 || host.includes('%')) {
      throw wrong('PLAN_VALUE', 'must name an IP address to bind, such as 0.0.0.0')
    }
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw wrong('PLAN_VALUE', 'must have a port from 1 to 65535')
    }
    const place = formatEndpoint({ address: host, port })
    if (seen.has(place)) throw wrong('PLAN_CONFLICT', `is given twice: ${place}`)
    seen.add(place)
  }
  return listeners
}

function activeRange(given: PlanAsk['active']): PortRange | undefined {
  try {
    return given && PortRange.of(given)
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error
    throw new PlanError('PLAN_VALUE', 'active', `cannot be: ${error.message}`)
  }
}

function checkNat({ nat, server, balancer, listeners }: PlanFacts): void {
  if (nat === undefined) return
  if (nat === '0.0.0.0') {
    throw new PlanError('PLAN_VALUE', 'nat', 'must be the address that clients dial')
  }
  for (const [field, leadsTo] of [
    ['balancer', balancer],
    ['server', server],
  ] as const) {
    if (leadsTo === undefined || isIPv4(leadsTo)) continue
    throw new PlanError('PLAN_CONFLICT', field, `must be an IPv4 address, since NAT of ${nat} leads to it`)
  }
  if (nat === server) {
    throw new PlanError('PLAN_CONFLICT', 'nat', `is the server's own address, ${nat}: then there is no NAT`)
  }
  if (!listeners.some(({ host }) => isIPv4(host) || host === '::')) {
    throw new PlanError(
      'PLAN_CONFLICT',
      'nat',
      `leads to no listener: ${nat} is IPv4, and none listens there`,
    )
  }
}
