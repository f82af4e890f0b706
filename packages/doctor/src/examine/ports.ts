import type { Session } from '@portolan/client'
import type { PortsEvidence } from '../evidence.ts'
import type { Finding } from '../recorder.ts'
import { type Context, peerOf } from './context.ts'
import { agreePassive, dialPassive } from './passive.ts'

/** Ports that are tried. */
const TRIES = 8
/** Sessions that they are shared among: a port that drops packets costs its whole bound. */
const WALKERS = 2
/** A lost packet is sent again after one second; this lets it be. */
const PORT_MS = 2_500

type Tries = PortsEvidence['tries']

/** Runs something with a session of its own. */
export type WithSession = <T>(run: (session: Session) => Promise<T>) => Promise<T>

/** Has the server tell several ports, and dials each at the address of the control connection. */
export async function examinePorts(
  context: Context,
  withSession: WithSession,
): Promise<Finding<PortsEvidence>> {
  const first = await walkAll(context, withSession)
  // One that failed among many may be chance: as many again tell.
  const again = failed(first) === 1 ? await walkAll(context, withSession) : []
  const tries = [...first, ...again]
  if (tries.length === 0) return { status: 'skip', reason: 'The server told no passive port.' }
  const closed = failed(tries)
  const status = closed === 0 ? 'pass' : closed === tries.length ? 'fail' : 'warn'
  return { status, evidence: { tries } }
}

async function walkAll(context: Context, withSession: WithSession): Promise<Tries> {
  const walks = await Promise.all(
    Array.from({ length: WALKERS }, () =>
      withSession(session => walk(context, session, TRIES / WALKERS)).catch((): Tries => []),
    ),
  )
  return walks.flat()
}

function failed(tries: Tries): number {
  return tries.filter(({ connect }) => connect.outcome !== 'connected').length
}

async function walk(context: Context, session: Session, count: number): Promise<Tries> {
  const { signal, stepMs } = context
  const peer = peerOf(context, session)
  const tries: Tries[number][] = []
  let command: 'EPSV' | 'PASV' = 'EPSV'
  while (tries.length < count && session.usable) {
    const agreed = await agreePassive(session, command, signal)
    if (agreed.kind !== 'agreed') {
      if (command === 'PASV') break
      command = 'PASV'
      continue
    }
    const endpoint = { address: peer, port: agreed.port }
    const { connect, connection } = await dialPassive(context, session, endpoint, Math.min(stepMs, PORT_MS))
    await connection?.[Symbol.asyncDispose]()
    tries.push({ command, port: agreed.port, connect })
  }
  return tries
}
