import { isAddress, normaliseAddress } from './address.ts'
import { type Endpoint, formatEndpoint } from './endpoint.ts'
import { ProtocolError } from './errors.ts'

const PLAIN = '0123456789abcdef.:'
const CODED = 'abcdefghijklmnop-_'
/** The longest address literal, IPv6 with an IPv4 tail. */
const MAX_ADDRESS = 45
const FACTS = /^\s*((?:[a-z-]+=[^;\s]*;)+)(?: (.*))?$/s

/** A middlebox changed a text on its way: what was sent, as the encoded form tells, and what came. */
export interface Rewritten {
  /** The name of the fact: `seen`, `local`, `endpoint`. */
  readonly fact: string
  readonly sent: string
  readonly received: string
}

/** One fact of a reply to SITE PROBE, written `name=value;`. A value holds no blank and no semicolon. */
export type ProbeFact = readonly [name: string, value: string | number]

/** The facts of one line, and the words behind them. */
export interface ProbeFacts {
  readonly facts: ReadonlyMap<string, string>
  readonly words: string
}

/**
 * Writes an address so that nothing on the way takes it for one: digits 0 to 9 and a to f as letters a to p, dots as
 * `-`, colons as `_`. `192.0.2.1` is `bjc-a-c-b`. A zone is left out. The idea is that of FileZilla's network wizard.
 *
 * @throws {ProtocolError} `PROTOCOL_BAD_ADDRESS` for what is no address.
 */
export function encodeProbeAddress(address: string): string {
  return translated(normaliseAddress(withoutZone(address)), PLAIN, CODED)
}

/**
 * Reads what {@link encodeProbeAddress} wrote.
 *
 * @throws {ProtocolError} `PROTOCOL_BAD_ADDRESS`
 */
export function decodeProbeAddress(text: string): string {
  const address = text.length <= MAX_ADDRESS ? translated(text, CODED, PLAIN) : ''
  if (!isAddress(address)) {
    const shown = JSON.stringify(text.slice(0, MAX_ADDRESS))
    throw new ProtocolError('PROTOCOL_BAD_ADDRESS', `${shown} is not an encoded IP address.`)
  }
  return normaliseAddress(address)
}

/** Writes a port with letters a to j for its digits. */
export function encodeProbePort(port: number): string {
  return translated(String(port), PLAIN, CODED)
}

/** Reads what {@link encodeProbePort} wrote, undefined for what is no port from 1 to 65535. */
export function decodeProbePort(text: string): number | undefined {
  if (!/^[a-j]{1,5}$/.test(text)) return undefined
  const port = Number(translated(text, CODED, PLAIN))
  return port >= 1 && port <= 65_535 ? port : undefined
}

/** An address and a port, both encoded, with `_` between them. */
export function encodeProbeEndpoint({ address, port }: Endpoint): string {
  return `${encodeProbeAddress(address)}_${encodeProbePort(port)}`
}

/**
 * Reads what {@link encodeProbeEndpoint} wrote.
 *
 * @throws {ProtocolError} `PROTOCOL_BAD_ADDRESS`
 */
export function decodeProbeEndpoint(text: string): Endpoint {
  // An IPv6 address holds `_` as well: the last one is that of the port.
  const at = text.lastIndexOf('_')
  const port = decodeProbePort(text.slice(at + 1))
  if (at < 0 || port === undefined) {
    const shown = JSON.stringify(text.slice(0, MAX_ADDRESS))
    throw new ProtocolError('PROTOCOL_BAD_ADDRESS', `${shown} is not an encoded address and port.`)
  }
  return { address: decodeProbeAddress(text.slice(0, at)), port }
}

/** An endpoint as two facts: encoded as `name`, and as people read it as `name-text`, so that a change shows. */
export function endpointFacts(name: string, { address, port }: Endpoint): ProbeFact[] {
  const endpoint = { address: withoutZone(address), port }
  return [
    [name, encodeProbeEndpoint(endpoint)],
    [`${name}-text`, formatEndpoint(endpoint)],
  ]
}

/**
 * Reads the two facts of {@link endpointFacts}; undefined where there are none. The encoded one is believed.
 *
 * @param rewritten - gets an entry when the other says something else
 * @throws {ProtocolError} `PROTOCOL_BAD_ADDRESS`
 */
export function takeEndpoint(
  facts: ReadonlyMap<string, string>,
  name: string,
  rewritten: Rewritten[],
): Endpoint | undefined {
  const encoded = facts.get(name)
  if (encoded === undefined) return undefined
  const endpoint = decodeProbeEndpoint(encoded)
  const sent = formatEndpoint(endpoint)
  const received = facts.get(`${name}-text`) ?? ''
  if (received !== sent) rewritten.push({ fact: name, sent, received })
  return endpoint
}

/** Writes a line of facts and words. */
export function formatProbeFacts(facts: readonly ProbeFact[], words: string): string {
  return `${facts.map(([name, value]) => `${name}=${value};`).join('')} ${words}`
}

/** Reads a line of facts and words. @throws {ProtocolError} `PROTOCOL_BAD_REPLY` */
export function parseProbeFacts(line: string): ProbeFacts {
  const [, pairs, words = ''] = FACTS.exec(line) ?? []
  if (pairs === undefined) throw notAProbe(line)
  const facts = new Map<string, string>()
  for (const pair of pairs.split(';').slice(0, -1)) {
    const at = pair.indexOf('=')
    facts.set(pair.slice(0, at), pair.slice(at + 1))
  }
  return { facts, words }
}

/** The error of a line that no SITE PROBE answers. */
export function notAProbe(line: string): ProtocolError {
  const shown = JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}...` : line)
  return new ProtocolError('PROTOCOL_BAD_REPLY', `${shown} is not what SITE PROBE answers.`)
}

function withoutZone(address: string): string {
  const [plain = ''] = address.split('%', 1)
  return plain
}

/** Each character of `from` becomes the one of `to`; any other becomes `?`, which no address holds. */
function translated(text: string, from: string, to: string): string {
  let out = ''
  for (const character of text) out += to[from.indexOf(character)] ?? '?'
  return out
}
