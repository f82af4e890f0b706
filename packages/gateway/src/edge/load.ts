import type { EdgeSays } from '../control/messages.ts'
import type { StreamBook } from './stream-book.ts'

type Alive = Extract<EdgeSays, { type: 'alive' }>

/** How much the edge does: bytes and processor time since it was asked the last time. */
export interface Load {
  measure(): Pick<Alive, 'streams' | 'bytesPerSecond' | 'cpu' | 'residentBytes'>
}

/** @param clock - milliseconds, of a clock that only goes forward */
export function createLoad(book: StreamBook, clock: () => number = () => performance.now()): Load {
  let at = clock()
  let cpu = process.cpuUsage()
  /** Of each stream, how many bytes were counted. */
  let counted = new WeakMap<object, number>()
  return {
    measure() {
      const seconds = Math.max((clock() - at) / 1000, 0.001)
      at = clock()
      let bytes = 0
      const next = new WeakMap<object, number>()
      for (const { record } of book) {
        const total = record.bytes
        bytes += total - (counted.get(record) ?? 0)
        next.set(record, total)
      }
      counted = next
      const used = process.cpuUsage(cpu)
      cpu = process.cpuUsage()
      return {
        streams: book.size,
        bytesPerSecond: bytes / seconds,
        cpu: (used.user + used.system) / 1e6 / seconds,
        residentBytes: process.memoryUsage.rss(),
      }
    },
  }
}
