import { addressFamily, isAddress } from '@portolan/protocol'
import type { ConnectEvidence } from '../evidence.ts'
import { type Facts, listed, type Rule } from './facts.ts'
import type { Fixes, Verdict, VerdictCode } from './verdict.ts'

/** The name, its addresses, and whether anything answers there. */
export const controlRules: Rule = facts => {
  const { connect } = facts.evidence
  if (!connect) return []
  if (connect.nameError !== undefined) return [unknownName(connect, connect.nameError)]
  return connect.used === undefined ? [unreachable(facts, connect)] : partly(connect)
}

function unknownName({ host }: ConnectEvidence, error: string): Verdict {
  return {
    code: 'NAME_UNKNOWN',
    confidence: 'certain',
    severity: 'error',
    text: `The name ${host} has no address (${error}). Nothing was sent to any server.`,
    fixes: {
      client:
        'Check the spelling. If the name is one of a company network, connect to that network first (VPN), or give the address in its place.',
      network: `If the name is right, its DNS entry is missing or the DNS server cannot be reached from here.`,
    },
  }
}

interface Failure {
  readonly code: VerdictCode
  readonly text: (where: string, port: number) => string
  readonly fixes: Fixes
}

/** How a control connection fails, the most telling first. */
const FAILURES: Readonly<Record<string, Failure>> = {
  refused: {
    code: 'CONTROL_REFUSED',
    text: (where, port) =>
      `${where} answers, and refuses connections to port ${port}: no server listens there, or a firewall rejects it. The way to the host is fine.`,
    fixes: {
      client:
        'Check the port: FTP and explicit TLS use 21, implicit TLS (ftps://) uses 990, and SFTP, another protocol, uses 22.',
      server:
        'Start the server, and see that it listens on the address that clients dial and not on 127.0.0.1 alone.',
      network:
        'If the server runs, a firewall before it rejects the port, or the port is forwarded to the wrong host.',
    },
  },
  timeout: {
    code: 'CONTROL_FILTERED',
    text: (where, port) =>
      `Nothing answers at ${where}, port ${port}: the packets are dropped by a firewall on the way, or the address leads nowhere.`,
    fixes: {
      client: 'Check the address. If only this network is affected, its firewall does not let FTP out.',
      server: 'Let the control port in at the host’s own firewall.',
      network: 'Let the port through, and forward it to the server if that stands behind NAT.',
    },
  },
  unreachable: {
    code: 'UNREACHABLE',
    text: where => `There is no route to ${where}: this machine or a router on the way said so.`,
    fixes: {
      client: 'Check the network of this machine, its VPN and its default gateway.',
      network: 'Check the routes towards the server.',
    },
  },
  forbidden: {
    code: 'LOCAL_FIREWALL',
    text: (where, port) =>
      `This machine itself forbids connections to ${where}, port ${port}: a firewall for outgoing connections or a sandbox.`,
    fixes: { client: 'Allow this program to connect to the server in the firewall of this machine.' },
  },
}

const ORDER = ['refused', 'reset', 'forbidden', 'timeout', 'unreachable']

function unreachable({ options }: Facts, connect: ConnectEvidence): Verdict {
  const outcomes = connect.addresses.map(one => one.connect.outcome)
  if (options.proxy) return proxyFailed(options.proxy, connect)
  const outcome = ORDER.find(name => outcomes.some(one => one === name))
  const failure = FAILURES[outcome === 'reset' ? 'refused' : (outcome ?? 'timeout')]
  const addresses = connect.addresses.map(({ address }) => address)
  const where = isAddress(connect.host) ? connect.host : `${connect.host} (${listed(addresses)})`
  const { code, text, fixes } = failure ?? { code: 'CONTROL_FILTERED', text: () => where, fixes: {} }
  return { code, confidence: 'certain', severity: 'error', text: text(where, connect.port), fixes }
}

function proxyFailed(
  { kind, host, port }: NonNullable<Facts['options']['proxy']>,
  connect: ConnectEvidence,
): Verdict {
  const outcome = connect.addresses[0]?.connect.outcome ?? 'other'
  return {
    code: 'PROXY_FAILED',
    confidence: 'certain',
    severity: 'error',
    text: `The proxy ${kind}://${host}:${port} did not connect to ${connect.host}, port ${connect.port} (${outcome}).`,
    fixes: {
      client: 'Check the proxy’s address and login, or try without a proxy.',
      network:
        'Many proxies let ports 80 and 443 through only: let the control port and the passive ports through too.',
    },
  }
}

/** Some addresses of the name work and some do not: clients that take the wrong one first wait or fail. */
function partly(connect: ConnectEvidence): readonly Verdict[] {
  const dead = connect.addresses.filter(one => one.connect.outcome !== 'connected')
  if (dead.length === 0) return []
  const alive = connect.addresses.filter(one => one.connect.outcome === 'connected')
  const isSix = dead.every(({ address }) => addressFamily(address) === 6)
  const all = isSix && alive.every(({ address }) => addressFamily(address) === 4)
  const deadText = listed(dead.map(({ address, connect: { outcome } }) => `${address} (${outcome})`))
  const aliveText = listed(alive.map(({ address }) => address))
  return [
    {
      code: all ? 'IPV6_BROKEN' : 'PARTIAL_DNS',
      confidence: 'certain',
      severity: 'warning',
      text: all
        ? `${connect.host} has IPv6 addresses at which the server does not answer: ${deadText}. IPv4 works (${aliveText}). Clients that try IPv6 first wait, or fail.`
        : `Not every address of ${connect.host} answers: ${deadText} does not, ${aliveText} does. Clients that take the wrong one first wait, or fail.`,
      fixes: {
        client: `Give the address ${alive[0]?.address ?? ''} in place of the name.`,
        server: all
          ? 'Listen on IPv6 too, or remove the AAAA entry from the DNS.'
          : 'Remove the addresses that do not answer from the DNS, or bring those hosts back.',
        ...(all && { network: 'Let the control port through for IPv6 as it is for IPv4.' }),
      },
    },
  ]
}
