import { ProtocolError } from './errors.ts'
import { encodeName } from './names.ts'
import { oneLine } from './one-line.ts'
import { escapeIac } from './telnet.ts'

/** The answer to one command: a three-digit code and one or more lines of text. RFC 959 section 4.2. */
export interface Reply {
  /** 100 to 699; the 6yz are those of RFC 2228. */
  readonly code: number
  /** Without codes and line ends. */
  readonly lines: readonly [string, ...string[]]
}

const STARTS_WITH_DIGIT = /^[0-9]/

/** Makes a reply; each text is one line, and nothing is split. */
export function reply(code: number, first: string, ...more: string[]): Reply {
  return { code, lines: [first, ...more] }
}

/**
 * Writes a reply for the wire. Several lines open with `code-` and close with `code ` (RFC 959 section 4.2); a line
 * between them that begins with a digit gets a space in front, so that exactly one line closes the reply whatever
 * the lines hold.
 *
 * CR, LF and NUL inside a line become `?` ({@link oneLine}). Undecodable bytes of names go out as they are, with
 * 0xFF doubled (RFC 854), as vsftpd does it.
 *
 * @throws {ProtocolError} `PROTOCOL_BAD_REPLY` for a code outside 100 to 699.
 */
export function encodeReply({ code, lines }: Reply): Buffer {
  if (!Number.isInteger(code) || code < 100 || code > 699) {
    throw new ProtocolError('PROTOCOL_BAD_REPLY', `A reply code is a number from 100 to 699, not ${code}.`)
  }
  const last = lines.length - 1
  let text = ''
  for (const [index, line] of lines.entries()) {
    if (index === last) text += `${code} ${oneLine(line)}\r\n`
    else if (index === 0) text += `${code}-${oneLine(line)}\r\n`
    else text += `${STARTS_WITH_DIGIT.test(line) ? ' ' : ''}${oneLine(line)}\r\n`
  }
  return escapeIac(encodeName(text))
}
