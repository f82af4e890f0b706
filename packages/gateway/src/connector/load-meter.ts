import { createThrottle, type Throttle } from '@portolan/channels'
import type { Meter } from './metered-stream.ts'

/** How much a connector carries, as edges are told. */
interface Load {
  readonly bytesPerSecond: number
  /** Processor seconds of this process in a second: 1 is one processor in full. */
  readonly cpu: number
  readonly residentBytes: number
}

export interface LoadMeter extends Meter, Disposable {
  /** Bytes per second in each direction, over all streams; undefined: no bound. */
  setBound(bytesPerSecond: number | undefined): void
  /** Since the last call. */
  load(): Load
}

export function createLoadMeter(): LoadMeter {
  const over = new AbortController()
  let bound: number | undefined
  let throttles: Readonly<Record<'up' | 'down', Throttle>> | undefined
  let bytes = 0
  let at = performance.now()
  let used = process.cpuUsage()
  return {
    count(more) {
      bytes += more
    },
    throttle: direction => throttles?.[direction],
    setBound(bytesPerSecond) {
      if (bytesPerSecond === bound) return
      bound = bytesPerSecond
      const make = () => bytesPerSecond && createThrottle({ bytesPerSecond, signal: over.signal })
      const [up, down] = [make(), make()]
      throttles = up && down ? { up, down } : undefined
    },
    load() {
      const seconds = Math.max(performance.now() - at, 1) / 1_000
      const { user, system } = process.cpuUsage(used)
      const load: Load = {
        bytesPerSecond: Math.round(bytes / seconds),
        cpu: Math.round((user + system) / 10_000 / seconds) / 100,
        residentBytes: process.memoryUsage.rss(),
      }
      bytes = 0
      at = performance.now()
      used = process.cpuUsage()
      return load
    },
    [Symbol.dispose]: () => over.abort(),
  }
}
