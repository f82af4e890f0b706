import type { ControlConnection } from '../control/control-connection.ts'
import { FtpError, replyText } from '../errors.ts'
import type { ResolvedOptions } from '../options.ts'
import { saysTooMany } from './too-many.ts'

/** What answers on a port, by its first bytes, and what to do about it. */
const STRANGERS: readonly (readonly [RegExp, string])[] = [
  [/^"?SSH-/, 'This is an SSH server: SFTP is another protocol than FTP and needs an SFTP client.'],
  [/^"?HTTP\/|<html/i, 'This is a web server, or a proxy that answers in place of an FTP server.'],
  [/\\u0015\\u0003|\\u0016\\u0003|�/, 'This port speaks TLS from the first byte: use implicit TLS.'],
  [/^"?\* OK/, 'This is a mail server (IMAP).'],
  [/^"?\+OK/, 'This is a mail server (POP3).'],
]

/**
 * Waits for the 220 of an FTP server.
 *
 * @returns its text, on one line
 * @throws {FtpError} `FTP_GREETING` with what answered in its place, `FTP_BUSY` for a 421
 */
export async function greet(
  control: ControlConnection,
  options: ResolvedOptions,
  signal: AbortSignal,
): Promise<string> {
  const greeting = control.expectGreeting()
  try {
    const reply = await control.settled(greeting, signal)
    if (reply.code >= 200 && reply.code < 300) return reply.lines.join(' ')
    const busy = reply.code === 421 || saysTooMany(reply)
    throw new FtpError(
      busy ? 'FTP_BUSY' : 'FTP_GREETING',
      `The server does not let anybody in: ${replyText(reply)}`,
      {
        phase: 'greeting',
        reply,
        retryable: reply.code < 500,
      },
    )
  } catch (error) {
    throw explain(error, options)
  }
}

function explain(error: unknown, options: ResolvedOptions): unknown {
  if (!(error instanceof FtpError)) return error
  const facts = { phase: 'greeting', retryable: error.retryable, cause: error } as const
  if (error.code === 'FTP_PROTOCOL') {
    const sent = /The server sent (".*"),/s.exec(error.message)?.[1] ?? ''
    const hint = STRANGERS.find(([pattern]) => pattern.test(sent))?.[1]
    return new FtpError('FTP_GREETING', error.message, { ...facts, hint })
  }
  if (error.code === 'FTP_TIMEOUT') {
    const hint =
      options.tls === 'implicit'
        ? 'Perhaps the port expects FTP in the clear first: try explicit TLS.'
        : 'Perhaps the port expects TLS from the first byte: try implicit TLS. Slow servers look the client’s name up first.'
    return new FtpError('FTP_TIMEOUT', error.message, { ...facts, hint })
  }
  if (error.code === 'FTP_CLOSED' && error.retryable && !error.reply)
    return new FtpError('FTP_GREETING', 'The server closed the connection before it greeted.', facts)
  return error
}
