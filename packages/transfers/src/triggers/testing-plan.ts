import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type RunRow, type Store } from '@portolan/store'
import { type TransferInput, transfer } from '../model/index.ts'
import { TestClock } from '../schedule/testing-clock.ts'
import type { Resolve } from './folder-trigger.ts'
import { Planner } from './planner.ts'

/** A store, a clock and as many nodes as a test starts. */
export interface TestPlan extends AsyncDisposable {
  readonly store: Store
  readonly clock: TestClock
  readonly folder: string
  readonly warnings: string[]
  define(input: Omit<TransferInput, 'steps'> & { readonly steps?: TransferInput['steps'] }): Promise<void>
  /** A node begins, and has made up for what it missed. */
  node(clock?: TestClock): Promise<Planner>
  /** All runs, in the order in which they were made. */
  runs(): Promise<readonly RunRow[]>
}

/**
 * A place for tests: users' folders and folders of the machine are below its own one.
 * @param now - the clock; absent: the real time, which files have
 */
export async function openTestPlan(now = Date.now()): Promise<TestPlan> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-plan-'))
  const store = await openStore({ folder: join(folder, 'data') })
  const clock = new TestClock(now)
  const warnings: string[] = []
  const nodes: Planner[] = []
  const resolve: Resolve = async place => {
    if (!('user' in place)) return place.folder
    if (place.user === 'nobody') throw new Error('There is no user nobody.')
    return join(folder, 'homes', place.user, place.path)
  }
  return {
    store,
    clock,
    folder,
    warnings,
    async define(input) {
      const value = transfer.parse({ steps: [{ do: 'webhook', url: 'http://127.0.0.1/' }], ...input })
      const { name } = value
      const document = JSON.parse(JSON.stringify(value))
      const known = await store.initiated.definitions.get(name)
      const by = { by: 'test' }
      if (known) await store.initiated.definitions.replace(name, document, by)
      else await store.initiated.definitions.create(name, document, by)
      for (const node of nodes) await node.definitions.load()
    },
    async node(own = clock) {
      const node = await Planner.start({
        store,
        resolve,
        clock: own,
        onQueued: () => {},
        warn: (code, text) => warnings.push(`${code}: ${text}`),
      })
      nodes.push(node)
      await node.settled()
      return node
    },
    async runs() {
      const { items, next } = await store.initiated.runs.list({ limit: 500 })
      assert.equal(next, undefined, 'a test looks at 500 runs at the most')
      return items.toReversed()
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map(node => node[Symbol.asyncDispose]()))
      await store[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true })
    },
  }
}
