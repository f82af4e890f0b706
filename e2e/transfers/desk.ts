import {
  type JsonValue,
  openStore,
  type RunEvent,
  type RunRow,
  type Store,
  type StoreOptions,
} from '@portolan/store'
import { newRun, type SiteInput, site, type TransferInput, transfer } from '@portolan/transfers'
import { until } from '../support/within.ts'

const ACTOR = { by: 'test' }

/** The store of engines in other processes: where a test makes what they work on, and sees what they have done. */
export interface Desk extends AsyncDisposable {
  readonly store: Store
  site(site: SiteInput, password?: string): Promise<void>
  /** Makes a transfer, without a run. */
  define(definition: TransferInput): Promise<void>
  /** Makes a transfer and so many runs of it. Answers their ids. @param properties - of the run of this number */
  queue(
    definition: TransferInput,
    count?: number,
    properties?: (index: number) => RunRow['cause']['properties'],
  ): Promise<readonly string[]>
  /** Waits until these are over. @throws {Error} that names those which are not, when it takes too long */
  over(ids: readonly string[], limitMs: number): Promise<readonly RunRow[]>
  events(id: string): Promise<readonly RunEvent[]>
}

/** @param place - as the engines have it; on SQLite this one is the tool beside the node */
export async function openDesk(place: Omit<StoreOptions, 'as'>): Promise<Desk> {
  const store = await openStore({ ...place, as: 'tool' })
  const { sites, definitions, runs } = store.initiated
  const define = async (fields: TransferInput) => {
    const definition = transfer.parse(fields)
    await definitions.create(definition.name, asJson(definition), ACTOR)
    return definition
  }
  return {
    store,
    define: async fields => void (await define(fields)),
    async site(fields, password) {
      const parsed = site.parse(fields)
      await sites.create(parsed.name, asJson(parsed), ACTOR)
      if (password !== undefined) await sites.setSecrets(parsed.name, { password }, ACTOR)
    },
    async queue(fields, count = 1, properties = () => ({})) {
      const definition = await define(fields)
      const now = Date.now()
      const made = await runs.enqueue(
        Array.from({ length: count }, (_, index) =>
          newRun(definition, { kind: 'request', text: 'a test asks', properties: properties(index) }, now),
        ),
        now,
      )
      return made.map(({ id }) => id)
    },
    async over(ids, limitMs) {
      const left = new Set(ids)
      const rows = new Map<string, RunRow>()
      await until(
        async () => {
          for (const id of left) {
            const row = await runs.get(id)
            if (row?.endedAt === undefined) continue
            rows.set(id, row)
            left.delete(id)
          }
          if (left.size === 0) return true
          const states = await Promise.all([...left].slice(0, 5).map(async id => runs.get(id)))
          return `${left.size} runs are not over: ${states.map(row => `${row?.id} ${row?.state} ${row?.error?.text ?? ''}`).join('; ')}`
        },
        { limitMs, everyMs: 100 },
      )
      return ids.flatMap(id => rows.get(id) ?? [])
    },
    events: id => runs.events(id, { limit: 1000 }),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}

function asJson(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value))
}
