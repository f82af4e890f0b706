import type { Endpoint } from './endpoint.ts'
import {
  decodeProbeAddress,
  encodeProbeAddress,
  endpointFacts,
  formatProbeFacts,
  notAProbe,
  type ProbeFact,
  parseProbeFacts,
  type Rewritten,
  takeEndpoint,
} from './probe-facts.ts'
import { type Reply, reply } from './reply.ts'

const COMMANDS = ['PASV', 'EPSV', 'PORT', 'EPRT'] as const

const OUTCOMES = [
  'waiting',
  'arrived',
  'connected',
  'clean',
  'broken',
  'nobody-came',
  'dial-failed',
  'tls-failed',
  'refused',
  'dropped',
  'aborted',
  'failed',
  'unknown',
] as const

/** The commands that agree on a data connection. */
export type DataCommand = (typeof COMMANDS)[number]

/**
 * What became of a data connection. Stable across releases:
 *
 * - `waiting`: agreed on; nobody came so far, or it was not dialled yet.
 * - `arrived`: the client came to the passive port; no transfer has used it.
 * - `connected`: TCP stands, and a transfer has it.
 * - `clean`, `broken`: the transfer had it, and it ended like that.
 * - `nobody-came`: no connection from the client within the time that a passive port is kept.
 * - `dial-failed`: the client's port refused the server, or did not answer.
 * - `tls-failed`: TCP stood, the TLS handshake failed, or did not resume where it has to.
 * - `refused`: nothing was agreed on: the command was answered 4xx or 5xx.
 * - `dropped`: given up for a newer command before anybody came.
 * - `aborted`: ABOR, or the end of the session.
 * - `failed`: the server failed on its own side: storage, quota.
 * - `unknown`: an outcome of a newer server.
 */
export type ProbeOutcome = (typeof OUTCOMES)[number]

/** One data connection that was agreed on, as the server saw it. */
export interface ProbeAttempt {
  /** Counts up in a session, from 1. */
  readonly number: number
  readonly command: DataCommand
  /** What the server told the client (PASV, EPSV), or what it understood (PORT, EPRT). Absent: no port was granted. */
  readonly endpoint?: Endpoint
  readonly outcome: ProbeOutcome
  /** The client's end of the data connection, once TCP stood. */
  readonly remote?: Endpoint
  /** Milliseconds from the agreement until TCP stood. */
  readonly tcpMs?: number
  /** Addresses that came to the passive port meanwhile, were not expected there and were refused. */
  readonly strangers: readonly string[]
  /** The transfer command that used it, or wanted to. */
  readonly transfer?: string
  readonly tls?: { readonly protocol: string; readonly reused: boolean }
  readonly bytes?: number
  /** The stable code of what went wrong: `CHANNEL_...`, `REPLY_...`, or of a broken stream (`reset`, `truncated`). */
  readonly code?: string
  /** Milliseconds from the agreement to the outcome, or until now. */
  readonly ms: number
  /** The same for people. */
  readonly text: string
}

/** Writes the reply to SITE PROBE LOG: `211`, one line for each attempt, the newest last. */
export function formatProbeLog(attempts: readonly ProbeAttempt[]): Reply {
  if (attempts.length === 0) return reply(211, 'No data connection was asked for yet.')
  return reply(
    211,
    'Data connections of this session, the newest last:',
    ...attempts.map(attempt => ` ${formatProbeFacts(factsOf(attempt), attempt.text)}`),
    'End.',
  )
}

/**
 * Reads the reply to SITE PROBE LOG. Addresses are those of the encoded form.
 *
 * @returns the attempts, and what of their readable form was changed on the way
 * @throws {ProtocolError} `PROTOCOL_BAD_REPLY`, `PROTOCOL_BAD_ADDRESS`
 */
export function parseProbeLog({ lines }: Reply): {
  readonly attempts: readonly ProbeAttempt[]
  readonly rewritten: readonly Rewritten[]
} {
  const rewritten: Rewritten[] = []
  return { attempts: lines.slice(1, -1).map(line => attemptOf(line, rewritten)), rewritten }
}

function factsOf(attempt: ProbeAttempt): ProbeFact[] {
  const { number, command, endpoint, outcome, remote, tcpMs, strangers, transfer, tls, bytes, code, ms } =
    attempt
  const facts: ProbeFact[] = [
    ['number', number],
    ['command', command],
  ]
  if (endpoint) facts.push(...endpointFacts('endpoint', endpoint))
  facts.push(['outcome', outcome])
  if (remote) facts.push(...endpointFacts('remote', remote))
  if (tcpMs !== undefined) facts.push(['tcp-ms', tcpMs])
  if (strangers.length > 0) facts.push(['strangers', strangers.map(encodeProbeAddress).join(',')])
  if (transfer !== undefined) facts.push(['transfer', transfer])
  if (tls) facts.push(['tls', tls.protocol], ['reused', tls.reused ? 'yes' : 'no'])
  if (bytes !== undefined) facts.push(['bytes', bytes])
  if (code !== undefined) facts.push(['code', code])
  facts.push(['ms', ms])
  return facts
}

function attemptOf(line: string, rewritten: Rewritten[]): ProbeAttempt {
  const { facts, words } = parseProbeFacts(line)
  const [number, ms] = [numberOf(facts, 'number'), numberOf(facts, 'ms')]
  const command = COMMANDS.find(name => name === facts.get('command'))
  if (number === undefined || ms === undefined || command === undefined) throw notAProbe(line)
  const [endpoint, remote] = [
    takeEndpoint(facts, 'endpoint', rewritten),
    takeEndpoint(facts, 'remote', rewritten),
  ]
  const [tcpMs, bytes] = [numberOf(facts, 'tcp-ms'), numberOf(facts, 'bytes')]
  const [transfer, protocol, code] = [facts.get('transfer'), facts.get('tls'), facts.get('code')]
  return {
    number,
    command,
    ...(endpoint && { endpoint }),
    outcome: OUTCOMES.find(name => name === facts.get('outcome')) ?? 'unknown',
    ...(remote && { remote }),
    ...(tcpMs !== undefined && { tcpMs }),
    strangers: (facts.get('strangers') ?? '').split(',').filter(Boolean).map(decodeProbeAddress),
    ...(transfer !== undefined && { transfer }),
    ...(protocol !== undefined && { tls: { protocol, reused: facts.get('reused') === 'yes' } }),
    ...(bytes !== undefined && { bytes }),
    ...(code !== undefined && { code }),
    ms,
    text: words,
  }
}

function numberOf(facts: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = facts.get(name)
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
