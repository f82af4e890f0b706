import type { ConnectorNote } from '../control/messages.ts'

/** Commands that tell what a session did. PASV and EPSV are told as `expect`. */
const OF_INTEREST = new Set([
  ...['USER', 'PASS', 'ACCT', 'HOST', 'AUTH', 'REIN', 'QUIT', 'ABOR'],
  ...['RETR', 'STOR', 'STOU', 'APPE', 'LIST', 'NLST', 'MLSD', 'REST', 'COMB'],
  ...['CWD', 'XCWD', 'CDUP', 'XCUP', 'SIZE', 'MDTM', 'MFMT', 'SITE'],
  ...['DELE', 'RNFR', 'RNTO', 'MKD', 'XMKD', 'RMD', 'XRMD', 'RMDA'],
])
const SECRET = new Set(['PASS', 'ACCT'])
/** As much as fits into a NOTE when every character has to be escaped. */
const MAX_ARGUMENT = 512
const MAX_TEXT = 300
const CONTROL = /[\p{Cc}\p{Cs}]/gu

/** The note of a command and its final reply; none for commands that tell little. Never holds a password. */
export function timelineNote(
  command: { readonly verb: string; readonly argument: string },
  answer: { readonly code: number; readonly text: string } | undefined,
): ConnectorNote | undefined {
  const { verb, argument } = command
  if (!OF_INTEREST.has(verb)) return undefined
  return {
    type: 'ftp',
    verb,
    argument: SECRET.has(verb) ? '' : shown(verb, argument),
    ...(answer && { reply: answer.code }),
    text: answer ? printable(answer.text, MAX_TEXT) : 'The connection ended before the reply.',
  }
}

/** What follows the first word of SITE may be a password (SITE PSWD). */
function shown(verb: string, argument: string): string {
  return printable(verb === 'SITE' ? (/^\S*/.exec(argument)?.[0] ?? '') : argument, MAX_ARGUMENT)
}

/** A text without control characters and without bytes that are no text, cut to a length. */
export function printable(text: string, length: number): string {
  const plain = text.slice(0, length + 1).replaceAll(CONTROL, '?')
  return plain.length > length ? `${plain.slice(0, length - 1)}…` : plain
}
