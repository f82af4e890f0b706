import { ProtocolError } from './errors.ts'
import { oneLine } from './one-line.ts'
import { formatTimeVal } from './time-val.ts'

/** Every fact we can tell, in the order of FEAT and of the lines. RFC 3659 section 7.5. */
export const MLSX_FACTS = [
  'type',
  'size',
  'modify',
  'create',
  'perm',
  'unique',
  'UNIX.mode',
  'UNIX.owner',
  'UNIX.group',
] as const

export type MlsxFact = (typeof MLSX_FACTS)[number]

/** What is known of an entry. A fact that is absent is left out of the line, as RFC 3659 section 7.5 allows. */
export interface FactSource {
  /** `file`, `dir`, `cdir`, `pdir`, or an OS type such as `OS.unix=slink:target`. */
  readonly type?: string
  /** Bytes. */
  readonly size?: number
  /** Milliseconds since 1970, UTC. */
  readonly modify?: number
  /** Milliseconds since 1970, UTC. */
  readonly create?: number
  /** Letters of RFC 3659 section 7.5.5: `a c d e f l m p r w`. */
  readonly perm?: string
  /** The same for two names of one file, different otherwise. */
  readonly unique?: string
  /** POSIX permission bits, such as 0o644. */
  readonly 'UNIX.mode'?: number
  readonly 'UNIX.owner'?: string
  readonly 'UNIX.group'?: string
}

/** A line of MLST or MLSD: its facts by name in lower case (fact names are case-independent), and the name. */
export interface MlsxLine {
  readonly facts: ReadonlyMap<string, string>
  readonly name: string
}

/**
 * What a fact's value may not hold: the characters that end it, blanks and control characters. RFC 3659 section
 * 7.2.
 */
const NOT_IN_VALUE = /[;\s\0-\x1f\x7f]/
const ALL_NOT_IN_VALUE = /[;\s\0-\x1f\x7f]/g
/** A line of MLST: facts behind one space more than MLSD has. */
const MLST_INDENTED = /^ (?:[^ ;=]+=[^ ;]*;)+ /
const BY_LOWER_CASE = new Map<string, MlsxFact>(MLSX_FACTS.map(fact => [fact.toLowerCase(), fact]))

/**
 * Writes an entry as MLST and MLSD do: `type=file;size=3;modify=20261121052200; name`, without a line end. RFC 3659
 * section 7.2. CR, LF and NUL in the name become `?`, so that an entry is always one line.
 *
 * @param selected - the facts to tell, by their names of {@link MLSX_FACTS}
 */
export function formatMlsx(facts: FactSource, name: string, selected: ReadonlySet<string>): string {
  let line = ''
  if (facts.type !== undefined && selected.has('type')) line += `type=${typeValue(facts.type)};`
  if (facts.size !== undefined && selected.has('size')) line += `size=${facts.size};`
  if (facts.modify !== undefined && selected.has('modify')) line += `modify=${formatTimeVal(facts.modify)};`
  if (facts.create !== undefined && selected.has('create')) line += `create=${formatTimeVal(facts.create)};`
  if (facts.perm !== undefined && selected.has('perm')) line += `perm=${facts.perm};`
  if (facts.unique !== undefined && selected.has('unique')) line += `unique=${value(facts.unique)};`
  const mode = facts['UNIX.mode']
  if (mode !== undefined && selected.has('UNIX.mode')) line += `UNIX.mode=0${(mode & 0o7777).toString(8)};`
  const owner = facts['UNIX.owner']
  if (owner !== undefined && selected.has('UNIX.owner')) line += `UNIX.owner=${value(owner)};`
  const group = facts['UNIX.group']
  if (group !== undefined && selected.has('UNIX.group')) line += `UNIX.group=${value(group)};`
  return `${line} ${oneLine(name)}`
}

/**
 * Reads a line of MLSD, or the line between those with a code of MLST, which has one more space in front.
 *
 * @throws {ProtocolError} `PROTOCOL_BAD_REPLY` for a line without a space, or with a fact that has no value.
 */
export function parseMlsxLine(line: string): MlsxLine {
  const text = MLST_INDENTED.test(line) ? line.slice(1) : line
  const space = text.indexOf(' ')
  if (space < 0) throw badLine(line)
  const facts = new Map<string, string>()
  for (const fact of text.slice(0, space).split(';')) {
    if (fact === '') continue
    const equals = fact.indexOf('=')
    if (equals < 1) throw badLine(line)
    facts.set(fact.slice(0, equals).toLowerCase(), fact.slice(equals + 1))
  }
  return { facts, name: text.slice(space + 1) }
}

/** The FEAT line of MLST: every fact, with `*` behind those that are selected. RFC 3659 section 7.8. */
export function formatMlstFeature(selected: ReadonlySet<string>): string {
  return `MLST ${MLSX_FACTS.map(fact => `${fact}${selected.has(fact) ? '*' : ''};`).join('')}`
}

/**
 * Reads the facts of OPTS MLST, such as `type;size;`: those that we know, in the order of {@link MLSX_FACTS}. Facts
 * that nobody knows are ignored, and no facts at all is a choice, too. RFC 3659 section 7.9.
 */
export function parseOptsMlst(argument: string): readonly MlsxFact[] {
  const asked = new Set<MlsxFact>()
  for (const name of argument.trim().split(';', 64)) {
    const fact = BY_LOWER_CASE.get(name.trim().toLowerCase())
    if (fact) asked.add(fact)
  }
  return MLSX_FACTS.filter(fact => asked.has(fact))
}

/** The text of the 200 reply to OPTS MLST. RFC 3659 section 7.9. */
export function formatOptsMlstReply(selected: ReadonlySet<string>): string {
  const facts = MLSX_FACTS.filter(fact => selected.has(fact))
  return facts.length === 0 ? 'MLST OPTS' : `MLST OPTS ${facts.map(fact => `${fact};`).join('')}`
}

function value(text: string): string {
  return NOT_IN_VALUE.test(text) ? text.replace(ALL_NOT_IN_VALUE, '_') : text
}

/** A link's target that a fact cannot hold is left out: `OS.unix=slink` still says what it is. */
function typeValue(type: string): string {
  if (!NOT_IN_VALUE.test(type)) return type
  const colon = type.indexOf(':')
  return value(colon < 0 ? type : type.slice(0, colon))
}

function badLine(line: string): ProtocolError {
  const shown = JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}...` : line)
  return new ProtocolError('PROTOCOL_BAD_REPLY', `${shown} is no line of MLST or MLSD.`)
}
