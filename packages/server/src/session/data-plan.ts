import {
  type Because,
  ChannelError,
  checkActiveEndpoint,
  type DataConnection,
  type DataPromise,
  type Decision,
  decide,
  type PassiveReservation,
  promiseActive,
} from '@portolan/channels'
import { type DataCommand, type Endpoint, formatEndpoint } from '@portolan/protocol'
import { Refused } from '../commands/command.ts'
import type { SessionDetail } from '../inspect.ts'
import { failureCode } from '../reply-for-error.ts'
import { type DataAttempt, DataAttempts } from './data-attempts.ts'
import type { Session } from './session.ts'

/** What a session has agreed on for its next data connection, and how it is protected. At most one agreement at a time. */
export class DataPlan {
  readonly #session: Session
  #agreement: Agreement | undefined
  /** For SITE PROBE LOG. */
  readonly attempts = new DataAttempts()
  /** Of the connection that was asked for last: what becomes of it is noted there. */
  attempt: DataAttempt | undefined
  /** What the client was told last, and why. */
  told: SessionDetail['agreed']
  /** EPSV ALL was sent: RFC 2428 section 4. */
  onlyEpsv = false
  /** PROT P. */
  protected: boolean
  /** PBSZ was sent: RFC 4217 section 8. */
  sized: boolean

  constructor(session: Session) {
    this.#session = session
    const implicit = session.listenerSettings.tls === 'implicit'
    this.protected = implicit
    this.sized = implicit
  }

  /** True when a data connection was agreed on and not used yet. */
  get agreed(): boolean {
    return this.#agreement !== undefined
  }

  /**
   * Reserves a passive port. A new request replaces the last one: a session holds one port at the most.
   * @param address - the one that the client is told, or uses
   * @returns where the client is expected
   * @throws {ChannelError} `CHANNEL_NO_PORT` within the bound of `passive.waitTimeout`
   */
  async listen(command: DataCommand, address: string): Promise<Endpoint> {
    const attempt = this.attempts.begin(command)
    try {
      const reservation = await this.#reserve()
      const endpoint = { address, port: await this.#portToTell(reservation) }
      attempt.agree(endpoint, reservation)
      this.#agreement = { promise: reservation, attempt }
      return endpoint
    } catch (error) {
      attempt.refuse(...refusalOf(error))
      this.#failed(command, error)
      throw error
    }
  }

  async #reserve(): Promise<PassiveReservation> {
    const session = this.#session
    const ports = session.context.passivePorts
    if (!ports) throw session.refuse('data.passive-off')
    await this.drop()
    const { address } = session.ends.client
    const reservation = await ports.reserve(
      { address },
      { signal: session.signal, local: session.ends.local },
    )
    if (session.control.closed) {
      // The session ended while its command waited for a port: nobody else would give it back.
      await reservation[Symbol.asyncDispose]()
      throw session.refuse('data.none')
    }
    return reservation
  }

  /** The reserved port, as the proxy in front of us has it. */
  async #portToTell(reservation: PassiveReservation): Promise<number> {
    const { advertised } = this.#session.ends
    const port = reservation.port + (advertised?.portOffset ?? 0)
    if (port >= 1 && port <= 65_535) return port
    await reservation[Symbol.asyncDispose]()
    throw new ChannelError(
      'CHANNEL_SETTING',
      `the proxy says that port ${reservation.port} is its port ${port}, which is none: correct the passive ports of the publication`,
    )
  }

  /** What PASV tells this client: what the proxy in front says, else the first matching address rule, with its reason. */
  async passiveAddress(): Promise<Decision<string>> {
    const { account, context, ends } = this.#session
    if (ends.advertised) {
      const { address, portOffset } = ends.advertised
      return decide(
        address,
        'proxy-advertise',
        `the trusted proxy ${ends.socket.peer.address} takes data connections at ${address}, at our own ports ${signed(portOffset)}`,
      )
    }
    try {
      return await context.addressRules.choose({
        userClass: account?.userClass ?? 'default',
        client: ends.client.address,
        local: ends.local,
        destination: ends.destination,
        family: 4,
      })
    } catch (error) {
      this.#failed('PASV', error)
      throw error
    }
  }

  /**
   * Notes whom to dial at the transfer command; dialling now would fail with clients that listen later.
   * @returns whom
   * @throws {ChannelError} `CHANNEL_BOUNCE`
   */
  async dial(command: DataCommand, announced: Endpoint): Promise<Endpoint> {
    const session = this.#session
    const endpoint = { ...announced, address: this.#specified(announced.address) }
    const { settings, activeRange } = session.context
    const attempt = this.attempts.begin(command)
    try {
      this.#checkActive(endpoint)
    } catch (error) {
      attempt.refuse(...refusalOf(error), endpoint)
      this.#failed(command, error, { mode: 'active', endpoint: formatEndpoint(endpoint) })
      throw error
    }
    await this.drop()
    const promise = promiseActive({
      endpoint,
      controlPeer: session.ends.client.address,
      localAddress: session.ends.local,
      ...(activeRange && { range: activeRange }),
      connectMs: settings.active.connectTimeout,
    })
    attempt.agree(endpoint)
    this.#agreement = { promise, attempt }
    this.tell('active', endpoint, promise.endpoint.because)
    return endpoint
  }

  /** Notes and reports what the client and the server have agreed on. */
  tell(mode: 'passive' | 'active', where: Endpoint, because: Because): void {
    const endpoint = formatEndpoint(where)
    this.told = { mode, endpoint, because }
    this.#session.emit({ type: 'data-agreed', mode, endpoint, because })
  }

  /** Reports that no data connection was agreed on. Of a session that has ended nobody waits for one. */
  #failed(command: string, error: unknown, where: { mode?: 'active'; endpoint?: string } = {}): void {
    if (this.#session.control.closed) return
    const [code, text] = refusalOf(error)
    this.#session.emit({ type: 'data-failed', command, code, text, ...where })
  }

  #checkActive(endpoint: Endpoint): void {
    const session = this.#session
    const { settings, activeForeign } = session.context
    if (!settings.active.enabled) throw session.refuse('data.active-off')
    checkActiveEndpoint({
      endpoint,
      controlPeer: session.ends.client.address,
      allowForeign: activeForeign,
      allowLowPorts: settings.active.allowLowPorts,
    })
  }

  /** lftp on loopback announces `::` or `0.0.0.0`: itself, as its control connection shows. */
  #specified(address: string): string {
    return address === '::' || address === '0.0.0.0' ? this.#session.ends.client.address : address
  }

  /**
   * Refuses a transfer before it begins: nothing agreed on, or in the clear where TLS is required.
   * @param transfer - the command that wants to begin
   */
  check(transfer: string): void {
    const session = this.#session
    const mustProtect = session.listenerSettings.encryptData
    if (mustProtect && !this.protected) {
      const refused = session.refuse('tls.data-required')
      this.#failed(transfer, refused)
      throw refused
    }
    if (!this.#agreement) throw new Refused(session.say('data.none'))
  }

  /**
   * Takes the agreement and makes the connection; resolves as soon as TCP stands.
   * @param transfer - the command that is going to use it
   * @throws {ChannelError}
   */
  async open(transfer: string, signal: AbortSignal): Promise<DataConnection> {
    const agreement = this.#agreement
    this.#agreement = undefined
    this.attempt = agreement?.attempt
    if (!agreement) throw new Refused(this.#session.say('data.none'))
    const { promise, attempt } = agreement
    attempt.use(transfer)
    try {
      const connection = await promise.open(signal)
      attempt.connect(connection.remote)
      return connection
    } finally {
      attempt.settle()
      await promise[Symbol.asyncDispose]()
    }
  }

  /** Gives up what was agreed on. */
  async drop(): Promise<void> {
    const agreement = this.#agreement
    this.#agreement = undefined
    agreement?.attempt.drop()
    await agreement?.promise[Symbol.asyncDispose]()
  }

  /** As at the start of a session, apart from what TLS has set up: REIN. */
  async reset(): Promise<void> {
    this.onlyEpsv = false
    this.told = undefined
    await this.drop()
    this.attempts.clear()
  }
}

/** What was agreed on, and where it is noted. */
interface Agreement {
  readonly promise: DataPromise
  readonly attempt: DataAttempt
}

/** Why a command was refused: the code and the sentence. */
function refusalOf(error: unknown): [code: string, text: string] {
  return [failureCode(error), error instanceof Error ? error.message : String(error)]
}

/** An offset of ports, as people read it. */
export function signed(offset: number): string {
  return `${offset < 0 ? '-' : '+'} ${Math.abs(offset)}`
}
