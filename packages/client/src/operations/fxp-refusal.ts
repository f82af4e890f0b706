import type { Because } from '@portolan/channels'
import type { Reply } from '@portolan/protocol'
import { FtpError, replyText } from '../errors.ts'
import type { Session } from '../session/session.ts'

/** The servers did not come together this way round; the other may do. */
export class FxpRefusal extends Error {
  readonly because: Because

  constructor(code: string, text: string) {
    super(text)
    this.because = { code, text }
  }
}

/** What was asked for and cannot be had from these two servers. */
export function unsupported(message: string): FtpError {
  return new FtpError('FTP_UNSUPPORTED', message, { phase: 'data-setup' })
}

/** What a server said, with its name before it. */
export function saidBy(session: Session, reply: Reply): string {
  return `the server at ${session.options.host}:${session.options.port} said ${replyText(reply)}`
}
