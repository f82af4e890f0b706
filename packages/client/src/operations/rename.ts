import { FtpError, replyError } from '../errors.ts'
import type { Session } from '../session/session.ts'

/** RNFR and RNTO: RFC 959 section 4.1.3. */
export async function renamePath(
  session: Session,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  const reply = await session.ask('RNFR', from, signal)
  if (reply.code >= 400) throw replyError(`RNFR ${from}`, reply)
  if (reply.code !== 350)
    throw new FtpError('FTP_PROTOCOL', `RNFR was answered ${reply.code} instead of 350.`, {
      phase: 'command',
      command: 'RNFR',
      reply,
    })
  await session.command('RNTO', to, signal)
}
