import { ProtocolError, parsePasvReply } from '@portolan/protocol'
import type { PassiveEvidence } from '../evidence.ts'
import {
  connected,
  type Facts,
  mainChannel,
  passiveMoved,
  passiveOn,
  passiveSeverity,
  peerReach,
  portTries,
  quote,
  type Rule,
} from './facts.ts'
import { AGAINST_READERS, knowsOnlyPasv } from './passive.ts'
import type { Verdict } from './verdict.ts'

/** What reads along on the control connection and acts upon it: passive mode in the clear against passive mode under TLS. */
export const middleboxRules: Rule = facts => [
  ...drops(facts),
  ...helperNeeded(facts),
  ...rewritesPasv(facts),
  ...blocksEpsv(facts),
  ...onlyPasv(facts),
]

function drops(facts: Facts): readonly Verdict[] {
  const { epsv, pasv } = facts.evidence
  const lost = [pasv, epsv].find(one => one?.outcome === 'control-lost')
  if (!lost) return []
  const tls = lost.channel === 'tls'
  return [
    {
      code: 'ALG_DROPS',
      confidence: 'likely',
      severity: passiveSeverity(facts),
      text: `The control connection is lost at ${lost.command} (${quote(lost.text) || 'no reply'}). A device that follows FTP cuts it${tls ? ' because it cannot read what goes on under TLS' : ' at a reply that it does not like'}.`,
      fixes: {
        client: tls
          ? 'CCC makes the control connection readable again after the login, if the server allows it.'
          : 'Use TLS, under which the device cannot read replies.',
        server: 'See in its log whether it was the server that hung up.',
        network:
          'Switch the FTP inspection off for this server (on Windows: netsh advfirewall set global StatefulFTP disable) and open the passive ports by a rule.',
      },
    },
  ]
}

/** In the clear somebody opens ports and corrects addresses; under TLS nobody can. */
function helperNeeded(facts: Facts): readonly Verdict[] {
  const clear = passiveOn(facts, 'clear')
  const tls = passiveOn(facts, 'tls')
  const clearWorks = clear.epsv?.outcome === 'moved' || clear.pasv?.outcome === 'moved'
  const both = (clear.epsv ?? clear.pasv) !== undefined && (tls.epsv ?? tls.pasv) !== undefined
  if (!both) return suspected(facts, clear.pasv, tls.pasv)
  const tlsWorks = tls.epsv?.outcome === 'moved' || tls.pasv?.outcome === 'moved'
  const tlsFiltered = [tls.epsv, tls.pasv].some(one => one?.outcome === 'not-connected')
  const [toldClear, toldTls] = [clear.pasv?.advertised?.address, tls.pasv?.advertised?.address]
  const corrected =
    toldClear !== undefined &&
    toldTls !== undefined &&
    toldClear !== toldTls &&
    toldClear === clear.pasv?.peer
  if (!clearWorks || !((!tlsWorks && tlsFiltered) || corrected)) return []
  const address = corrected
    ? ` In the clear PASV tells ${toldClear}, under TLS ${toldTls}: the reply is corrected on the way, and under TLS nobody can.`
    : ''
  const main = mainChannel(facts)
  return [
    {
      code: 'NAT_HELPER_NEEDED',
      confidence: 'certain',
      severity: main === 'tls' && !tlsWorks && facts.options.mode !== 'active' ? 'error' : 'warning',
      text: `Passive mode works in the clear and ${tlsWorks ? 'only by chance' : 'not'} under TLS.${address} A firewall or NAT router reads the control connection along, ${tlsWorks ? 'and corrects the address' : 'and opens the passive ports that it reads of'} (an FTP helper, such as nf_conntrack_ftp). TLS blinds it. This is the most frequent trouble with FTPS.`,
      fixes: {
        client: tlsWorks
          ? 'Leave --pasv-address at control, or use EPSV.'
          : 'Until it is mended, only FTP in the clear works, which shows the password to everybody on the way; or CCC, where the server allows it.',
        server: `Set the external address for passive mode${corrected ? ` (${toldClear})` : ''} and a fixed range of passive ports.`,
        network:
          'Open the passive range by a rule of its own and forward it with the same port numbers, instead of leaving that to the helper. “portolan plan” prints the rules.',
      },
    },
  ]
}

/** One side alone was examined. */
function suspected(
  facts: Facts,
  clear: PassiveEvidence | undefined,
  tls: PassiveEvidence | undefined,
): readonly Verdict[] {
  const probe = facts.evidence['probe-pasv']
  const received = addressIn(probe?.received)
  const changed = probe?.channel === 'clear' && probe.sent !== probe.received
  if (changed && clear?.outcome === 'moved' && received === clear.peer) {
    return [
      {
        code: 'NAT_HELPER_NEEDED',
        confidence: 'likely',
        severity: 'warning',
        text: `The server’s reply to PASV is corrected on its way: it sent “${probe.sent}”, and “${probe.received}” arrived. An FTP helper in a NAT router does that, and perhaps opens the passive ports, too. Under TLS it is blind: what works now will not work there.`,
        fixes: {
          client: 'Compare under TLS: ftpes://.',
          server: `Set the external address for passive mode to ${received} and a fixed range of passive ports.`,
          network: 'Open and forward the passive range by rules of its own. “portolan plan” prints them.',
        },
      },
    ]
  }
  if (!tls || passiveMoved(facts) || mainChannel(facts) !== 'tls') return []
  const { advertisedClass, peerClass } = tls
  const isPrivate = advertisedClass === 'private' && peerReach(peerClass) === 'global'
  if (!isPrivate || portTries(facts).some(connected)) return []
  return [
    {
      code: 'NAT_HELPER_NEEDED',
      confidence: 'possible',
      severity: 'note',
      text: 'The server tells a private address and its passive ports are closed, both under TLS. If plain FTP works with this server, a NAT router helps it by reading along, and TLS blinds that helper. A comparison in the clear would prove it; it sends the password readable for everybody on the way.',
      fixes: { client: 'To compare, with an account that may be known: --allow-clear.' },
    },
  ]
}

function rewritesPasv(facts: Facts): readonly Verdict[] {
  const clear = passiveOn(facts, 'clear').pasv
  const tls = passiveOn(facts, 'tls').pasv
  const severity = mainChannel(facts) === 'clear' ? passiveSeverity(facts) : 'note'
  const probe = facts.evidence['probe-pasv']
  if (probe && probe.channel === 'clear' && probe.sent !== probe.received && !helps(clear))
    return [rewritten(severity, 'certain', `it sent “${probe.sent}”, and “${probe.received}” arrived`)]
  if (!clear?.advertised || helps(clear)) return []
  if (
    tls?.advertised &&
    tls.advertised.address !== clear.advertised.address &&
    tls.advertised.address === tls.peer
  )
    return [
      rewritten(
        severity,
        'certain',
        `under TLS, where nobody can change it, it tells ${tls.advertised.address}; in the clear ${clear.advertised.address} arrives, where nobody answers`,
      ),
    ]
  // The address is right and the port is not: EPSV has shown that ports can be reached.
  const byEpsv = portTries(facts).filter(({ command }) => command === 'EPSV')
  const epsvOpen = byEpsv.length > 1 && byEpsv.every(connected)
  const [control] = clear.candidates
  if (mainChannel(facts) === 'clear' && epsvOpen && control && !connected(control))
    return [
      rewritten(
        severity,
        'possible',
        `port ${control.endpoint.port}, which arrived in the reply to PASV, cannot be reached, while all ${byEpsv.length} ports told by EPSV can`,
      ),
    ]
  return []
}

/** What arrived leads to the server. */
function helps(clear: PassiveEvidence | undefined): boolean {
  return clear?.advertised?.address === clear?.peer && clear?.outcome === 'moved'
}

function rewritten(severity: Verdict['severity'], confidence: Verdict['confidence'], proof: string): Verdict {
  return {
    code: 'ALG_REWRITES_PASV',
    confidence,
    severity,
    text: `Something on the way changes the server’s reply to PASV, and makes it wrong: ${proof}. A router or firewall with FTP support (an application layer gateway) does that.`,
    fixes: AGAINST_READERS,
  }
}

function blocksEpsv(facts: Facts): readonly Verdict[] {
  const clear = passiveOn(facts, 'clear').epsv
  if (clear?.outcome !== 'refused' || (clear.code ?? 0) < 500) return []
  const tls = passiveOn(facts, 'tls').epsv
  const proved = tls !== undefined && tls.code === 229
  const features = facts.evidence['features-clear']
  const named = [...(features?.after ?? []), ...(features?.before ?? [])].some(line => /^EPSV\b/i.test(line))
  const both = passiveOn(facts, 'clear').pasv?.outcome === 'refused'
  if (!proved && (!named || both)) return []
  const proof = proved ? 'under TLS it is answered with a port' : 'FEAT names it'
  return [
    {
      code: 'ALG_BLOCKS_EPSV',
      confidence: proved ? 'certain' : 'possible',
      severity: mainChannel(facts) === 'clear' ? passiveSeverity(facts) : 'note',
      text: `EPSV is refused in the clear (${quote(clear.reply) || clear.code}), although ${proof}: a device on the way that knows PASV only refuses it.`,
      fixes: {
        client: `PASV ${facts.evidence.pasv?.outcome === 'moved' ? 'works' : 'may work'} in its place; clients take it by themselves after the refusal. Over IPv6 there is no PASV: use TLS.`,
        ...(AGAINST_READERS.network !== undefined && { network: AGAINST_READERS.network }),
      },
    },
  ]
}

function onlyPasv(facts: Facts): readonly Verdict[] {
  if (mainChannel(facts) !== 'clear' || !knowsOnlyPasv(facts)) return []
  return [
    {
      code: 'ALG_KNOWS_ONLY_PASV',
      confidence: 'likely',
      severity: passiveSeverity(facts),
      text: 'Ports that the server tells by PASV can be reached, and those that it tells by EPSV cannot: a firewall reads the control connection along and opens what it reads of, and it does not know EPSV.',
      fixes: {
        client:
          'Use PASV alone: curl --disable-epsv, lftp ftp:prefer-epsv off. Portolan’s client falls back to it by itself.',
        network: 'Open the passive range by a rule of its own. Under TLS the firewall opens nothing at all.',
      },
    },
  ]
}

function addressIn(reply: string | undefined): string | undefined {
  if (reply === undefined) return undefined
  try {
    return parsePasvReply(reply.replace(/^\d{3} /, '')).address
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}
