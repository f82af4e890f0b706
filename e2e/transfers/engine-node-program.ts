// An engine in a process of its own: what a node does of transfers, to be put into a network namespace or to be killed.
import { join } from 'node:path'
import { openStore } from '@portolan/store'
import { createEngine } from '@portolan/transfers'
import type { EngineProcessOptions } from './engine-process.ts'

const options: EngineProcessOptions = JSON.parse(process.argv[2] ?? '{}')
const { place, node, folder, activePorts, timing, concurrency } = options

await using store = await openStore(place)
await using _engine = await createEngine(
  {
    store,
    node,
    ...(concurrency !== undefined && { concurrency }),
    activePorts: () => activePorts,
    resolve: async at => join(folder, 'user' in at ? join(at.user, at.path) : at.folder),
    programs: () => ({}),
    mail: () => undefined,
    webhookKey: () => undefined,
    onEvent: event => {
      if (event.type === 'warning') console.error(`${event.code}: ${event.text}`)
    },
  },
  timing,
)
console.log('ready')
const { promise, resolve } = Promise.withResolvers<void>()
process.once('SIGTERM', () => resolve())
const alive = setInterval(() => {}, 60_000)
await promise
clearInterval(alive)
