import { ProtocolError } from './errors.ts'
import { encodeName } from './names.ts'
import { escapeIac } from './telnet.ts'

/** One command as it was sent. */
export interface ParsedCommand {
  /** In upper case. Any verb: whether the server knows it is not decided here. */
  readonly verb: string
  /**
   * All that follows the first space, blanks included: a name may begin or end with them. Empty when there is none.
   */
  readonly argument: string
}

/** RFC 959 knows verbs of three and four letters; later ones have digits and more letters (XSHA512). */
const COMMAND = /^([A-Za-z][A-Za-z0-9]{0,31})(?: (.*))?$/s
const VERB = /^[A-Za-z][A-Za-z0-9]{0,31}$/
const FORGING = /[\r\n\0]/

/**
 * Reads a command line, without its end. Undefined for an empty line and for what begins with no verb. RFC 959
 * section 5.3.
 */
export function parseCommand(text: string): ParsedCommand | undefined {
  const match = COMMAND.exec(text)
  if (!match?.[1]) return undefined
  return { verb: match[1].toUpperCase(), argument: match[2] ?? '' }
}

/**
 * Writes a command for the wire, with its CRLF; 0xFF is doubled (RFC 854).
 *
 * @throws {ProtocolError} `PROTOCOL_CONTROL_CHARACTER` for CR, LF or NUL: they would forge a second command.
 * `PROTOCOL_BAD_ARGUMENT` for a verb that is none.
 */
export function formatCommand(verb: string, argument?: string): Buffer {
  if (!VERB.test(verb)) throw new ProtocolError('PROTOCOL_BAD_ARGUMENT', 'A verb is letters and digits only.')
  if (argument !== undefined && FORGING.test(argument)) {
    const text = `The argument of ${verb} holds a line break or NUL, which FTP cannot send.`
    throw new ProtocolError('PROTOCOL_CONTROL_CHARACTER', text)
  }
  return escapeIac(encodeName(argument === undefined ? `${verb}\r\n` : `${verb} ${argument}\r\n`))
}
