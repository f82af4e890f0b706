import type { Status } from '../codes.ts'
import { GatewayError } from '../errors.ts'
import type { ConnectorEvent } from '../parts.ts'
import type { Identity } from '../pki/types.ts'
import { BackOff } from './back-off.ts'
import type { EdgeLink } from './open-edge.ts'

/** A link that was silent for so long gets another beside it. Milliseconds. */
const SILENT_MS = 2_000
const LOOK_MS = 500
/** A link that stood for so long was a good one. Milliseconds. */
const STOOD_MS = 5_000

type EdgeEvent = Extract<ConnectorEvent, { type: 'edge' }>

export interface EdgeKeeperOptions {
  readonly address: string
  /** Connects to it. @throws {GatewayError} */
  open(address: string, signal: AbortSignal): Promise<EdgeLink>
  /** The identity that counts now. */
  identity(): Identity
  /**
   * Takes a new link over.
   * @returns the one that stands to the same edge by another address, if there is: then this one is not needed
   */
  adopt(link: EdgeLink, address: string): EdgeLink | undefined
  onEvent(event: EdgeEvent): void
  /** From 0 to 1. */
  readonly random: () => number
}

/**
 * Keeps a link to the edge at one address for as long as it is wanted: dials it again when it was lost, beside it when it is silent or
 * takes no new streams, and when the certificate was renewed.
 */
export class EdgeKeeper {
  readonly #options: EdgeKeeperOptions
  readonly #backOff: BackOff
  readonly #over = new AbortController()
  readonly #links = new Set<EdgeLink>()
  /** Stands to the same edge by another address. */
  #other: EdgeLink | undefined
  /** On the clock of `performance`. */
  #notBefore = 0
  #wakeUp: (() => void) | undefined
  /** What was told last, so that it is told once. */
  #told = ''
  readonly #done: Promise<void>

  constructor(options: EdgeKeeperOptions) {
    this.#options = options
    this.#backOff = new BackOff(options.random)
    this.#done = this.#run()
  }

  /** Dials no more; links that stand are left alone. */
  async stop(): Promise<void> {
    this.#over.abort()
    this.wake()
    await this.#done
  }

  /** Something has changed, such as the identity: what there is to do is done now. */
  wake(): void {
    this.#wakeUp?.()
  }

  async #run(): Promise<void> {
    while (!this.#over.signal.aborted) {
      const left = this.#notBefore - performance.now()
      if (this.#other || this.#hasGood()) await this.#sleep(LOOK_MS)
      else if (left > 0) await this.#sleep(left)
      else await this.#dial()
    }
  }

  /** Whether a link can take streams for as long as it stands. */
  #hasGood(): boolean {
    const { certificate } = this.#options.identity()
    return [...this.#links].some(
      ({ link, identity }) =>
        identity.certificate === certificate && !link.draining && link.silentMs <= SILENT_MS,
    )
  }

  async #dial(): Promise<void> {
    const { address, open, adopt } = this.#options
    let made: EdgeLink
    try {
      made = await open(address, this.#over.signal)
    } catch (error) {
      if (!this.#over.signal.aborted) this.#failed(error)
      return
    }
    if (this.#over.signal.aborted)
      return made.link.destroy({ code: 'CON_STOPPED', text: 'The connector stops.' })
    this.#other = adopt(made, address)
    if (this.#other) {
      made.link.destroy({ code: 'CON_LOST', text: 'The same edge is connected by another address.' })
      void this.#other.link.closed.then(() => {
        this.#other = undefined
        this.wake()
      })
      return
    }
    this.#links.add(made)
    // An edge that drains says so to every new link: the next one is not made at once.
    this.#pause('lost')
    const since = performance.now()
    void made.entered.then(() => {
      if (made.isIn) this.#tell('connected', made.edge, `A link to the edge at ${address} stands.`)
    })
    void made.link.closed.then(status => this.#closed(made, status, performance.now() - since))
  }

  #closed(made: EdgeLink, status: Status, stoodMs: number): void {
    this.#links.delete(made)
    if (this.#over.signal.aborted) return
    const { code, text } = made.said ?? status
    const at = `the edge at ${this.#options.address}`
    if (made.isIn && stoodMs >= STOOD_MS) this.#backOff.reset()
    if (!made.isIn) {
      this.#tell('refused', made.edge, `${at} does not let this connector in: ${text} (${code})`)
      this.#pause('refused')
    } else if (this.#links.size === 0) {
      this.#tell('lost', made.edge, `The link to ${at} was lost: ${text} (${code})`)
      this.#pause('lost')
    }
    this.wake()
  }

  #failed(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error)
    // Its own certificate, or somebody else's: no hurry helps.
    const why = error instanceof GatewayError && error.code !== 'GATEWAY_UNREACHABLE' ? 'refused' : 'lost'
    this.#tell(why, this.#options.address, text)
    this.#pause(why)
  }

  #pause(why: 'lost' | 'refused'): void {
    this.#notBefore = performance.now() + this.#backOff.next(why)
  }

  #tell(state: EdgeEvent['state'], edge: string, text: string): void {
    const told = `${state} ${text}`
    if (told === this.#told) return
    this.#told = told
    this.#options.onEvent({ type: 'edge', edge, state, text: text.charAt(0).toUpperCase() + text.slice(1) })
  }

  async #sleep(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    this.#wakeUp = resolve
    await promise
    clearTimeout(timer)
    this.#wakeUp = undefined
  }
}
