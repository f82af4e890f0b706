import { decodeName, parseCommand, TelnetFilter } from '@portolan/protocol'

/** What a line of a client turned out to be. */
export type CommandLine =
  /** To be passed on, in these bytes. `verb` is in upper case, and empty where none can be read. */
  | { readonly kind: 'pass'; readonly verb: string; readonly argument: string; readonly bytes: Buffer }
  /** A request for active mode. */
  | { readonly kind: 'active'; readonly verb: ActiveVerb; readonly argument: string }
  /** Something that two readers might read as two different things. */
  | { readonly kind: 'odd'; readonly why: string }

const ACTIVE = ['PORT', 'EPRT', 'LPRT'] as const
export type ActiveVerb = (typeof ACTIVE)[number]

const NUL = 0x00
const LF = 0x0a
const CR = 0x0d
const IAC = 0xff
const FIRST_TELNET = 0xf0
/** IAC IP IAC DM, as it goes before ABOR: RFC 959 section 4.1.3. */
const SYNCH = Buffer.from([0xff, 0xf4, 0xff, 0xf2])
/** What is left of it when one byte was urgent data, and lost. No verb begins with these. */
const REMNANTS = new Set([0xff, 0xf4, 0xf2])
/** ProFTPD takes a tab behind a verb; a server that passes over blanks before one cannot be ruled out. */
const LOOSE = /^\s*([A-Za-z]{1,32})(?:\s+(.*))?$/s

/** Reads a line with its end; only the last one of a connection may have none. */
export function readCommandLine(line: Buffer): CommandLine {
  if (line.includes(NUL)) return odd('a command holds a NUL byte')
  const end = endOf(line)
  // Some servers end a line at a bare CR, and would read a second command behind it.
  if (line.subarray(0, end).includes(CR)) return odd('a command holds a CR that ends no line')
  let plain = line
  if (line.includes(IAC)) {
    plain = new TelnetFilter().push(line)
    // For a server that knows telnet the line would go on.
    if (line.at(-1) === LF && plain.at(-1) !== LF) return odd('a telnet sequence swallows the end of a line')
  }
  const from = plain.findIndex(byte => !REMNANTS.has(byte))
  const text = decodeName(plain.subarray(Math.max(from, 0), endOf(plain)))
  const { verb, argument } = read(text)
  const active = activeVerb(verb, text) ?? activeWithoutTelnet(line)
  if (active) return { kind: 'active', verb: active, argument }
  const bytes = verb === 'ABOR' && isBrokenSynch(line) ? Buffer.from('ABOR\r\n') : line
  return { kind: 'pass', verb, argument, bytes }
}

function read(text: string): { readonly verb: string; readonly argument: string } {
  const strict = parseCommand(text)
  if (strict) return strict
  const [, verb = '', argument = ''] = LOOSE.exec(text) ?? []
  return { verb: verb.toUpperCase(), argument }
}

/**
 * The verb of a request for active mode, also where it is quoted, escaped or glued to its argument: what servers make of that is theirs,
 * and no other command that is written so has letters that begin like one of these.
 */
function activeVerb(verb: string, text: string): ActiveVerb | undefined {
  const strict = ACTIVE.find(one => one === verb)
  if (strict || parseCommand(text)) return strict
  const letters = text
    .slice(0, 64)
    .replaceAll(/[^A-Za-z]/g, '')
    .toUpperCase()
  return ACTIVE.find(one => letters.startsWith(one))
}

/** As a server would read it that takes every telnet sequence for shorter than it is: `IAC WILL PORT 1,2`. */
function activeWithoutTelnet(line: Buffer): ActiveVerb | undefined {
  if (!line.includes(IAC)) return undefined
  const text = decodeName(line.subarray(0, endOf(line)).filter(byte => byte < FIRST_TELNET))
  return activeVerb(read(text).verb, text)
}

/** A server that looks for the whole Synch, as vsftpd does, would not know this for ABOR. */
function isBrokenSynch(line: Buffer): boolean {
  const length = line.findIndex(byte => !REMNANTS.has(byte))
  return length > 0 && !line.subarray(0, length).equals(SYNCH)
}

function endOf(line: Buffer): number {
  let end = line.length
  if (line[end - 1] === LF) end--
  while (line[end - 1] === CR) end--
  return end
}

function odd(why: string): CommandLine {
  return { kind: 'odd', why }
}
