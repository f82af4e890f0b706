import type { Reply } from '@portolan/protocol'
import { FtpError, replyText } from '../errors.ts'
import type { Session } from './session.ts'
import { saysTooMany } from './too-many.ts'

/** A refusal that TLS would mend. RFC 4217 section 10: 534; others say it in words. */
const WANTS_TLS =
  /(?:TLS|SSL|encrypt|secure|AUTH).{0,60}(?:requir|must|need|only|first)|(?:requir|must|need|only|non-anonymous).{0,60}(?:TLS|SSL|encrypt)/i

/**
 * USER, then PASS and ACCT as the server asks for them. RFC 959 section 6, the login diagram.
 *
 * @throws {FtpError} `FTP_LOGIN`, or `FTP_BUSY` when the server says that there are too many sessions
 */
export async function logIn(session: Session, signal: AbortSignal): Promise<void> {
  const { user, password, account, tls } = session.options
  if (tls === 'off' && user !== 'anonymous' && user !== 'ftp')
    session.warn(
      'password-in-clear',
      'The password goes over the network in the clear: TLS would protect it.',
    )
  let reply = await session.ask('USER', user, signal)
  if (reply.code === 331) reply = await session.ask('PASS', password, signal)
  if (reply.code === 332) {
    if (account === undefined)
      throw refused(session, 'USER', reply, 'The server asks for an account (ACCT): set option account.')
    reply = await session.ask('ACCT', account, signal)
  }
  // 202: superfluous, for PASS or ACCT that were not needed.
  if (reply.code >= 200 && reply.code < 300) return
  throw refused(session, 'PASS', reply)
}

function refused(session: Session, command: string, reply: Reply, hint?: string): FtpError {
  const { user, tls } = session.options
  if (reply.code === 421 || saysTooMany(reply)) {
    return new FtpError('FTP_BUSY', `The server allows no more sessions now: ${replyText(reply)}`, {
      phase: 'login',
      command,
      reply,
      retryable: true,
    })
  }
  const wantsTls =
    tls === 'off' && (reply.code === 534 || reply.code === 522 || WANTS_TLS.test(reply.lines.join(' ')))
  return new FtpError('FTP_LOGIN', `The login of ${user} was refused: ${replyText(reply)}`, {
    phase: 'login',
    command,
    reply,
    retryable: reply.code >= 400 && reply.code < 500,
    hint: hint ?? (wantsTls ? 'The server wants TLS before the login: use explicit TLS.' : undefined),
  })
}
