import type { ConnectorSays } from '../control/messages.ts'
import type { ConnectorEvent } from '../parts.ts'
import { closeWithReset } from '../wire/linger.ts'
import type { DialServer } from './dial-server.ts'
import { type HealthReport, Prober, type ProberOptions, type Probes } from './prober.ts'

/** Reports in one message. */
const MAX_REPORTS = 1_000

type HealthMessage = Extract<ConnectorSays, { type: 'health' }>

export interface HealthReportsOptions extends Pick<ProberOptions, 'time' | 'random'> {
  readonly dial: DialServer
  /** Says it to every edge. */
  tell(message: HealthMessage): void
  onEvent(event: Extract<ConnectorEvent, { type: 'health' }>): void
}

/** Probes servers and tells edges what became of it: at once when a state changes, else with the next {@link flush}. */
export class HealthReports implements Disposable {
  readonly #options: HealthReportsOptions
  readonly #prober: Prober
  readonly #states = new Map<string, HealthReport['state']>()
  #waiting: HealthReport[] = []

  constructor(options: HealthReportsOptions) {
    this.#options = options
    this.#prober = new Prober({
      probe: async (target, signal) => closeWithReset(await options.dial(target, signal)),
      onReport: report => this.#note(report),
      ...(options.time && { time: options.time }),
      ...(options.random && { random: options.random }),
    })
  }

  configure(probes: Probes): void {
    this.#prober.configure(probes)
    const known = new Set(this.#prober.reports.map(keyOf))
    for (const key of this.#states.keys()) if (!known.has(key)) this.#states.delete(key)
  }

  accessed(segment: string): void {
    this.#prober.accessed(segment)
  }

  /** All that is known, for an edge that has just come. */
  messages(): readonly HealthMessage[] {
    return inMessages(this.#prober.reports)
  }

  /** Tells what waits. */
  flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const message of inMessages(waiting)) this.#options.tell(message)
  }

  [Symbol.dispose](): void {
    this.#prober[Symbol.dispose]()
  }

  #note(report: HealthReport): void {
    this.#waiting.push(report)
    const { segment, host, port, state } = report
    const key = keyOf(report)
    if (this.#states.get(key) === state) return
    this.#states.set(key, state)
    this.#options.onEvent({ type: 'health', segment, host, port, state })
    this.flush()
  }
}

const keyOf = ({ segment, host, port }: HealthReport) => JSON.stringify([segment, host, port])

function inMessages(reports: readonly HealthReport[]): HealthMessage[] {
  const messages: HealthMessage[] = []
  for (let at = 0; at < reports.length; at += MAX_REPORTS)
    messages.push({ type: 'health', reports: reports.slice(at, at + MAX_REPORTS) })
  return messages
}
