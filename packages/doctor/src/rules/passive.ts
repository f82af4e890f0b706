import { isAddress } from '@portolan/protocol'
import type { PassiveEvidence, ServerView } from '../evidence.ts'
import {
  connected,
  duration,
  type Facts,
  listed,
  type PortTry,
  passiveMoved,
  passiveSeverity,
  peerReach,
  portTries,
  quote,
  type Rule,
  sentence,
  span,
} from './facts.ts'
import type { Fixes, Verdict } from './verdict.ts'

/** Passive mode by the first way: the ports, and the address that PASV tells. */
export const passiveRules: Rule = facts => [
  ...portRules(facts),
  ...addressRules(facts),
  ...refusedRules(facts),
  ...answeredByProxy(facts),
]

/** Ports told by EPSV lead nowhere, by PASV they do: somebody reads 227 along and opens what it says. */
export function knowsOnlyPasv(facts: Facts): boolean {
  const tries = portTries(facts)
  const byEpsv = tries.filter(({ command }) => command === 'EPSV')
  const byPasv = tries.filter(({ command }) => command === 'PASV')
  return byEpsv.length >= 3 && !byEpsv.some(connected) && byPasv.length > 0 && byPasv.every(connected)
}

function portRules(facts: Facts): readonly Verdict[] {
  const tries = portTries(facts)
  const open = tries.filter(connected)
  const closed = tries.filter(one => !connected(one))
  if (closed.length === 0 || knowsOnlyPasv(facts) || byAdvertised(facts)) return []
  if (open.length === 0) return [rangeClosed(facts, closed)]
  // A port of a 227 that was changed on the way says nothing of the range.
  const { epsv, ports } = facts.evidence
  const isPasvAlone = closed.every(({ command }) => command === 'PASV')
  if (isPasvAlone && (connected(epsv?.candidates[0] ?? {}) || ports?.tries.some(connected))) return []
  return [rangePartlyOpen(facts, open, closed)]
}

/** PASV's address works where that of the control connection does not. */
function byAdvertised({ evidence: { pasv } }: Facts): boolean {
  return pasv?.candidates.some(one => one.kind === 'advertised' && connected(one)) === true
}

function rangeClosed(facts: Facts, closed: readonly PortTry[]): Verdict {
  const { evidence, options } = facts
  const ports = span(closed.map(({ port }) => port))
  const view = viewOf(evidence.epsv) ?? viewOf(evidence.pasv)
  const unseen = view !== undefined && (view.outcome === 'waiting' || view.outcome === 'nobody-came')
  const count = closed.length === 1 ? 'The passive port' : `None of ${closed.length} passive ports`
  const what = closed.length === 1 ? 'could not be reached' : 'could be reached'
  const server = unseen
    ? ` The server says that it listened and that nobody came${view.endpoint ? ` to port ${view.endpoint.port}` : ''}: the packets are lost before they reach it.`
    : ''
  const { mode } = options
  return {
    code: 'PASSIVE_RANGE_CLOSED',
    confidence: unseen ? 'certain' : closed.length >= 4 ? 'likely' : 'possible',
    severity: passiveSeverity(facts),
    text: `The control connection works, and data connections in passive mode do not. ${count} that the server told (${ports}) ${what}: ${howFailed(closed)}.${server} A firewall or NAT before the server lets the control port through and not the passive ports.`,
    fixes: {
      client: activeMoved(facts)
        ? 'Active mode works from here: --mode active, or --mode auto.'
        : mode === 'active'
          ? 'Stay with active mode.'
          : 'Nothing at the client helps as long as the ports are closed.',
      server: `Let the passive ports in at the host’s own firewall, and set a fixed range; ports ${ports} were seen, the range may be wider.`,
      network: `Open the whole passive range for incoming TCP, and forward it with the same numbers where the server stands behind NAT. “portolan plan” prints the rules.`,
    },
  }
}

function howFailed(closed: readonly PortTry[]): string {
  const by = (outcome: string) => closed.filter(({ connect }) => connect.outcome === outcome)
  const silent = by('timeout')
  const refused = by('refused')
  const parts: string[] = []
  if (silent.length > 0)
    parts.push(
      `no answer came within ${duration(Math.max(...silent.map(({ connect }) => connect.ms)))}, so the packets are dropped`,
    )
  if (refused.length > 0)
    parts.push(
      `the connection was refused after ${duration(Math.min(...refused.map(({ connect }) => connect.ms)))}, so something rejects it, or it reaches a host where nothing listens`,
    )
  const rest = closed.length - silent.length - refused.length
  if (rest > 0) {
    const outcomes = closed.map(({ connect }) => connect.outcome)
    const others = outcomes.filter(outcome => outcome !== 'timeout' && outcome !== 'refused')
    parts.push(`it ended with ${listed(others)}`)
  }
  return parts.join('; ')
}

function rangePartlyOpen(facts: Facts, open: readonly PortTry[], closed: readonly PortTry[]): Verdict {
  const openPorts = unique(open)
  const closedPorts = unique(closed)
  const [lowOpen, highOpen] = [Math.min(...openPorts), Math.max(...openPorts)]
  const [lowClosed, highClosed] = [Math.min(...closedPorts), Math.max(...closedPorts)]
  const splits = highOpen < lowClosed || highClosed < lowOpen
  const boundary = splits
    ? highOpen < lowClosed
      ? ` Everything up to ${highOpen} is open and everything from ${lowClosed} on is closed: the firewall’s rule ends before the server’s range does.`
      : ` Everything up to ${highClosed} is closed and everything from ${lowOpen} on is open: the firewall’s rule begins after the server’s range does.`
    : ''
  return {
    code: 'PASSIVE_RANGE_PARTLY_OPEN',
    confidence: splits && closed.length > 1 ? 'certain' : closed.length > 1 ? 'likely' : 'possible',
    // One lost connection may be chance.
    severity: facts.options.mode === 'active' ? 'note' : closed.length > 1 ? 'error' : 'warning',
    text: `Some passive ports can be reached and some cannot, so transfers fail now and then. Open: ${listed(openPorts)}. Closed: ${listed(closedPorts)} (${howFailed(closed)}).${boundary}`,
    fixes: {
      client: 'Trying again helps by chance: --retries 5. Active mode does without the passive ports.',
      server: 'Make the server’s passive range as small as the firewall’s rule.',
      network: `Make the firewall’s rule, and the port forwarding, as wide as the server’s range; ports ${span([...openPorts, ...closedPorts])} were seen.`,
    },
  }
}

function unique(tries: readonly PortTry[]): readonly number[] {
  return [...new Set(tries.map(({ port }) => port))].toSorted((a, b) => a - b)
}

/** What PASV tells, against the address that the control connection has reached. */
function addressRules(facts: Facts): readonly Verdict[] {
  const { pasv } = facts.evidence
  // Behind a proxy the server’s address is not known.
  if (!pasv?.advertised || !isAddress(pasv.peer) || pasv.advertised.address === pasv.peer) return []
  const { advertised, advertisedClass = 'unusable', peer } = pasv
  const byTold = pasv.candidates.find(({ kind }) => kind === 'advertised')
  const byControl = pasv.candidates.find(({ kind }) => kind === 'control')
  const told = advertised.address
  if (byTold && connected(byTold)) {
    return byControl && !connected(byControl) ? [separateHost(facts, pasv, told)] : []
  }
  const reach = peerReach(pasv.peerClass)
  const isLocal = advertisedClass !== 'global' && advertisedClass !== 'unusable'
  const severity = wrongAddressSeverity(facts)
  if ((isLocal && advertisedClass !== reach) || told.startsWith('0.')) {
    return [
      {
        code: 'SERVER_ADVERTISES_PRIVATE',
        confidence: 'certain',
        severity,
        text: `The server is reached at ${peer}, and tells in its reply to PASV that data connections go to ${told}, an address that means something only ${PLACES[advertisedClass] ?? 'there'}. Clients that believe it fail; those that stay at the address of the control connection, and those that use EPSV, get through${passiveMoved(facts) ? '' : ' once the passive ports are open'}.`,
        fixes: {
          client: 'Leave --pasv-address at control, which is the default. In WinSCP: FtpForcePasvIp2=0 (On).',
          server: `Set the external address for passive mode to ${peer} or to the name that clients dial, and restrict it to clients from outside.`,
          network: 'The gateway could do it instead, but its FTP helper is blind under TLS.',
        },
      },
    ]
  }
  return [wrongExternal(facts, pasv, told, severity)]
}

const PLACES: Readonly<Record<string, string>> = {
  private: 'inside the server’s own network',
  cgnat: 'inside a provider’s network',
  'link-local': 'on one wire',
  loopback: 'on the server itself',
}

/** Whoever believes the server, by setting, cannot get through at all. */
function wrongAddressSeverity({ options }: Facts): Verdict['severity'] {
  if (options.mode === 'active') return 'note'
  return options.pasvAddress === 'server' ? 'error' : 'warning'
}

function wrongExternal(
  facts: Facts,
  { peer, peerClass }: PassiveEvidence,
  told: string,
  severity: Verdict['severity'],
): Verdict {
  const hairpin = peerReach(peerClass) === 'private'
  return {
    code: 'WRONG_EXTERNAL_ADDRESS',
    confidence: 'likely',
    severity,
    text: `The server is reached at ${peer}, and tells in its reply to PASV that data connections go to ${told}, where nobody answers. ${hairpin ? 'It tells its outside address to a client inside, and the gateway does not lead that back in (hairpin NAT).' : 'The external address in its settings is wrong or out of date.'}${passiveMoved(facts) ? ' The address of the control connection works for data, too.' : ''}`,
    fixes: {
      client: 'Leave --pasv-address at control, which is the default.',
      server: hairpin
        ? 'Tell the external address to clients from outside only.'
        : `Set the external address for passive mode to ${peer}, or to a name that follows a changing address.`,
    },
  }
}

function separateHost(
  facts: Facts,
  { peer, peerClass, advertisedClass }: PassiveEvidence,
  told: string,
): Verdict {
  const { pasvAddress } = facts.options
  const auto = advertisedClass === peerClass
  const asked = pasvAddress === 'server' || (pasvAddress === 'auto' && auto)
  const epsvMoved = facts.evidence.epsv?.outcome === 'moved'
  return {
    code: 'SEPARATE_DATA_HOST',
    confidence: 'certain',
    severity: asked || epsvMoved || facts.options.mode === 'active' ? 'note' : 'error',
    text: `Data connections work at ${told}, the address that the server tells in its reply to PASV, and not at ${peer}, the address of the control connection: the server has several addresses, or another host does the transfers.`,
    fixes: {
      client: `Believe the server: --pasv-address ${auto ? 'auto' : 'server'}. Do so only with servers that you trust: they choose where your client connects to.`,
      server:
        'Let data connections in at the address of the control connection, too; EPSV clients know no other.',
    },
  }
}

function refusedRules(facts: Facts): readonly Verdict[] {
  const { epsv, pasv } = facts.evidence
  const tried = [epsv, pasv].filter(one => one !== undefined)
  const refused = tried.filter(({ outcome }) => outcome === 'refused' || outcome === 'malformed')
  if (refused.length === 0 || refused.length < tried.length) return []
  const said = refused.map(({ command, reply }) => `${command} was answered ${reply ?? 'with nothing'}`)
  return [
    {
      code: 'PASSIVE_REFUSED',
      confidence: 'certain',
      severity: passiveSeverity(facts),
      text: `The server gives no passive port: ${sentence(said.join('; '))}`,
      fixes: {
        client: activeMoved(facts) ? 'Active mode works from here: --mode active.' : 'Try active mode.',
        server:
          'Passive mode may be switched off, forbidden to this user, or have no port left: look at its passive range and its log.',
        network:
          'If the server has passive mode on, a gateway that reads FTP along may refuse it: compare under TLS.',
      },
    },
  ]
}

/** We were connected, and the server saw nobody: a device answers SYN in its place. */
function answeredByProxy(facts: Facts): readonly Verdict[] {
  const { epsv, pasv } = facts.evidence
  const fooled = [epsv, pasv].find(
    one =>
      one?.outcome === 'not-moved' &&
      (one.transfer?.code === 425 ||
        one.server?.outcome === 'waiting' ||
        one.server?.outcome === 'nobody-came'),
  )
  if (!fooled || passiveMoved(facts)) return []
  const proved = fooled.server !== undefined
  return [
    {
      code: 'ANSWERED_BY_PROXY',
      confidence: proved ? 'certain' : 'possible',
      severity: passiveSeverity(facts),
      text: `The connection to the passive port was accepted, and the server says that none came (${quote(fooled.server?.text ?? fooled.transfer?.reply) || '425'}). A device on the way, such as a transparent proxy or a SYN proxy, accepts connections in the server’s place; or the server drops ours since it comes from another address than the control connection.`,
      fixes: {
        client: 'With several ways to the Internet, bind to one: --bind ADDRESS.',
        server:
          'Allow data connections from another address than that of the control connection only if you must.',
        network:
          'Exempt the passive ports from the proxy, and send control and data connections the same way.',
      },
    },
  ]
}

export function activeMoved({ evidence: { eprt, port } }: Facts): boolean {
  return eprt?.outcome === 'moved' || port?.outcome === 'moved'
}

function viewOf(evidence: PassiveEvidence | undefined): ServerView | undefined {
  return evidence?.outcome === 'not-connected' ? evidence.server : undefined
}

/** What helps against everything that reads along. */
export const AGAINST_READERS: Fixes = {
  client: 'Use TLS: what reads along cannot change what it cannot read. EPSV has no address to change.',
  network:
    'Switch the FTP helper off (FTP ALG, “session helper”, nf_conntrack_ftp) and open the passive ports by a rule.',
}
