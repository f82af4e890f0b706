import { killAll } from '../../bench/processes.ts'

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

let armed = false
const cleanups = new Set<() => void>()

/**
 * Ends with this process whatever programs it has started, also when a signal ends it: the test runner's way with a
 * file that takes too long. Programs have process groups of their own and would live on.
 */
export function endWithThisProcess(): void {
  if (armed) return
  armed = true
  for (const [signal, code] of Object.entries(SIGNALS)) process.once(signal, () => process.exit(code))
  process.once('exit', () => {
    killAll()
    for (const cleanup of cleanups) cleanup()
  })
}

/** Has `cleanup` called at the exit of this process, after all programs have ended, unless it is disposed of before. */
export function atExit(cleanup: () => void): Disposable {
  endWithThisProcess()
  cleanups.add(cleanup)
  return { [Symbol.dispose]: () => void cleanups.delete(cleanup) }
}
