import { isAddress, normaliseAddress, ProtocolError, parseProbeAddress, type Reply } from '@portolan/protocol'
import type { Session } from '../session/session.ts'

/** How servers that tell it in STAT say whom they see: `Connected to 192.0.2.7`, `Connected from host (192.0.2.7)`. */
const CONNECTED = /connected (?:to|from)\b.*/i
const LITERAL = /(?:::ffff:)?\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}/gi

/** The address at which the server sees this machine, where it tells; asked once for each host. */
export async function seenAddress(session: Session, signal: AbortSignal): Promise<string | undefined> {
  const { facts, control } = session
  if (facts.seenAs !== undefined) return facts.seenAs
  const seen =
    (await seenByProbe(session, signal)) ??
    seenIn(await session.ask('STAT', undefined, signal), control.remote.address)
  if (seen !== undefined) facts.seenAs = seen
  return seen
}

/** Portolan's own servers tell it on request, in a form that nothing on the way rewrites. */
async function seenByProbe(session: Session, signal: AbortSignal): Promise<string | undefined> {
  if (!/(?:^|;)PROBE(?:;|$)/.test(session.facts.features?.get('SITE') ?? '')) return undefined
  const reply = await session.ask('SITE', 'PROBE ADDR', signal)
  if (reply.code >= 300) return undefined
  try {
    return parseProbeAddress(reply).seen.address
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}

/** Reads it from the reply to STAT. @param server - the server's own address, which many replies hold too */
export function seenIn(reply: Reply, server: string): string | undefined {
  if (reply.code >= 300) return undefined
  for (const line of reply.lines) {
    const [words] = CONNECTED.exec(line) ?? []
    const found = words
      ?.match(LITERAL)
      ?.filter(isAddress)
      .map(normaliseAddress)
      .find(address => address !== server)
    if (found) return found
  }
  return undefined
}
