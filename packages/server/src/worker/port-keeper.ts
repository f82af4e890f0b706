import {
  openPassivePorts,
  type PassivePorts,
  type PassivePortsSettings,
  PortRange,
  type PreparedPorts,
} from '@portolan/channels'
import type { PortSlice, WorkerConfig } from '../link.ts'

/** Ports that were given up are told of together, in milliseconds. */
const RELEASED_MS = 20

/** Ports that stand and are not in force yet. */
interface Prepared extends PreparedPorts {
  readonly asks: string
  readonly ports: PassivePorts | undefined
}

/**
 * The passive ports of a worker through all its configurations. Ports that two of them share stay open; reservations and
 * transfers of running sessions do not notice a reload.
 */
export class PortKeeper implements AsyncDisposable {
  readonly #onReleased: () => void
  /** Kept when passive mode is switched off: reservations made before are still good. */
  #ports: PassivePorts | undefined
  /** What the ports in force were made from. */
  #asks = ''
  #prepared: Prepared | undefined
  #released: NodeJS.Timeout | undefined

  /** @param onReleased - ports that were kept for reservations of an earlier configuration are free for other workers */
  constructor(onReleased: () => void) {
    this.#onReleased = onReleased
  }

  /** Undefined when passive mode was never on. */
  get ports(): PassivePorts | undefined {
    return this.#ports
  }

  /**
   * Opens what a configuration needs.
   * @param held - ports that other workers hold until the configuration is in force
   * @returns what reservations are made at; undefined when passive mode is off
   * @throws {ChannelError} and nothing has changed
   */
  async prepare(config: WorkerConfig, held: PortSlice | undefined): Promise<PassivePorts | undefined> {
    await this.discard()
    const settings = portSettings(config)
    const asks = JSON.stringify(settings)
    const ports = this.#ports
    if (asks !== this.#asks && ports) {
      const prepared = await ports.prepare(settings, held && PortRange.of(held))
      this.#prepared = { ...prepared, asks, ports }
    } else if (settings.range && !ports) {
      const fresh = await openPassivePorts({ ...settings, onReleased: () => this.#tellReleased() })
      const discard = () => void fresh[Symbol.asyncDispose]()
      this.#prepared = { commit: () => {}, discard, asks, ports: fresh }
    }
    return settings.range && (this.#prepared?.ports ?? ports)
  }

  /** Puts what was prepared in force. */
  commit(): void {
    const prepared = this.#prepared
    if (!prepared) return
    this.#prepared = undefined
    prepared.commit()
    this.#ports = prepared.ports
    this.#asks = prepared.asks
  }

  async discard(): Promise<void> {
    this.#prepared?.discard()
    this.#prepared = undefined
  }

  /** Tries the ports again that could not be had. Answers which the system refuses, apart from those that other workers still hold. */
  async claim(): Promise<readonly string[]> {
    await this.#ports?.claim()
    const failed = this.#ports?.figures().failed ?? []
    return failed
      .filter(one => !one.awaited)
      .map(({ port, host, text }) => `passive port ${port} of ${host} cannot be used: ${text}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#released)
    await this.discard()
    await this.#ports?.[Symbol.asyncDispose]()
  }

  #tellReleased(): void {
    this.#released ??= setTimeout(() => {
      this.#released = undefined
      this.#onReleased()
    }, RELEASED_MS)
  }
}

/** What the passive ports depend on; a change of anything else leaves them as they are. */
function portSettings({ passive: slice, dataHosts, settings }: WorkerConfig): PassivePortsSettings {
  const { sharing, waitTimeout, acceptTimeout, proxyProtocol } = settings.passive
  return {
    range: slice && PortRange.of(slice),
    hosts: dataHosts,
    sharing,
    waitMs: waitTimeout,
    acceptMs: acceptTimeout,
    proxyFrom: proxyProtocol,
  }
}
