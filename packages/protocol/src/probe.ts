import type { Endpoint } from './endpoint.ts'
import { badArgument, ProtocolError } from './errors.ts'
import { decodeName, encodeName } from './names.ts'
import {
  decodeProbeAddress,
  decodeProbePort,
  encodeProbeAddress,
  encodeProbePort,
  endpointFacts,
  formatProbeFacts,
  notAProbe,
  type ProbeFact,
  parseProbeFacts,
  type Rewritten,
  takeEndpoint,
} from './probe-facts.ts'
import { type Reply, reply } from './reply.ts'

/** The longest line that SITE PROBE ECHO takes, in bytes: its reply, twice as long, has to fit any reader of replies. */
export const MAX_PROBE_ECHO = 4096

const HEX = /^hex=((?:[0-9a-f]{2})+)$/

/** What is between a client and the server, as the address and port show that the client says it has. */
export type ProbeNat = 'none' | 'address' | 'port' | 'both'

/** The answer to SITE PROBE ADDR: the control connection as the server sees it. */
export interface ProbeAddress {
  /** The client: the socket's peer, or what PROXY protocol says. */
  readonly seen: Endpoint
  /** The server's own end of the socket. */
  readonly local: Endpoint
  /** The socket's peer, where PROXY protocol tells of another client behind it: a load balancer. */
  readonly peer?: Endpoint
  /** What the client dialled, where PROXY protocol says so. */
  readonly dialled?: Endpoint
  /** What differs between {@link seen} and the address that the client sent; absent when it sent none. */
  readonly nat?: ProbeNat
}

/** The answer to SITE PROBE PASV: the last line of the reply, code included, without its line end. */
export interface ProbePasv {
  /** As the server sent it, by its encoded form. */
  readonly sent: string
  /** As it came. Anything on the way has rewritten it where the two differ. */
  readonly received: string
}

const NAT_WORDS: Readonly<Record<ProbeNat, string>> = {
  none: 'You have that address and port yourself.',
  address: 'Something between us translates your address.',
  port: 'Something between us translates your port.',
  both: 'Something between us translates your address and port.',
}

/**
 * Writes the argument of SITE PROBE ADDR: the client's own end of the control connection, `bjc-a-c-b fabcd`.
 *
 * @throws {ProtocolError} `PROTOCOL_BAD_ADDRESS`
 */
export function formatProbeAddressArgument({ address, port }: Endpoint): string {
  return `${encodeProbeAddress(address)} ${encodeProbePort(port)}`
}

/** Reads the argument of SITE PROBE ADDR. @throws {ProtocolError} `PROTOCOL_BAD_ARGUMENT` */
export function parseProbeAddressArgument(argument: string): Endpoint {
  const [, encoded = '', digits = ''] = /^([a-p_-]+) ([a-j]+)$/.exec(argument) ?? []
  const port = decodeProbePort(digits)
  try {
    if (port !== undefined) return { address: decodeProbeAddress(encoded), port }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
  }
  throw badArgument(
    'SITE PROBE ADDR takes an encoded address and port, such as bch-a-a-b fabcd for 127.0.0.1 50123.',
  )
}

/** Writes the reply to SITE PROBE ADDR: `200 seen=...;seen-text=...;local=...;local-text=...; words`. */
export function formatProbeAddress({ seen, local, peer, dialled, nat }: ProbeAddress): Reply {
  const facts: ProbeFact[] = [...endpointFacts('seen', seen), ...endpointFacts('local', local)]
  if (peer) facts.push(...endpointFacts('peer', peer))
  if (dialled) facts.push(...endpointFacts('dialled', dialled))
  if (nat) facts.push(['nat', nat])
  return reply(
    200,
    formatProbeFacts(facts, nat ? NAT_WORDS[nat] : 'You, and the server, as the server sees it.'),
  )
}

/**
 * Reads the reply to SITE PROBE ADDR. Addresses are those of the encoded form.
 *
 * @returns with it what of the readable form was changed on the way
 * @throws {ProtocolError} `PROTOCOL_BAD_REPLY`, `PROTOCOL_BAD_ADDRESS`
 */
export function parseProbeAddress({
  lines: [line],
}: Reply): ProbeAddress & { readonly rewritten: readonly Rewritten[] } {
  const { facts } = parseProbeFacts(line)
  const rewritten: Rewritten[] = []
  const seen = takeEndpoint(facts, 'seen', rewritten)
  const local = takeEndpoint(facts, 'local', rewritten)
  if (!seen || !local) throw notAProbe(line)
  const peer = takeEndpoint(facts, 'peer', rewritten)
  const dialled = takeEndpoint(facts, 'dialled', rewritten)
  const nat = facts.get('nat')
  return {
    seen,
    local,
    ...(peer && { peer }),
    ...(dialled && { dialled }),
    ...(isNat(nat) && { nat }),
    rewritten,
  }
}

function isNat(text: string | undefined): text is ProbeNat {
  return text !== undefined && Object.hasOwn(NAT_WORDS, text)
}

/** Writes the reply to SITE PROBE ECHO. @param line - as `LineReader` gave it */
export function formatProbeEcho(line: string): Reply {
  return reply(200, `hex=${encodeName(line).toString('hex')}`)
}

/** Reads the reply to SITE PROBE ECHO: the line that the server received. @throws {ProtocolError} `PROTOCOL_BAD_REPLY` */
export function parseProbeEcho({ lines: [line] }: Reply): Buffer {
  return bytesOf(line)
}

/**
 * Writes the reply to SITE PROBE PASV: the reply to PASV with one more line in front that holds its last line in hex.
 * Nothing that looks for `h1,h2,h3,h4,p1,p2` finds it there.
 */
export function formatProbePasv({ code, lines }: Reply): Reply {
  return reply(code, `hex=${encodeName(`${code} ${lines.at(-1)}`).toString('hex')}`, ...lines)
}

/** Reads the reply to SITE PROBE PASV. @throws {ProtocolError} `PROTOCOL_BAD_REPLY` */
export function parseProbePasv({ code, lines }: Reply): ProbePasv {
  const [line, ...rest] = lines
  const last = rest.at(-1)
  if (last === undefined) throw notAProbe(line)
  return { sent: decodeName(bytesOf(line)), received: `${code} ${last}` }
}

function bytesOf(line: string): Buffer {
  const [, hex] = HEX.exec(line.trimEnd()) ?? []
  if (hex === undefined) throw notAProbe(line)
  return Buffer.from(hex, 'hex')
}
