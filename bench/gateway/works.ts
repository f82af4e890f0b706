import { setTimeout as sleep } from 'node:timers/promises'
import { BenchError } from '../errors.ts'
import { memoryOf } from '../memory.ts'
import type { Measured, Row } from '../works/work.ts'
import { holdStreams, runStreams, type StreamTask } from './stream-load.ts'
import type { Way } from './ways/way.ts'

/** What every byte between two parts takes in the works that say so, each way, in milliseconds. */
const FAR_MS = 20
const MANY = 8

interface StreamWorkContext {
  readonly way: Way
  /** The compiled bench/load/stream.c. */
  readonly stream: string
  readonly quick: boolean
}

/** One row of the table of streams. */
export interface StreamWork extends Row {
  readonly delay: number
  /** A way of its own for each measurement, without the subject's peers: the target is a bound. */
  readonly alone?: boolean
  readonly rounds?: number
  measure(context: StreamWorkContext): Promise<Measured>
}

const stunnel = { kind: 'floor', of: 'stunnel' } as const
const far = { delay: FAR_MS, target: { kind: 'floor', atLeast: 100 } } as const
const near = { delay: 0 } as const

export const streamWorks: readonly StreamWork[] = [
  moving('down-1', 'one stream, downwards', 1, 2_000, { ...near, target: { ...stunnel, atLeast: 300 } }),
  moving('up-1', 'one stream, upwards', 1, 2_000, { ...near, target: { ...stunnel, atLeast: 300 } }),
  moving('down-8', 'eight streams, downwards', MANY, 2_000, { ...near, target: stunnel }),
  moving('up-8', 'eight streams, upwards', MANY, 2_000, { ...near, target: stunnel }),
  moving('down-far', 'one stream, downwards, 20 ms each way between parts', 1, 1_000, far),
  moving('up-far', 'one stream, upwards, 20 ms each way between parts', 1, 1_000, far),
  {
    ...{ name: 'open-8', title: 'streams opened, eight at a time', unit: 'streams/s', ...near },
    target: { kind: 'floor', atLeast: 1_000 },
    measure: async context => {
      const { seconds, count, p50Ms, p99Ms } = await run(context, 'open', {
        streams: MANY,
        count: context.quick ? 10 : 500,
      })
      return { value: count / seconds, detail: { seconds, p50Ms, p99Ms } }
    },
  },
  {
    ...{ name: 'open-1', title: 'a stream opened, 64 bytes there and back, median', unit: 'ms', ...near },
    target: { kind: 'value', atMost: 2 },
    measure: async context => {
      const { p50Ms, p95Ms, p99Ms } = await run(context, 'open', { count: context.quick ? 20 : 1_000 })
      return { value: p50Ms, detail: { p95Ms, p99Ms } }
    },
  },
  {
    ...{
      name: 'small',
      title: '64 bytes there and back beside eight busy streams, median',
      unit: 'ms',
      ...near,
    },
    measure: async context => {
      const task = { streams: MANY, count: context.quick ? 20 : 300 }
      const { p50Ms, p95Ms, p99Ms } = await run(context, 'small', task)
      return { value: p50Ms, detail: { p95Ms, p99Ms } }
    },
  },
  {
    ...{ name: 'idle', title: 'memory of an idle stream, over all parts', unit: 'KB', ...near },
    ...{ target: { kind: 'value', atMost: 60 }, alone: true, rounds: 1 },
    measure: measureIdle,
  },
]

function moving(
  name: string,
  title: string,
  streams: number,
  megabytes: number,
  rest: Pick<StreamWork, 'delay' | 'target'>,
): StreamWork {
  return {
    ...{ name, title, unit: 'MB/s', ...rest },
    async measure(context) {
      const bytes = Math.round(((context.quick ? 20 : megabytes) * 1e6) / streams)
      const moved = await run(context, name.startsWith('up') ? 'up' : 'down', { streams, bytes })
      return { value: moved.bytes / 1e6 / moved.seconds, detail: { seconds: moved.seconds } }
    },
  }
}

function run({ way, stream }: StreamWorkContext, work: 'down' | 'up' | 'open' | 'small', task: StreamTask) {
  return runStreams(stream, work, way.reached, task)
}

/** How long parts have to come to rest before their memory is read, in milliseconds. */
const REST_MS = 3_000

async function measureIdle({ way, stream, quick }: StreamWorkContext): Promise<Measured> {
  const streams = quick ? 50 : 5_000
  await runStreams(stream, 'open', way.reached, { count: quick ? 10 : 300 })
  await sleep(REST_MS)
  const held = () => way.pids.reduce((sum, pid) => sum + memoryOf(pid).rss, 0)
  const before = held()
  const after = await holdStreams(stream, way.reached, streams, async () => {
    await sleep(REST_MS)
    return held()
  })
  if (after < before) throw new BenchError('the parts had more memory without the streams than with them')
  return { value: (after - before) / streams / 1e3, detail: { streams, before, after } }
}
