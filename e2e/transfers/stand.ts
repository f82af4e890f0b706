import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore, type RunRow, type Store } from '@portolan/store'
import {
  createEngine,
  type Engine,
  type EngineEvent,
  type EngineOptions,
  type EngineTiming,
  type SiteInput,
  site,
  type TransferInput,
  transfer,
  zone,
} from '@portolan/transfers'
import { makeScratch } from '../support/scratch.ts'

const ACTOR = { by: 'test' }

/** A store with what transfers need, and a folder of this server. */
export interface Stand extends AsyncDisposable {
  readonly store: Store
  /** Where `{ folder: '/out' }` and users' homes are. */
  readonly folder: string
  readonly events: EngineEvent[]
  site(name: string, site: Omit<SiteInput, 'name'>, password?: string): Promise<void>
  zone(name: string, proxy: { kind: 'socks5' | 'http'; host: string; port: number }): Promise<void>
  transfer(name: string, definition: Omit<TransferInput, 'name'>): Promise<void>
  /** An engine that is disposed with the stand. */
  engine(options?: Partial<EngineOptions>, timing?: Partial<EngineTiming>): Promise<Engine>
  /** Asks for a run and waits until nothing is left to do. */
  run(engine: Engine, name: string, properties?: RunRow['cause']['properties']): Promise<RunRow>
  /** Names in a folder of this server, hidden ones too. */
  names(path?: string): Promise<string[]>
  read(path: string): Promise<Buffer>
}

export async function makeStand(): Promise<Stand> {
  await using starting = new AsyncDisposableStack()
  const { path } = starting.use(await makeScratch())
  const folder = join(path, 'here')
  await mkdir(folder)
  const store = starting.use(await openStore({ folder: join(path, 'data') }))
  const events: EngineEvent[] = []
  const kept = starting.move()
  const { zones, sites, definitions, runs } = store.initiated
  return {
    store,
    folder,
    events,
    async site(name, fields, password) {
      await sites.create(name, JSON.parse(JSON.stringify(site.parse({ name, ...fields }))), ACTOR)
      if (password !== undefined) await sites.setSecrets(name, { password }, ACTOR)
    },
    async zone(name, proxy) {
      await zones.create(name, JSON.parse(JSON.stringify(zone.parse({ name, proxy }))), ACTOR)
    },
    async transfer(name, definition) {
      const document = JSON.parse(JSON.stringify(transfer.parse({ name, ...definition })))
      await definitions.create(name, document, ACTOR)
    },
    async engine(options = {}, timing = {}) {
      const engine = await createEngine(
        {
          store,
          node: 'node-a',
          activePorts: () => undefined,
          resolve: async place => {
            if ('user' in place) return join(folder, place.user, place.path)
            return place.folder.startsWith(folder) ? place.folder : join(folder, place.folder)
          },
          programs: () => ({}),
          mail: () => undefined,
          webhookKey: () => undefined,
          onEvent: event => events.push(event),
          ...options,
        },
        timing,
      )
      return kept.use(engine)
    },
    async run(engine, name, properties = {}) {
      const { id } = await engine.request(name, { text: 'a test asks', properties })
      const end = Date.now() + 60_000
      for (;;) {
        await engine.idle(AbortSignal.timeout(60_000))
        const row = await runs.get(id)
        if (!row) throw new Error('the run is gone')
        if (row.endedAt !== undefined) return row
        if (Date.now() > end) throw new Error(`the run is not over: ${JSON.stringify(row)}`)
        // It is tried again then.
        await sleep(Math.max(10, row.dueAt - Date.now()))
      }
    },
    names: async (below = '') => (await readdir(join(folder, below))).sort(),
    read: below => readFile(join(folder, below)),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
