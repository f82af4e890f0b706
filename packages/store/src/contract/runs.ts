import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { NewRun } from '../store-runs.ts'
import type { Place } from './place.ts'
import { newRun } from './rows.ts'
import { idsOf, take, taken } from './take-runs.ts'

/** What the queue of runs promises to one node. */
export function runsContract(place: Place): void {
  describe('runs', () => {
    it('are made with what they were asked with, and found again', async t => {
      const { runs } = (await place.open(t)).initiated
      const asked = newRun({ sites: ['b', 'a'], dueAt: 77, exclusive: 'x', occurrence: 'o' })
      const made = await runs.enqueue([asked], 50)
      const { occurrence: _, exclusive: __, ...kept } = asked
      assert.deepEqual(made, [
        {
          ...kept,
          id: made[0]?.id,
          state: 'waiting',
          createdAt: 50,
          attempt: 0,
          cancelAsked: false,
          files: 0,
          filesDone: 0,
          bytes: 0,
          bytesTotal: 0,
          progress: null,
        },
      ])
      assert.deepEqual(await runs.get(made[0]?.id ?? ''), made[0])
      assert.equal(await runs.get('nothing'), undefined)
      assert.equal(await runs.nextDue(), 77)
      assert.deepEqual(await runs.enqueue([], 50), [])
    })

    it('are made once for each occurrence of a transfer', async t => {
      const { runs } = (await place.open(t)).initiated
      const long = 'v'.repeat(5_000)
      const of = (transfer: string, occurrence?: string) =>
        newRun({ transfer, ...(occurrence !== undefined && { occurrence }) })
      const table: readonly [NewRun[], number[]][] = [
        [
          [of('t', 'a'), of('t', 'b'), of('t', 'a'), of('t'), of('t')],
          [0, 1, 3, 4],
        ],
        [
          [of('t', 'b'), of('u', 'b'), of('t', 'c')],
          [1, 2],
        ],
        [[of('t', 'a')], []],
        [
          [of('t', long), of('t', `${long}1`), of('t', `${long}2`), of('t', long)],
          [0, 1, 2],
        ],
        [[of('t', `${long}1`), of('t', `${long}3`)], [1]],
      ]
      for (const [index, [asked, made]] of table.entries()) {
        const rows = await runs.enqueue(
          asked.map((run, at) => ({ ...run, dueAt: at })),
          50,
        )
        assert.deepEqual(
          rows.map(({ dueAt }) => dueAt),
          made,
          `row ${index}`,
        )
        assert.deepEqual(idsOf(rows), idsOf(rows).sort(), 'ids are in the order asked')
      }
    })

    it('are leased when they are due, the oldest first, as many as asked for', async t => {
      const { runs } = (await place.open(t)).initiated
      const made = await runs.enqueue(
        [300, 100, 1_000, 200, 1_001].map(dueAt => newRun({ dueAt, sites: [] })),
        50,
      )
      const dues = async (limit: number) => (await take(runs, { limit })).map(({ dueAt }) => dueAt)
      assert.deepEqual(await dues(0), [])
      assert.deepEqual(await dues(2), [100, 200])
      assert.deepEqual(await dues(10), [300, 1_000])
      assert.deepEqual(await dues(10), [])
      assert.equal(await runs.nextDue(), 1_001)
      assert.deepEqual(await runs.get(made[1]?.id ?? ''), {
        ...made[1],
        state: 'running',
        lease: { node: 'n', until: 2_000 },
      })
    })

    it('of one site are never more at once than it allows, and do not hold up others', async t => {
      const { runs } = (await place.open(t)).initiated
      const sites = ['a', 'a', 'a', 'a', 'a', 'b', 'b', 'b', 'c', 'none', 'toString', '__proto__']
      await runs.enqueue(
        sites.map((site, dueAt) => newRun({ sites: site === 'none' ? [] : [site], dueAt })),
        50,
      )
      const perSite = { a: 1, b: 3, c: 0 }
      const first = await take(runs, { perSite })
      assert.deepEqual(
        first.map(({ sites: [site = 'none'] }) => site),
        ['a', 'b', 'b', 'b', 'none', 'toString', '__proto__'],
      )
      assert.deepEqual(await take(runs, { perSite }), [])
      await runs.save(first[0]?.id ?? '', 'n', { state: 'succeeded' })
      assert.deepEqual(
        (await take(runs, { perSite })).map(({ dueAt }) => dueAt),
        [1],
      )
      assert.deepEqual(
        (await take(runs)).map(({ dueAt }) => dueAt),
        [2, 8],
        'others: 2',
      )
    })

    it('that use several sites need a place at each', async t => {
      const { runs } = (await place.open(t)).initiated
      const sites = [['a', 'b'], ['b', 'c'], ['c'], ['b', 'a', 'b'], ['a', 'c']]
      const made = await runs.enqueue(
        sites.map((each, dueAt) => newRun({ sites: each, dueAt })),
        50,
      )
      const perSite = { a: 2, b: 1, c: 2 }
      const order = async () => (await take(runs, { perSite })).map(({ dueAt }) => dueAt)
      assert.deepEqual(await order(), [0, 2, 4])
      await runs.save(made[0]?.id ?? '', 'n', { state: 'failed' })
      assert.deepEqual(await order(), [3], 'c is full')
    })

    it('with one text that is exclusive are leased one after the other', async t => {
      const { runs } = (await place.open(t)).initiated
      const long = `/${'d'.repeat(3_000)}`
      const texts = [long, long, `${long}x`, 'b', undefined, long, undefined]
      const made = await runs.enqueue(
        texts.map((exclusive, dueAt) =>
          newRun({ dueAt, sites: dueAt === 5 ? ['z'] : [], ...(exclusive && { exclusive }) }),
        ),
        50,
      )
      const order = async () => (await take(runs)).map(({ dueAt }) => dueAt)
      assert.deepEqual(await order(), [0, 2, 3, 4, 6])
      assert.deepEqual(await order(), [])
      await runs.save(made[0]?.id ?? '', 'n', { state: 'retrying', dueAt: 5_000 })
      assert.deepEqual(await order(), [1])
      await runs.save(made[1]?.id ?? '', 'n', { state: 'succeeded' })
      assert.deepEqual(await order(), [5])
    })

    it('of which the oldest thousand may not begin do not hide those that may', async t => {
      const { runs } = (await place.open(t)).initiated
      await runs.enqueue(
        Array.from({ length: 1_000 }, (_, dueAt) => newRun({ dueAt: dueAt / 10, exclusive: 'one file' })),
        50,
      )
      const [other] = await runs.enqueue([newRun({ dueAt: 500 })], 50)
      const both = await take(runs, { limit: 2 })
      assert.deepEqual([both.length, both[1]?.id], [2, other?.id])
    })

    it('whose lease has run out are taken over by another node, and keep their place until then', async t => {
      const { runs } = (await place.open(t)).initiated
      const perSite = { a: 1 }
      const [first, second] = await runs.enqueue([newRun({ dueAt: 500 }), newRun({ dueAt: 400 })], 50)
      assert.deepEqual(idsOf(await take(runs, { perSite })), [second?.id])
      assert.deepEqual(await take(runs, { node: 'm', now: 1_999, until: 9_000, perSite }), [])
      const over = await take(runs, { node: 'm', now: 2_000, until: 9_000, perSite })
      assert.deepEqual(idsOf(over), [second?.id], 'and the other one still waits')
      assert.deepEqual(over[0]?.lease, { node: 'm', until: 9_000 })
      await runs.save(second?.id ?? '', 'm', { state: 'succeeded' })
      assert.deepEqual(idsOf(await take(runs, { perSite })), [first?.id])
    })

    it('are taken over at once when all leases are ended, and are no longer those of who had them', async t => {
      const { runs } = (await place.open(t)).initiated
      const [run] = await runs.enqueue([newRun({}), newRun({ dueAt: 9_000 })], 50)
      await take(runs, {})
      assert.equal(await runs.endLeases(1_500), 1)
      assert.equal(await runs.endLeases(1_500), 0, 'there are none left')
      assert.deepEqual(await runs.renew([run?.id ?? ''], { node: 'n', now: 1_500, until: 4_000 }), [])
      const over = await take(runs, { node: 'm', now: 1_500, until: 9_000 })
      assert.deepEqual(idsOf(over), [run?.id])
      assert.deepEqual(over[0]?.lease, { node: 'm', until: 9_000 })
    })

    it('are taken over only as far as the bound of their site has not become lower', async t => {
      const { runs } = (await place.open(t)).initiated
      await runs.enqueue([newRun({ dueAt: 1 }), newRun({ dueAt: 2 }), newRun({ dueAt: 3 })], 50)
      assert.equal((await take(runs, { perSite: { a: 2 } })).length, 2)
      const over = await take(runs, { node: 'm', now: 2_000, until: 9_000, perSite: { a: 1 } })
      assert.deepEqual(
        over.map(({ dueAt }) => dueAt),
        [1],
      )
    })

    it('are prolonged for who has them, who is told whether they are to end', async t => {
      const { runs } = (await place.open(t)).initiated
      const made = await runs.enqueue(
        Array.from({ length: 4 }, () => newRun({ sites: [] })),
        50,
      )
      const ids = idsOf(made)
      await take(runs, { limit: 3 })
      await runs.save(ids[0] ?? '', 'n', { state: 'succeeded' })
      await runs.cancel(ids[1] ?? '', 1_000)
      const renewed = await runs.renew([...ids, 'nothing'], { node: 'n', now: 1_500, until: 3_000 })
      assert.deepEqual(
        renewed.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
        [
          { id: ids[1], cancelAsked: true },
          { id: ids[2], cancelAsked: false },
        ],
      )
      assert.equal((await runs.get(ids[2] ?? ''))?.lease?.until, 3_000)
      assert.deepEqual(await runs.renew(ids, { node: 'm', now: 1_500, until: 3_000 }), [])
      assert.deepEqual(await runs.renew(ids, { node: 'n', now: 3_000, until: 4_000 }), [], 'it has run out')
      assert.deepEqual(await runs.renew([], { node: 'n', now: 0, until: 1 }), [])
    })

    it('are cancelled at once when nobody has them, and else asked to end', async t => {
      const store = await place.open(t)
      const { runs } = store.initiated
      const [waiting, retrying, running, lost, ended] = idsOf(
        await runs.enqueue(
          Array.from({ length: 5 }, (_, dueAt) => newRun({ sites: [], dueAt: 5 - dueAt })),
          50,
        ),
      )
      const of = (id: string | undefined) => runs.get(id ?? '')
      await take(runs, { limit: 2, until: 1_500 })
      await take(runs, { limit: 2 })
      await runs.save(ended ?? '', 'n', { state: 'succeeded', endedAt: 1 })
      await runs.save(retrying ?? '', 'n', { state: 'retrying' })
      const changes: unknown[] = []
      store.changes.subscribe(change => changes.push(change))
      for (const id of [waiting, retrying, running, lost])
        assert.equal(await runs.cancel(id ?? '', 1_500), true)
      assert.deepEqual(
        changes,
        [waiting, retrying, running, lost].map(key => ({ topic: 'runs', key })),
      )
      assert.equal(await runs.cancel(ended ?? '', 1_500), false)
      assert.equal(await runs.cancel('nothing', 1_500), false)
      assert.equal(changes.length, 4)
      for (const id of [waiting, retrying, lost]) {
        const run = await of(id)
        assert.deepEqual([run?.state, run?.endedAt, run?.lease], ['cancelled', 1_500, undefined])
        assert.equal(await runs.cancel(id ?? '', 1_600), false)
      }
      assert.equal(await runs.save(lost ?? '', 'n', { bytes: 1 }), false, 'it was lost')
      const run = await of(running)
      assert.deepEqual([run?.state, run?.cancelAsked, run?.lease?.node], ['running', true, 'n'])
      assert.deepEqual(await take(runs, { now: 1_600 }), [])
    })

    it('that are given back after a cancel do not begin again', async t => {
      const { runs } = (await place.open(t)).initiated
      for (const change of [{ release: true }, { state: 'retrying', dueAt: 9_000 }] as const) {
        const run = await taken(runs)
        await runs.cancel(run.id, 1_000)
        assert.equal(await runs.save(run.id, 'n', change), true)
        const after = await runs.get(run.id)
        assert.deepEqual(
          [after?.state, after?.lease, after?.endedAt !== undefined],
          ['cancelled', undefined, true],
        )
      }
      assert.equal(await runs.nextDue(), undefined)
    })

    it('tell the feed of new ones, once for all of a call, and of nothing else but a cancel', async t => {
      const store = await place.open(t)
      const { runs } = store.initiated
      const changes: unknown[] = []
      store.changes.subscribe(change => changes.push(change))
      const [only] = await runs.enqueue([newRun({ occurrence: 'o' })], 50)
      await runs.enqueue([newRun(), newRun()], 50)
      await runs.enqueue([newRun({ occurrence: 'o' })], 50)
      const leased = await take(runs)
      await runs.renew(idsOf(leased), { node: 'n', now: 1_000, until: 3_000 })
      await runs.save(leased[0]?.id ?? '', 'n', { state: 'succeeded' })
      assert.deepEqual(changes, [{ topic: 'runs', key: only?.id }, { topic: 'runs' }])
    })
  })
}
