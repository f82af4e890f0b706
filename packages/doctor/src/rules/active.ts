import { isOutwardsOnlyReply } from '@portolan/protocol'
import type { ActiveEvidence, Evidence } from '../evidence.ts'
import {
  activeSeverity,
  duration,
  type Facts,
  mainChannel,
  peerReach,
  portOn,
  quote,
  type Rule,
} from './facts.ts'
import { AGAINST_READERS, activeMoved } from './passive.ts'
import type { Confidence, Verdict } from './verdict.ts'

/** Active mode: whether the server can dial this machine, and what changes PORT on the way. */
export const activeRules: Rule = facts => [
  ...rewritesPort(facts),
  ...fixesPort(facts),
  ...behindNat(facts),
  ...notDialled(facts),
]

/** How sure it is that this machine is seen at another address, and at which. */
interface Nat {
  readonly confidence: Confidence
  readonly local: string
  readonly seen?: string
}

function natOf({ evidence }: Facts): Nat | undefined {
  const { seen, connect, epsv, pasv } = evidence
  if (seen?.seen !== undefined) {
    const { local, seen: outside, by } = seen
    if (outside === local.address) return undefined
    return { confidence: by === 'probe' ? 'certain' : 'likely', local: local.address, seen: outside }
  }
  const local = connect?.local?.address
  const peerClass = (epsv ?? pasv)?.peerClass ?? connect?.addresses[0]?.class
  const localClass = evidence.local?.addresses.find(({ address }) => address === local)?.class
  if (local === undefined || peerClass === undefined) return undefined
  const inside = localClass === 'private' || localClass === 'cgnat'
  return inside && peerReach(peerClass) === 'global' ? { confidence: 'possible', local } : undefined
}

/** Whether a zero-trust connector answers for the server. */
function isBehindConnector({ evidence: { port, eprt } }: Facts): boolean {
  return [port, eprt].some(one => isOutwardsOnlyReply(one?.reply ?? ''))
}

function behindNat(facts: Facts): readonly Verdict[] {
  const nat = natOf(facts)
  const tried = [facts.evidence.eprt, facts.evidence.port].some(one => one !== undefined)
  // With an external address set, this machine knows where it stands. Behind a connector the server sees the connector.
  if (!nat || !tried || activeMoved(facts) || isBehindConnector(facts)) return []
  const { local, seen } = nat
  const set = facts.options.externalAddress !== undefined
  const known = seen === undefined ? 'a public address' : seen
  return [
    {
      code: 'CLIENT_BEHIND_NAT',
      confidence: nat.confidence,
      severity: activeSeverity(facts),
      text: `This machine stands behind NAT: it has the address ${local}, and the server sees it as ${known}. ${set ? 'The external address that is set was announced, and still' : 'In active mode it announces an address that'} the server ${set ? 'cannot reach it' : 'cannot dial'}, so active mode does not work.`,
      fixes: {
        client: `Use passive mode, which needs nothing from the NAT. If it has to be active mode: --external-address ${seen ?? 'ask'} --active-ports 40000:100.`,
        network: `For active mode, forward a range of ports of ${known} to ${local}. An FTP helper in the router does it in the clear only.`,
      },
    },
  ]
}

function rewritesPort(facts: Facts): readonly Verdict[] {
  const { echo, port, eprt } = facts.evidence
  if (echo && echo.channel === 'clear' && echo.sent !== echo.received)
    return [rewrites(facts, 'certain', `“${echo.sent}” was sent, and “${echo.received}” arrived`)]
  const clear = portOn(facts, 'clear')
  if (!clear || clear.outcome === 'moved' || !clear.announced) return []
  const { announced, server } = clear
  const understood = server?.endpoint
  if (understood && (understood.address !== announced.address || understood.port !== announced.port))
    return [
      rewrites(
        facts,
        'certain',
        `PORT was sent with ${announced.address} port ${announced.port}, and the server received ${understood.address} port ${understood.port}`,
      ),
    ]
  const seen = facts.evidence.seen?.seen
  const isOwn = seen === undefined || seen === announced.address
  const tls = portOn(facts, 'tls')
  const others = (mainChannel(facts) === 'clear' && eprt?.outcome === 'moved') || tls?.outcome === 'moved'
  if (clear.outcome === 'refused' && isOwn && others && port !== undefined)
    return [
      rewrites(
        facts,
        'likely',
        `PORT with ${announced.address} is refused in the clear (${quote(clear.reply)}), while ${tls?.outcome === 'moved' ? 'under TLS it is accepted' : 'EPRT with the same address is accepted'}`,
      ),
    ]
  return []
}

function rewrites(facts: Facts, confidence: Confidence, proof: string): Verdict {
  const severity = activeSeverity(facts)
  return {
    code: 'ALG_REWRITES_PORT',
    confidence,
    severity: severity === 'note' ? 'warning' : severity,
    text: `Something on the way changes commands: ${proof}. A router or firewall with FTP support (an application layer gateway) does that.`,
    fixes: {
      client: 'Use TLS, under which nobody can change commands; or passive mode.',
      ...(AGAINST_READERS.network !== undefined && { network: AGAINST_READERS.network }),
    },
  }
}

/** A helper before the client turns the private address of PORT into the public one. */
function fixesPort(facts: Facts): readonly Verdict[] {
  const clear = portOn(facts, 'clear')
  const nat = natOf(facts)
  if (clear?.outcome !== 'moved' || !nat || clear.announced?.address !== nat.local) return []
  const tls = portOn(facts, 'tls')
  const proved = tls !== undefined && tls.outcome !== 'moved'
  return [
    {
      code: 'ALG_FIXES_PORT',
      confidence: proved || clear.server?.endpoint !== undefined ? 'certain' : nat.confidence,
      severity: facts.options.mode === 'passive' ? 'note' : 'warning',
      text: `Active mode works in the clear although this machine announces ${nat.local} and the server sees ${nat.seen ?? 'another address'}: an FTP helper in the NAT router corrects PORT and lets the server’s connection in.${proved ? ' Under TLS it cannot, and active mode does not work there.' : ' Under TLS it could not.'}`,
      fixes: {
        client: 'Use passive mode, above all with TLS.',
        network:
          'For active mode under TLS, forward a range of ports and set the external address at the client.',
      },
    },
  ]
}

function notDialled(facts: Facts): readonly Verdict[] {
  const { evidence } = facts
  if (activeMoved(facts)) return []
  const tried = [evidence.port, evidence.eprt].filter(one => one !== undefined)
  const [first] = tried
  if (!first) return []
  const one = tried.find(({ outcome }) => outcome !== 'refused') ?? first
  const verdict = verdictOf(facts, one, evidence)
  return verdict ? [{ ...verdict, severity: activeSeverity(facts) }] : []
}

type Found = Omit<Verdict, 'severity'>

function verdictOf(facts: Facts, active: ActiveEvidence, { eprt, port }: Evidence): Found | undefined {
  switch (active.outcome) {
    case 'refused':
      return refused(facts, [port, eprt])
    case 'dial-failed':
      return portClosed(active)
    case 'wrong-source':
      return wrongSource(active)
    case 'nobody-came':
      return filtered(active)
    default:
      return undefined
  }
}

function refused(facts: Facts, tried: readonly (ActiveEvidence | undefined)[]): Found {
  const replies = new Set(tried.flatMap(one => (one?.reply === undefined ? [] : [quote(one.reply)])))
  if (isBehindConnector(facts))
    return {
      code: 'ACTIVE_REFUSED_BY_CONNECTOR',
      confidence: 'certain',
      text: `The server is reached through a zero-trust connector, which refuses active mode for it (${[...replies].join('; ')}). Connections of such a way only go outwards: the server cannot dial this machine, whatever is set there.`,
      fixes: { client: 'Use passive mode.' },
    }
  const address = tried.find(one => one?.announced)?.announced?.address ?? 'its address'
  const nat = natOf(facts)
  return {
    code: 'ACTIVE_REFUSED_BY_SERVER',
    confidence: 'certain',
    text: `The server refuses active mode (${[...replies].join('; ')}). ${nat ? `It was asked to dial ${address}, and servers dial nobody but the address that they see.` : 'It may have active mode switched off, or not allow it to this user.'}`,
    fixes: {
      client: nat
        ? `Use passive mode, or announce the address that the server sees: --external-address ${nat.seen ?? 'ask'}.`
        : 'Use passive mode.',
      ...(!nat && { server: 'Switch active mode (PORT, EPRT) on, if it is wanted.' }),
    },
  }
}

function portClosed({ announced, reply, server, ownPort }: ActiveEvidence): Found {
  const own =
    ownPort?.outcome === 'connected' ? ' The port listens: from this machine it can be reached.' : ''
  const view = server ? ` The server says: ${quote(server.text)}.` : ''
  return {
    code: 'CLIENT_PORT_CLOSED',
    confidence: server ? 'certain' : 'likely',
    text: `The server accepted the address and its connection to ${announced?.address ?? 'this machine'}, port ${announced?.port ?? '?'}, was refused at once (${quote(reply) || '425'}).${view}${own} Something before the client rejects incoming connections.`,
    fixes: {
      client:
        'Use passive mode; or allow incoming connections to this program in this machine’s firewall, with a fixed range: --active-ports 40000:100.',
      network: 'Let the server’s connections to that range through to this machine.',
    },
  }
}

function filtered({ announced, ms, ownPort, server }: ActiveEvidence): Found {
  const here = ownPort !== undefined && ownPort.outcome !== 'connected'
  const view = server ? ` The server says: ${quote(server.text)}.` : ''
  return {
    code: 'INCOMING_FILTERED',
    confidence: 'likely',
    text: `The server accepted ${announced?.address ?? 'the address'}, port ${announced?.port ?? '?'}, and did not come within ${duration(ms ?? 0)}.${view} ${here ? 'Not even this machine reaches its own port: its firewall drops incoming connections.' : 'A firewall drops the server’s connections: this machine’s own, a router’s, or one that lets the server begin none.'}`,
    fixes: {
      client:
        'Use passive mode; or allow incoming connections to this program, with a fixed range: --active-ports 40000:100.',
      server: 'Let the server begin connections (from port 20 or its active range) to clients.',
      network: 'Let the server’s connections to the client’s range through.',
    },
  }
}

function wrongSource({ strangers, announced }: ActiveEvidence): Found {
  return {
    code: 'ACTIVE_WRONG_SOURCE',
    confidence: 'likely',
    text: `While the server was awaited at port ${announced?.port ?? '?'}, a connection came from ${strangers.join(', ')} instead of from the address of the control connection, and was closed. The server has several addresses, or NAT changes the one of its data connections.`,
    fixes: {
      client:
        'Use passive mode. If the address is known to be the server’s, switch the check of the peer off.',
      server: 'Have data connections begin at the address of the control connection.',
      network: 'Translate the server’s data connections to the same address as its control connections.',
    },
  }
}
