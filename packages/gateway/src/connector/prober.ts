import type { ConnectorSays, EdgeSaysToConnector } from '../control/messages.ts'

/** What is probed: `configure` says it. */
export type Probes = Extract<EdgeSaysToConnector, { type: 'configure' }>['probes']
export type HealthReport = Extract<ConnectorSays, { type: 'health' }>['reports'][number]

/** Milliseconds between two probes of one port, spread by a tenth to either side. */
const INTERVAL_MS = 30_000
/** Probes that begin in a second, of all. */
const PER_SECOND = 20
/** Milliseconds after the last stream to an `on-access` segment for which it is still probed. */
const ACCESS_MS = 30 * 60_000
/** Segments that are remembered as accessed; a configuration has no more probes. */
const MAX_ACCESSED = 10_000
/** Probes under way at once: each is bounded by the time of a dialling. */
const MAX_UNDER_WAY = 100

/** A connection to a port of a server, made and closed. Rejects when it cannot be made, with a sentence. */
type Probe = (target: { host: string; port: number }, signal: AbortSignal) => Promise<void>

/** The clock and the timers of a prober, so that a test may be those. */
export interface ProberTime {
  /** Milliseconds of a clock that never goes back. */
  now(): number
  /** @returns ends the ticking */
  every(ms: number, tick: () => void): () => void
}

export interface ProberOptions {
  readonly probe: Probe
  onReport(report: HealthReport): void
  readonly time?: ProberTime
  /** From 0 to 1. */
  readonly random?: () => number
}

interface Target {
  readonly segment: string
  readonly host: string
  readonly port: number
  readonly mode: 'on-access' | 'continuous'
  dueAt: number
  isUnderWay: boolean
  report: HealthReport | undefined
}

const SYSTEM: ProberTime = {
  now: () => performance.now(),
  every(ms, tick) {
    const timer = setInterval(tick, ms)
    return () => clearInterval(timer)
  },
}

/**
 * Probes servers by TCP handshakes, as segments with health reporting ask for it, and nothing else: `continuous` always, `on-access`
 * from the first stream to the segment until half an hour after the last. Without a target there is no timer, and no packet.
 */
export class Prober implements Disposable {
  readonly #options: ProberOptions
  readonly #time: ProberTime
  readonly #random: () => number
  readonly #over = new AbortController()
  #targets = new Map<string, Target>()
  /** When a stream was opened last to a segment, those of long ago first: a stream may be faster than what is said of its segment. */
  readonly #accessed = new Map<string, number>()
  /** Targets of the round that is under way. */
  #round: Iterator<Target> | undefined
  #underWay = 0
  #stopTicking: (() => void) | undefined

  constructor(options: ProberOptions) {
    this.#options = options
    this.#time = options.time ?? SYSTEM
    this.#random = options.random ?? Math.random
  }

  /** What is known of all targets, for an edge that has just come. */
  get reports(): readonly HealthReport[] {
    return [...this.#targets.values()].flatMap(({ report }) => report ?? [])
  }

  /** What is probed from now on. What stays keeps its state; what is new is probed within an interval. */
  configure(probes: Probes): void {
    const before = this.#targets
    this.#targets = new Map()
    for (const { segment, host, ports, mode } of probes)
      for (const port of ports) {
        const key = JSON.stringify([segment, host, port, mode])
        const fresh = { segment, host, port, mode, isUnderWay: false, report: undefined }
        this.#targets.set(key, before.get(key) ?? { ...fresh, dueAt: this.#firstDue(mode) })
      }
    this.#round = undefined
    this.#schedule()
  }

  /** A stream to that segment was asked for. */
  accessed(segment: string): void {
    const wasIdle = !this.#isAccessed(segment)
    this.#accessed.delete(segment)
    this.#accessed.set(segment, this.#time.now())
    for (const oldest of this.#accessed.keys()) {
      if (this.#accessed.size <= MAX_ACCESSED) break
      this.#accessed.delete(oldest)
    }
    if (!wasIdle) return
    for (const target of this.#targets.values())
      if (target.segment === segment && target.mode === 'on-access') target.dueAt = this.#time.now()
  }

  [Symbol.dispose](): void {
    this.#over.abort()
    this.#targets.clear()
    this.#schedule()
  }

  #schedule(): void {
    if (this.#targets.size === 0) {
      this.#stopTicking?.()
      this.#stopTicking = undefined
    } else this.#stopTicking ??= this.#time.every(1_000 / PER_SECOND, () => this.#tick())
  }

  /** One probe at most, so that no more than {@link PER_SECOND} begin in a second. */
  #tick(): void {
    if (this.#underWay >= MAX_UNDER_WAY) return
    this.#round ??= this.#targets.values()
    for (let step = this.#round.next(); !step.done; step = this.#round.next()) {
      const target = step.value
      if (target.mode === 'on-access' && !this.#isAccessed(target.segment)) this.#forget(target)
      else if (target.dueAt <= this.#time.now() && !target.isUnderWay) return void this.#probe(target)
    }
    this.#round = undefined
  }

  async #probe(target: Target): Promise<void> {
    const { segment, host, port } = target
    target.isUnderWay = true
    target.dueAt = this.#time.now() + INTERVAL_MS * (0.9 + this.#random() / 5)
    this.#underWay++
    const begun = this.#time.now()
    let report: HealthReport
    try {
      await this.#options.probe({ host, port }, this.#over.signal)
      report = { segment, host, port, state: 'up', ms: Math.round((this.#time.now() - begun) * 10) / 10 }
    } catch (error) {
      const text = (error instanceof Error ? error.message : String(error)).slice(0, 500)
      report = { segment, host, port, state: 'down', text }
    }
    this.#underWay--
    target.isUnderWay = false
    // Taken away meanwhile, or nobody's any more.
    if (!this.#isWanted(target)) return
    target.report = report
    this.#options.onReport(report)
  }

  #isWanted(target: Target): boolean {
    if (this.#over.signal.aborted) return false
    return (
      [...this.#targets.values()].includes(target) &&
      (target.mode === 'continuous' || this.#isAccessed(target.segment))
    )
  }

  #isAccessed(segment: string): boolean {
    const at = this.#accessed.get(segment)
    return at !== undefined && this.#time.now() - at <= ACCESS_MS
  }

  #forget(target: Target): void {
    if (!target.report || target.report.state === 'unknown') return
    const { segment, host, port } = target
    target.report = { segment, host, port, state: 'unknown' }
    this.#options.onReport(target.report)
  }

  #firstDue(mode: Target['mode']): number {
    return this.#time.now() + (mode === 'continuous' ? this.#random() * INTERVAL_MS : 0)
  }
}
