import { ChannelError } from './errors.ts'

/**
 * How a dialling ended that did not connect. Stable across releases:
 *
 * - `refused`: something answered with RST: nothing listens there, or a firewall rejects.
 * - `timeout`: nothing answered: the packets are dropped on the way, or the address leads nowhere.
 * - `unreachable`: there is no route, or a router said so.
 * - `forbidden`: this machine's own firewall or sandbox said no.
 * - `name`: the name has no address, or nobody could say.
 * - `proxy`: the proxy did not do what it was asked.
 * - `reset`: the connection broke while it was being made.
 * - `address-in-use`: no local port is free.
 * - `aborted`: the caller's signal ended it.
 */
export type DialOutcome =
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'forbidden'
  | 'name'
  | 'proxy'
  | 'reset'
  | 'address-in-use'
  | 'aborted'
  | 'other'

/** What a {@link DialError} tells beside its sentence. */
interface DialFacts extends ErrorOptions {
  readonly elapsedMs: number
  readonly errno?: string | undefined
}

/** A connection could not be made. `code` is `CHANNEL_DIAL`, or `CHANNEL_ABORTED` when the caller's signal ended it. */
export class DialError extends ChannelError {
  override readonly name = 'DialError'
  readonly outcome: DialOutcome
  /** Milliseconds from the call to the end: a refusal after one round trip and one after many mean different things. */
  readonly elapsedMs: number
  /** What the system called it, such as `ECONNREFUSED`. Absent when it was not the system that said no. */
  readonly errno?: string

  constructor(outcome: DialOutcome, message: string, { elapsedMs, errno, ...options }: DialFacts) {
    super(outcome === 'aborted' ? 'CHANNEL_ABORTED' : 'CHANNEL_DIAL', message, options)
    this.outcome = outcome
    this.elapsedMs = Math.round(elapsedMs)
    if (errno !== undefined) this.errno = errno
  }
}

const OUTCOMES: Readonly<Record<string, DialOutcome>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EAFNOSUPPORT: 'unreachable',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  ENOTFOUND: 'name',
  ENODATA: 'name',
  ESERVFAIL: 'name',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  EADDRINUSE: 'address-in-use',
  EADDRNOTAVAIL: 'address-in-use',
}

/** Of several addresses that failed, the one that got furthest says most. */
const TELLING: readonly DialOutcome[] = [
  'refused',
  'reset',
  'timeout',
  'forbidden',
  'unreachable',
  'address-in-use',
]

/** What the system's error means. */
export function classifyDialError(error: unknown): { outcome: DialOutcome; errno: string | undefined } {
  if (error instanceof AggregateError) {
    const all = error.errors.map(classifyDialError)
    const rank = (outcome: DialOutcome) =>
      (TELLING.indexOf(outcome) + TELLING.length + 1) % (TELLING.length + 1)
    const [best] = all.toSorted((a, b) => rank(a.outcome) - rank(b.outcome))
    if (best) return best
  }
  const errno =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
  if (errno?.startsWith('EAI_')) return { outcome: 'name', errno }
  return { outcome: (errno !== undefined && OUTCOMES[errno]) || 'other', errno }
}

/** The addresses that were tried in vain, where the name has several. */
export function addressesOf(error: unknown): readonly string[] {
  if (!(error instanceof AggregateError)) return []
  return error.errors.flatMap((one: unknown) =>
    one instanceof Error && 'address' in one && typeof one.address === 'string' ? [one.address] : [],
  )
}

/** What a sentence about a failed dialling needs. */
export interface DialWords {
  /** `ftp.example.org:21`. */
  readonly where: string
  readonly host: string
  readonly port: number
  /** The address that was dialled from, if that was asked for. */
  readonly local: string | undefined
  readonly timeoutMs: number
  readonly elapsedMs: number
  readonly errno: string | undefined
  /** What the system said, for what has no sentence of its own. */
  readonly said: string
}

/** The sentence for a failed dialling: what happened, what it means, what to do. */
export function dialSentence(outcome: Exclude<DialOutcome, 'proxy'>, words: DialWords): string {
  const { where, host, port, local, timeoutMs, elapsedMs, errno, said } = words
  const from = local === undefined ? '' : ` from ${local}`
  const sentences: Readonly<Record<typeof outcome, string>> = {
    refused: `${where} refused the connection after ${Math.round(elapsedMs)} ms: the host was reached, but nothing listens on port ${port} there, or a firewall rejects it: check address and port, and whether the server runs`,
    timeout: `${where} did not answer within ${Math.round(timeoutMs / 100) / 10} seconds: a firewall on the way drops the packets, or the address leads nowhere: check the address, and let port ${port} through`,
    unreachable: `there is no route to ${where}${from} (${errno}): check the address and the network of this machine`,
    forbidden: `this machine does not allow connections to ${where} (${errno}): allow them in its firewall or sandbox`,
    name: `the address of ${host} cannot be found (${errno}): check the spelling of the name and the DNS`,
    reset: `the connection to ${where} was broken while it was being made: a device on the way does not let it pass, or the server is overloaded`,
    'address-in-use': local
      ? `${where} cannot be dialled from ${local} (${errno}): it has to be an address of this machine with a free port`
      : `this machine has no free port towards ${where} (${errno}): try again later, or with fewer connections`,
    aborted: `dialling ${where} was ended`,
    other: `dialling ${where}${from} failed: ${said}`,
  }
  return sentences[outcome]
}
