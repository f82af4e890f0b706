import type { Session } from '../session/session.ts'
import type { FxpTry } from './fxp.ts'
import { saidBy, unsupported } from './fxp-refusal.ts'

/** Whether the data between the servers is under TLS. */
export type FxpProtection = 'private' | 'clear'

/**
 * How one of two servers gets to be the client of TLS, since each would wait for the other's ClientHello: `cpsv` has the one
 * that listens do it, `sscn-source` and `sscn-target` the one that is told so.
 */
export type TlsRole = 'none' | 'cpsv' | 'sscn-source' | 'sscn-target'

/** @throws {FtpError} `FTP_UNSUPPORTED` when the data cannot be protected and has to be */
export function roleOfTls({ source, target, passive, protection }: FxpTry): TlsRole {
  if (protection === 'clear') return 'none'
  for (const { tls, options } of [source, target]) {
    if (!tls)
      throw unsupported(
        `The data between the servers cannot be protected: the connection to ${options.host} is without TLS. Use TLS for both, or protection clear.`,
      )
  }
  if ((passive === 'source' ? source : target).has('CPSV')) return 'cpsv'
  if (target.has('SSCN')) return 'sscn-target'
  if (source.has('SSCN')) return 'sscn-source'
  throw unsupported(
    'The data between the servers cannot be protected: neither has CPSV or SSCN, which one of them needs to begin TLS. With protection clear it goes unprotected.',
  )
}

/**
 * Brings both sessions to the same protection; what is returned brings them back. A session that cannot be brought back is
 * ended: its next transfer would go in the clear.
 */
export async function protectFxp(attempt: FxpTry, role: TlsRole): Promise<AsyncDisposable> {
  const { source, target, protection, signal } = attempt
  const undo: (() => Promise<void>)[] = []
  const restored: AsyncDisposable = {
    async [Symbol.asyncDispose]() {
      for (const step of undo.reverse()) await step()
    },
  }
  try {
    for (const session of [source, target]) {
      const before = session.protection
      if (!session.tls || before === protection) continue
      undo.push(() => bringBack(session, () => setProtection(session, before, signal)))
      await setProtection(session, protection, signal)
    }
    const client = role === 'sscn-source' ? source : role === 'sscn-target' ? target : undefined
    if (client) {
      undo.push(() => bringBack(client, () => say(client, 'SSCN', 'OFF', signal)))
      await say(client, 'SSCN', 'ON', signal)
    }
    return restored
  } catch (error) {
    await restored[Symbol.asyncDispose]()
    throw error
  }
}

async function setProtection(session: Session, level: FxpProtection, signal: AbortSignal): Promise<void> {
  await say(session, 'PROT', level === 'private' ? 'P' : 'C', signal)
  session.protection = level
}

async function say(session: Session, verb: string, argument: string, signal: AbortSignal): Promise<void> {
  const reply = await session.ask(verb, argument, signal)
  if (reply.code >= 200 && reply.code < 300) return
  throw unsupported(`${verb} ${argument} was refused: ${saidBy(session, reply)}.`)
}

async function bringBack(session: Session, step: () => Promise<void>): Promise<void> {
  if (!session.usable) return
  try {
    await step()
  } catch {
    session.destroy(unsupported('The protection of the data could not be set back: the session was ended.'))
  }
}
