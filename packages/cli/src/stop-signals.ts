/** A terminal, npm and a supervisor may all pass on the same Ctrl-C: within this many milliseconds, it is one. */
const SAME_MS = 1_000

/** Calls `stop` for the first SIGTERM or SIGINT, and `cut` for a later one of somebody who does not want to wait. */
export function onStopSignals(
  stop: (signal: NodeJS.Signals) => void,
  cut: () => void,
  now = Date.now,
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
  process.on('SIGTERM', handle)
  process.on('SIGINT', handle)
  return {
    [Symbol.dispose]() {
      process.off('SIGTERM', handle)
      process.off('SIGINT', handle)
    },
  }
}
