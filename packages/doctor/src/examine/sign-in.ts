import { FtpError, logIn, replyText, type Session } from '@portolan/client'
import { parseFeat, type Reply } from '@portolan/protocol'
import type { FeaturesEvidence, LoginEvidence } from '../evidence.ts'
import type { Finding } from '../recorder.ts'
import type { Context } from './context.ts'

/** Logs in, and has data connections protected where the control connection is. */
export async function examineLogin(
  { channel, options, signal }: Context,
  session: Session,
): Promise<Finding<LoginEvidence>> {
  const begun = performance.now()
  const { user } = options
  const ms = () => Math.round(performance.now() - begun)
  try {
    await logIn(session, signal)
    const protection = channel === 'tls' ? await protect(session, signal) : undefined
    return {
      status: protection === undefined ? 'pass' : 'warn',
      evidence: {
        channel,
        user,
        outcome: 'ok',
        ms: ms(),
        ...(protection !== undefined && { protection }),
      },
    }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return { status: 'fail', evidence: { channel, user, outcome: loginOutcome(error), ms: ms(), text } }
  }
}

function loginOutcome(error: unknown): LoginEvidence['outcome'] {
  if (!(error instanceof FtpError)) return 'closed'
  if (error.code === 'FTP_BUSY' || error.reply?.code === 421) return 'busy'
  if (error.code === 'FTP_TIMEOUT') return 'timeout'
  if (error.code !== 'FTP_LOGIN') return 'closed'
  return error.hint?.includes('wants TLS') ? 'wants-tls' : 'refused'
}

/** PBSZ and PROT. Answers what was said when PROT P was refused. */
async function protect(session: Session, signal: AbortSignal): Promise<string | undefined> {
  const wanted = session.options.tlsOptions.data === 'clear' ? 'C' : 'P'
  await session.ask('PBSZ', '0', signal)
  const reply = await session.ask('PROT', wanted, signal)
  if (reply.code >= 300) return wanted === 'P' ? replyText(reply) : undefined
  session.protection = wanted === 'P' ? 'private' : 'clear'
  return undefined
}

/** FEAT; undefined where the server has none, or not before the login. */
export async function askFeatures(
  session: Session,
  signal: AbortSignal,
): Promise<{ readonly lines: readonly string[]; readonly features: Map<string, string> } | undefined> {
  const reply = await session.ask('FEAT', undefined, signal)
  if (reply.code !== 211) return undefined
  return { lines: featureLines(reply), features: parseFeat(reply) }
}

function featureLines({ lines }: Reply): readonly string[] {
  return lines
    .slice(1, -1)
    .map(line => line.trim())
    .filter(line => line !== '')
}

/** What FEAT said before and after the login. */
export function featuresFinding(evidence: FeaturesEvidence): Finding<FeaturesEvidence> {
  if (!evidence.before && !evidence.after)
    return { status: 'skip', reason: 'The server tells no features (FEAT was refused).' }
  return { status: 'pass', evidence }
}
