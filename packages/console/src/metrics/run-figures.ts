import type { RunState } from '@portolan/store'
import type { EngineEvent } from '@portolan/transfers'
import { Counter, Gauge, type Registry } from 'prom-client'

/** What counts runs of transfers. */
export interface RunFigures {
  count(event: EngineEvent): void
  /** Takes how many there are in each state now; undefined: it could not be told. */
  update(counts: Readonly<Record<RunState, number>> | undefined): void
}

/** Makes the figures of runs in a registry. */
export function runFigures(registry: Registry): RunFigures {
  const registers = [registry]
  const ended = new Counter({
    name: 'portolan_runs_total',
    help: 'Runs of transfers that have ended on this node.',
    labelNames: ['state'],
    registers,
  })
  const retried = new Counter({
    name: 'portolan_run_retries_total',
    help: 'Attempts of runs that failed and are made again.',
    registers,
  })
  const bytes = new Counter({
    name: 'portolan_run_bytes_total',
    help: 'Bytes that runs have moved which ended on this node.',
    registers,
  })
  const now = new Gauge({
    name: 'portolan_runs',
    help: 'Runs of all nodes right now, by state: waiting, running, retrying.',
    labelNames: ['state'],
    registers,
  })
  return {
    count(event) {
      if (event.type === 'run-retrying') retried.inc()
      if (event.type !== 'run-ended') return
      ended.inc({ state: event.run.state })
      bytes.inc(event.run.bytes)
    },
    update(counts) {
      now.reset()
      for (const state of ['waiting', 'running', 'retrying'] as const) {
        if (counts) now.set({ state }, counts[state])
      }
    },
  }
}
