import type { EventEmitter } from 'node:events'

/** A terminal, npm and a supervisor may all pass on the same Ctrl-C: within this many milliseconds, it is one. */
const SAME_MS = 1_000

/** Where signals come from, and what time it is. */
export interface SignalOptions {
  /** Default: the process. */
  readonly source?: Pick<EventEmitter, 'on' | 'off'>
  /** Milliseconds. Default: the clock of the system. */
  readonly now?: () => number
}

/** Calls `stop` for the first SIGTERM or SIGINT, and `cut` for a later one of somebody who does not want to wait. */
export function onStopSignals(
  stop: (signal: NodeJS.Signals) => void,
  cut: () => void,
  { source = process, now = Date.now }: SignalOptions = {},
): Disposable {
  let first: number | undefined
  const handle = (signal: NodeJS.Signals) => {
    if (first === undefined) {
      first = now()
      stop(signal)
    } else if (now() - first > SAME_MS) {
      cut()
    }
  }
  source.on('SIGTERM', handle)
  source.on('SIGINT', handle)
  return {
    [Symbol.dispose]() {
      source.off('SIGTERM', handle)
      source.off('SIGINT', handle)
    },
  }
}
