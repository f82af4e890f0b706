import { replyText, type Session, seenAddress } from '@portolan/client'
import { formatProbeAddressArgument, parseProbeAddress } from '@portolan/protocol'
import type { SeenEvidence } from '../evidence.ts'
import type { Finding } from '../recorder.ts'
import type { Context } from './context.ts'
import { hasProbe } from './probes.ts'

/** At which address the server sees this machine: by SITE PROBE, else by what STAT says. */
export async function examineSeen(
  { options, signal }: Context,
  session: Session,
): Promise<Finding<SeenEvidence>> {
  if (options.proxy) return { status: 'skip', reason: 'The server sees the proxy, and not this machine.' }
  const { local } = session.control
  if (hasProbe(session)) {
    const reply = await session.ask('SITE', `PROBE ADDR ${formatProbeAddressArgument(local)}`, signal)
    if (reply.code !== 200)
      return { status: 'skip', reason: `SITE PROBE ADDR was answered ${replyText(reply)}` }
    const { seen, local: serverLocal, peer, nat, rewritten } = parseProbeAddress(reply)
    const evidence: SeenEvidence = {
      local,
      seen: seen.address,
      seenPort: seen.port,
      by: 'probe',
      serverLocal,
      rewritten,
      ...(nat && { nat }),
      ...(peer && { balancer: peer.address }),
    }
    session.facts.seenAs = seen.address
    return { status: rewritten.length > 0 ? 'warn' : 'pass', evidence }
  }
  const seen = await seenAddress(session, signal)
  if (seen === undefined)
    return { status: 'skip', reason: 'The server does not tell how it sees this machine (SITE PROBE, STAT).' }
  return { status: 'pass', evidence: { local, seen, by: 'stat', rewritten: [] } }
}
