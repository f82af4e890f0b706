import type { DataTls, PassiveNews, PassiveReservation } from '@portolan/channels'
import {
  type DataCommand,
  type Endpoint,
  formatEndpoint,
  type ProbeAttempt,
  type ProbeOutcome,
} from '@portolan/protocol'

/** How many attempts a session remembers. */
const REMEMBERED = 8

/** What the outcome is called by the code of the failure; of a failure that is not here, `refused` or `failed`. */
const FAILURES: Readonly<Record<string, ProbeOutcome>> = {
  CHANNEL_ACCEPT_TIMEOUT: 'nobody-came',
  CHANNEL_DIAL: 'dial-failed',
  CHANNEL_TLS_HANDSHAKE: 'tls-failed',
  REPLY_522: 'tls-failed',
  CHANNEL_ABORTED: 'aborted',
}

const NO_NEWS: PassiveNews = { strangers: [] }

/** How an attempt ended. */
interface Ending {
  readonly outcome: ProbeOutcome
  readonly text: string
  readonly code?: string
  readonly bytes?: number
}

/**
 * The last data connections of one session that were agreed on or refused, for SITE PROBE LOG: a client whose data
 * connections fail learns whether the server ever saw them.
 */
export class DataAttempts {
  #attempts: DataAttempt[] = []
  #count = 0

  /** A command asks for a data connection. */
  begin(command: DataCommand): DataAttempt {
    const attempt = new DataAttempt(++this.#count, command)
    this.#attempts = [...this.#attempts, attempt].slice(-REMEMBERED)
    return attempt
  }

  /** What there is to tell, the newest last. */
  describe(): ProbeAttempt[] {
    return this.#attempts.map(attempt => attempt.describe())
  }

  /** Forgets all: another user may log in. */
  clear(): void {
    this.#attempts = []
  }
}

/** One data connection, from the command that asked for it to its end. What is told of it first stays. */
export class DataAttempt {
  readonly #number: number
  readonly #command: DataCommand
  readonly #began = performance.now()
  #endpoint: Endpoint | undefined
  /** Only until it is used or given up: a log must not keep connections alive. */
  #reservation: PassiveReservation | undefined
  #news: PassiveNews = NO_NEWS
  #connected: { readonly remote: Endpoint; readonly ms: number } | undefined
  #transfer: string | undefined
  #tls: ProbeAttempt['tls']
  #ending: (Ending & { readonly ms: number }) | undefined

  constructor(number: number, command: DataCommand) {
    this.#number = number
    this.#command = command
  }

  /** What the server told the client, or understood of it. */
  agree(endpoint: Endpoint, reservation?: PassiveReservation): void {
    this.#endpoint = endpoint
    this.#reservation = reservation
  }

  /** TCP stands. */
  connect(remote: Endpoint): void {
    this.#connected = { remote, ms: this.#elapsed() }
  }

  /** The agreement is used up, or given up. To be called before the reservation is disposed of. */
  settle(): void {
    if (!this.#reservation) return
    this.#news = this.#reservation.news
    this.#reservation = undefined
  }

  /** Given up for a newer command, or at the end of the session. */
  drop(): void {
    this.settle()
    if (this.#news.arrived || this.#news.failure) return
    this.#end({ outcome: 'dropped', text: 'given up before TCP stood' })
  }

  /** A transfer command wants it. */
  use(transfer: string): void {
    this.#transfer = transfer
  }

  /** The transfer is about to begin, under TLS or not. */
  secure(tls: DataTls | undefined): void {
    if (tls) this.#tls = { protocol: tls.protocol, reused: tls.reused }
  }

  /** No connection came of it, or none that could be used. @param code - stable, as in the event `data-failed` */
  fail(code: string, text: string): void {
    this.settle()
    const outcome = FAILURES[code] ?? (this.#endpoint ? 'failed' : 'refused')
    // It came and went before it was used: that is something else than a packet that never arrived.
    const came = outcome === 'nobody-came' && this.#news.arrived
    this.#end({ outcome: came ? 'broken' : outcome, code, text })
  }

  /** The command was refused. @param endpoint - as the server understood it */
  refuse(code: string, text: string, endpoint?: Endpoint): void {
    this.#endpoint = endpoint
    this.#end({ outcome: 'refused', code, text })
  }

  /** The transfer that had it is over. */
  finish(ending: Ending): void {
    this.#end(ending)
  }

  describe(): ProbeAttempt {
    const news = this.#reservation?.news ?? this.#news
    const ending = this.#ending ?? failureOf(news)
    const tcp = news.arrived ?? this.#connected
    return {
      number: this.#number,
      command: this.#command,
      ...(this.#endpoint && { endpoint: this.#endpoint }),
      outcome: ending?.outcome ?? (this.#connected ? 'connected' : news.arrived ? 'arrived' : 'waiting'),
      ...(tcp && { remote: tcp.remote, tcpMs: tcp.ms }),
      strangers: news.strangers,
      ...(this.#transfer !== undefined && { transfer: this.#transfer }),
      ...(this.#tls && { tls: this.#tls }),
      ...(ending?.bytes !== undefined && { bytes: ending.bytes }),
      ...(ending?.code !== undefined && { code: ending.code }),
      ms: this.#ending?.ms ?? this.#elapsed(),
      text: this.#words(news, ending),
    }
  }

  #words(news: PassiveNews, ending: Ending | undefined): string {
    const words: string[] = []
    const tcp = news.arrived ?? this.#connected
    if (tcp) {
      const way = news.arrived ? 'arrived from' : 'dialled'
      words.push(`${way} ${formatEndpoint(tcp.remote)} after ${tcp.ms} ms`)
    }
    if (ending) words.push(ending.text)
    else if (!tcp) words.push(this.#reservation ? 'nobody came so far' : 'not dialled so far')
    else if (!this.#connected) words.push('no transfer has used it')
    words.push(...news.strangers.map(address => `stranger from ${address} refused`))
    return words.join('; ')
  }

  #end(ending: Ending): void {
    this.#ending ??= { ...ending, ms: this.#elapsed() }
  }

  #elapsed(): number {
    return Math.round(performance.now() - this.#began)
  }
}

/** A reservation that has run out although no transfer ever asked for it. */
function failureOf({ failure, arrived }: PassiveNews): Ending | undefined {
  if (!failure || arrived) return undefined
  return { outcome: FAILURES[failure.code] ?? 'failed', code: failure.code, text: failure.message }
}
