import type { Task } from '../clients/client.ts'
import type { Cost } from '../timed.ts'
import type { Measured, Target } from '../works/work.ts'
import { prepareMove } from './move.ts'
import type { ClientContext, ClientWork, Distance } from './work.ts'

/** A server as a work names it. */
interface Named {
  readonly name: string
  readonly label: string
}

const VERBS = { down: 'get', up: 'put' } as const

/** One large file: megabytes in a second, from the start of the client to its end. */
export function bigFile(
  server: Named,
  direction: Task['direction'],
  tls: boolean,
  target: Target,
): ClientWork {
  return {
    name: `${VERBS[direction]}-${tls ? 'tls' : 'plain'}-${server.name}`,
    title: `${VERBS[direction]} of 1 GiB${tls ? ', TLS 1.3' : ''}, ${server.label}`,
    unit: 'MB/s',
    server: server.name,
    distance: 'near',
    together: false,
    task: { direction, files: 'one', tls, connections: 1 },
    target,
    async measure(context) {
      const cost = await timedMove(context, this.task)
      return { value: context.stage.sizes.big / cost.seconds / 1e6, detail: { ...cost } }
    },
  }
}

/** A folder of small files: files in a second, from the start of the client to its end. */
export function smallFiles(
  server: Named,
  direction: Task['direction'],
  { distance, connections, target }: { distance: Distance; connections: number; target: Target },
): ClientWork {
  const far = distance === 'far'
  const over = connections === 1 ? 'one connection' : `${connections} connections`
  return {
    name: `${far ? 'far' : 'small'}-${VERBS[direction]}-${connections}-${server.name}`,
    title: `${VERBS[direction]} of 1,000 files${far ? ', 20 ms each way' : ''}, ${over}, ${server.label}`,
    unit: 'files/s',
    server: server.name,
    distance,
    // The time of a delayed row is that of its round trips: one round says it, and the clients do not hinder each other.
    together: far,
    ...(far && { rounds: 1 }),
    task: { direction, files: 'many', tls: false, connections },
    target,
    async measure(context) {
      const cost = await timedMove(context, this.task)
      return { value: context.stage.sizes.many / cost.seconds, detail: { ...cost } }
    },
  }
}

/** The processor time of a client that downloads a large file. */
export function cpuOfDownload(server: Named, target: Target): ClientWork {
  return {
    ...download(server),
    name: `cpu-${server.name}`,
    title: `CPU for get of 1 GiB, ${server.label}`,
    unit: 's',
    target,
    async measure(context) {
      const cost = await timedMove(context, this.task)
      return { value: cost.userSeconds + cost.systemSeconds, detail: { ...cost } }
    },
  }
}

/** The highest PSS of a client that downloads a large file. */
export function memoryOfDownload(server: Named): ClientWork {
  return {
    ...download(server),
    name: `memory-${server.name}`,
    title: `memory for get of 1 GiB, ${server.label}`,
    unit: 'MB',
    rounds: 1,
    async measure(context): Promise<Measured> {
      await using move = await prepareMove(context, this.task)
      const call = await context.client.call(move.order)
      const { pss, rss, processes } = await context.stopwatch.memory(context.client, call, {
        home: move.home,
        launcher: context.launcher,
      })
      await move.check()
      return { value: pss / 1e6, detail: { pss, rss, processes } }
    },
  }
}

function download(server: Named) {
  return {
    server: server.name,
    distance: 'near',
    together: false,
    task: { direction: 'down', files: 'one', tls: false, connections: 1 },
  } as const
}

async function timedMove(context: ClientContext, task: Task): Promise<Cost> {
  await using move = await prepareMove(context, task)
  const call = await context.client.call(move.order)
  const cost = await context.stopwatch.time(context.client, call, {
    home: move.home,
    launcher: context.launcher,
  })
  await move.check()
  return cost
}
