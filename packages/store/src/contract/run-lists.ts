import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RunAsk, RunState, Runs } from '../store-runs.ts'
import type { Place } from './place.ts'
import { newRun, runFile } from './rows.ts'

const STATES: readonly RunState[] = ['waiting', 'running', 'retrying', 'succeeded', 'failed', 'cancelled']

/** Makes two runs of each state for three transfers over changing sites, one each millisecond; answers what they are. */
async function fill(
  runs: Runs,
): Promise<readonly { transfer: string; sites: string[]; state: RunState; at: number }[]> {
  const wanted = ['t', 'u', 'v'].flatMap((transfer, first) =>
    [...STATES, ...STATES].map((state, index) => ({
      transfer,
      sites: [['a'], ['b'], ['a', 'b'], []][(first + index) % 4] ?? [],
      state,
      at: 1_000 + index * 3 + first,
    })),
  )
  wanted.sort((a, b) => a.at - b.at)
  for (const { transfer, sites, state, at } of wanted) {
    const [run] = await runs.enqueue(
      [newRun({ transfer, sites, dueAt: state === 'waiting' ? 9_999 : 5 })],
      at,
    )
    if (state === 'waiting') continue
    await runs.lease({ node: 'n', now: 6, until: 9_000, limit: 1, perSite: { a: 99, b: 99 } })
    const over = state === 'running' || state === 'retrying' ? {} : { endedAt: at + 100 }
    await runs.save(run?.id ?? '', 'n', { state, dueAt: 9_999, ...over })
  }
  return wanted
}

/** What the lists of runs promise, and their end. */
export function runListsContract(place: Place): void {
  describe('lists of runs', () => {
    it('are filtered by all that can be asked for, newest first, page by page', async t => {
      const { runs } = (await place.open(t)).initiated
      const all = await fill(runs)
      const asks: Omit<RunAsk, 'limit'>[] = []
      for (const transfer of [undefined, 't', 'nothing'])
        for (const site of [undefined, 'a', 'nothing'])
          for (const state of [undefined, ...STATES])
            for (const [from, to] of [[], [1_010], [1_003, 1_030.5], [1_010, 1_010]])
              asks.push({
                ...(transfer !== undefined && { transfer }),
                ...(site !== undefined && { site }),
                ...(state !== undefined && { state }),
                ...(from !== undefined && { from }),
                ...(to !== undefined && { to }),
              })
      for (const ask of asks) {
        const { transfer, site, state, from, to } = ask
        const expected = all
          .filter(run => transfer === undefined || run.transfer === transfer)
          .filter(run => site === undefined || run.sites.includes(site))
          .filter(run => state === undefined || run.state === state)
          .filter(run => (from === undefined || run.at >= from) && (to === undefined || run.at <= to))
          .map(({ at }) => at)
          .reverse()
        const found: number[] = []
        let next: string | undefined
        do {
          const page = await runs.list({ ...ask, limit: 5, ...(next !== undefined && { before: next }) })
          found.push(...page.items.map(({ createdAt }) => createdAt))
          next = page.next
          assert.ok(page.items.length === 5 || next === undefined)
        } while (next !== undefined)
        assert.deepEqual(found, expected, JSON.stringify(ask))
      }
    })

    it('find a site among more sites than are merged', async t => {
      const { runs } = (await place.open(t)).initiated
      const made = await runs.enqueue(
        Array.from({ length: 300 }, (_, index) => newRun({ sites: ['hub', `s${index}`] })),
        1_000,
      )
      const { items } = await runs.list({ site: 'hub', limit: 500 })
      assert.deepEqual(
        items.map(({ id }) => id),
        made.map(({ id }) => id).reverse(),
      )
      assert.equal((await runs.list({ site: 'hub', state: 'failed', limit: 5 })).items.length, 0)
    })

    it('are counted by state, those that are over since a time', async t => {
      const { runs } = (await place.open(t)).initiated
      const all = await fill(runs)
      const since = 1_120
      for (const from of [0, since]) {
        const counts = await runs.counts(from)
        for (const state of STATES) {
          const open = state === 'waiting' || state === 'running' || state === 'retrying'
          const expected = all.filter(run => run.state === state && (open || run.at + 100 >= from)).length
          assert.equal(counts[state], expected, `${state} from ${from}`)
        }
      }
    })
  })

  describe('old runs', () => {
    it('are removed by age and by number with all that is theirs, never those that are not over', async t => {
      const { runs } = (await place.open(t)).initiated
      const made = await runs.enqueue(
        Array.from({ length: 360 }, (_, dueAt) => newRun({ sites: [], dueAt, occurrence: `o${dueAt}` })),
        50,
      )
      await runs.lease({ node: 'n', now: 1_000, until: 2_000, limit: 350, perSite: {} })
      const many = Array.from({ length: 1_500 }, (_, index) => String(index))
      for (const [index, { id }] of made.slice(0, 345).entries()) {
        const some = index === 3 ? many : many.slice(0, 1)
        await runs.save(id, 'n', {
          state: 'succeeded',
          endedAt: index,
          fileRows: some.map(key => runFile({ key })),
          events: some.map(text => ({ at: 1, kind: 'k', text, detail: null })),
        })
      }
      assert.equal(await runs.prune({ age: 1_000, rows: 345 }, 1_000), 0)
      assert.equal(await runs.prune({ age: 800, rows: 345 }, 1_000), 200, 'older than 200')
      assert.equal(await runs.prune({ age: 800, rows: 100 }, 1_000), 45)
      const counts = await runs.counts(0)
      assert.deepEqual([counts.succeeded, counts.running, counts.waiting], [100, 5, 10])
      for (const index of [0, 3, 199, 244]) {
        const id = made[index]?.id ?? ''
        assert.equal(await runs.get(id), undefined)
        assert.equal((await runs.files(id, { offset: 0, limit: 1 })).total, 0)
        assert.deepEqual(await runs.events(id, { limit: 1 }), [])
      }
      const kept = made[245]?.id ?? ''
      assert.equal((await runs.files(kept, { offset: 0, limit: 1 })).total, 1)
      assert.equal((await runs.events(kept, { limit: 5 })).length, 1)
      assert.equal(await runs.prune({ age: 0, rows: 0 }, 9_000), 100)
      assert.equal((await runs.list({ limit: 500 })).items.length, 15)
    })

    it('are not made again for as long as they were kept after they are gone', async t => {
      const { runs } = (await place.open(t)).initiated
      const again = () => runs.enqueue([newRun({ occurrence: 'o' })], 1_000)
      const [run] = await again()
      await runs.lease({ node: 'n', now: 1_000, until: 2_000, limit: 1, perSite: {} })
      await runs.save(run?.id ?? '', 'n', { state: 'succeeded', endedAt: 1_000 })
      assert.equal(await runs.prune({ age: 500, rows: 9 }, 1_501), 1)
      assert.deepEqual(await again(), [])
      await runs.prune({ age: 500, rows: 9 }, 2_001)
      assert.deepEqual(await again(), [])
      await runs.prune({ age: 500, rows: 9 }, 2_002)
      assert.equal((await again()).length, 1)
      await runs.prune({ age: 500, rows: 9 }, 9_999)
      assert.deepEqual(await again(), [], 'that of a run that waits is never forgotten')
    })
  })
}
