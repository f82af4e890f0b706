import type { AgentSide } from './agent-side.ts'
import type { ControlClient } from './control-client.ts'
import type { EdgeParts } from './edge-parts.ts'
import type { Load } from './load.ts'
import type { Publications } from './publications.ts'
import { LONGEST_TIMER_MS } from './state.ts'

/** Milliseconds. */
const TICK_MS = 1_000
const CONNECTED_SOON_MS = 200
/** The whole list is told when one member comes or goes: the longer it is, the longer changes wait for each other. */
const CONNECTED_MS_PER_MEMBER = 0.1
/** News of streams wait so long for company, unless streams were told of within the last second. */
const REPORT_SOON_MS = 50
const REPORT_MS = 1_000
/** Of `alive`, and of the figures in `connected`, in ticks. */
const ALIVE_TICKS = 2
const FIGURES_TICKS = 5

export interface RoundsOptions {
  readonly parts: EdgeParts
  readonly agents: AgentSide
  readonly publications: Publications
  readonly control: ControlClient
  readonly load: Load
  refusedLinks(): number
}

/** What is done again and again, and what follows from changes. */
export interface Rounds extends Disposable {
  /** The controller said something else than before. */
  changed(what: 'config' | 'members'): void
  /** Who is connected has changed: the controller is told soon. */
  connectedChanged(): void
  /** There is something to tell of streams. */
  streamsChanged(): void
  /** Tells the controller who is connected, now. */
  tellConnected(): void
}

export function createRounds(options: RoundsOptions): Rounds {
  const { parts, agents, publications, control, load } = options
  const { state, book, pins, expectations, reports, connectors, now, onEvent } = parts
  let soon: NodeJS.Timeout | undefined
  let atWindow: NodeJS.Timeout | undefined
  let reporting: NodeJS.Timeout | undefined
  let reportedAt = 0
  let ticks = 0
  let isOver = false
  let droppedTold = 0

  const tellConnected = () => {
    clearTimeout(soon)
    soon = undefined
    control.say({ type: 'connected', connectors: connectors.list(), agents: agents.list() })
  }

  const report = () => {
    clearTimeout(reporting)
    reporting = undefined
    reportedAt = performance.now()
    reports.tick()
  }

  const tick = setInterval(() => {
    ticks++
    const { graceMs, idleMs } = state.members
    agents.expire(graceMs)
    connectors.expire(graceMs)
    book.endIdle(idleMs)
    pins.sweep()
    expectations.sweep()
    if (performance.now() - reportedAt > REPORT_MS - 100) report()
    if (reports.dropped > droppedTold) {
      const text = `${reports.dropped - droppedTold} ended streams could not be told to a controller in time, and are missing in the log.`
      droppedTold = reports.dropped
      onEvent({ type: 'warning', code: 'REPORTS_DROPPED', text })
      control.say({ type: 'warning', code: 'REPORTS_DROPPED', text })
    }
    if (ticks % ALIVE_TICKS === 0) {
      control.say({
        type: 'alive',
        ...load.measure(),
        agents: agents.size,
        connectors: connectors.size,
        refusedLinks: options.refusedLinks(),
      })
    }
    if (ticks % FIGURES_TICKS === 0 && agents.size + connectors.size > 0) tellConnected()
  }, TICK_MS)

  /** Definitions change by themselves when a time window begins or ends. */
  const planWindow = () => {
    clearTimeout(atWindow)
    const next = state.policy?.nextChange(now())
    if (next === undefined) return
    const ms = Math.min(Math.max(next - now(), 100), LONGEST_TIMER_MS)
    atWindow = setTimeout(() => {
      agents.defineAnew()
      planWindow()
    }, ms)
  }

  return {
    changed(what) {
      if (what === 'members') {
        agents.check()
        connectors.check()
      } else planWindow()
      agents.define()
      connectors.configure()
      publications.apply()
    },
    connectedChanged() {
      const ms = CONNECTED_SOON_MS + (agents.size + connectors.size) * CONNECTED_MS_PER_MEMBER
      if (!isOver) soon ??= setTimeout(tellConnected, ms)
    },
    streamsChanged() {
      const ms = Math.max(REPORT_SOON_MS, reportedAt + REPORT_MS - performance.now())
      if (!isOver) reporting ??= setTimeout(report, ms)
    },
    tellConnected,
    [Symbol.dispose]() {
      isOver = true
      clearInterval(tick)
      clearTimeout(soon)
      clearTimeout(reporting)
      clearTimeout(atWindow)
    },
  }
}
