import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RunChange, RunRow } from '../store-runs.ts'
import type { Place } from './place.ts'
import { newRun, runFile } from './rows.ts'
import { idsOf, take, taken } from './take-runs.ts'

/** What a node may say of its runs, and what becomes of it. */
export function runSavesContract(place: Place): void {
  describe('runs', () => {
    it('keep every field that is saved, and those that are not', async t => {
      const { runs } = (await place.open(t)).initiated
      const run = await taken(runs)
      const all: RunChange = {
        attempt: 1,
        dueAt: 1_234.5,
        startedAt: 1_001,
        error: { code: 'E', text: 'ä\0' },
        files: 3,
        filesDone: 1,
        bytes: 2 ** 40,
        bytesTotal: 2 ** 41,
        progress: { step: 'moved', text: '\0' },
      }
      assert.equal(await runs.save(run.id, 'n', all), true)
      assert.deepEqual(await runs.get(run.id), { ...run, ...all, dueAt: 1_234 })
      assert.equal(await runs.save(run.id, 'n', {}), true)
      assert.equal(
        await runs.save(run.id, 'n', { state: 'running', error: null, bytes: 0, progress: null }),
        true,
      )
      const { error: _, ...rest } = { ...run, ...all, dueAt: 1_234, bytes: 0, progress: null }
      assert.deepEqual(await runs.get(run.id), rest)
    })

    const outcomes: readonly [change: RunChange, after: Partial<RunRow>][] = [
      [
        { state: 'succeeded', endedAt: 7 },
        { state: 'succeeded', endedAt: 7 },
      ],
      [
        { state: 'failed', endedAt: 7 },
        { state: 'failed', endedAt: 7 },
      ],
      [
        { state: 'cancelled', endedAt: 7, release: true },
        { state: 'cancelled', endedAt: 7 },
      ],
      [
        { state: 'retrying', dueAt: 9 },
        { state: 'retrying', dueAt: 9 },
      ],
      [{ state: 'retrying', release: true }, { state: 'retrying' }],
      [{ state: 'waiting', endedAt: 7 }, { state: 'waiting' }],
      [{ release: true }, { state: 'waiting' }],
      [{ state: 'running', release: true }, { state: 'waiting' }],
    ]
    for (const [change, after] of outcomes) {
      it(`are given back by ${JSON.stringify(change)}, and are then nobody's`, async t => {
        const { runs } = (await place.open(t)).initiated
        const { lease: _, ...run } = await taken(runs)
        assert.equal(await runs.save(run.id, 'n', change), true)
        assert.deepEqual(await runs.get(run.id), { ...run, ...after })
        assert.equal(await runs.save(run.id, 'n', { bytes: 5 }), false)
        assert.equal((await take(runs)).length, after.endedAt === undefined ? 1 : 0)
      })
    }

    it('that are over have an end, also when the node does not say when', async t => {
      const { runs } = (await place.open(t)).initiated
      const run = await taken(runs)
      const before = Date.now()
      await runs.save(run.id, 'n', { state: 'succeeded' })
      const end = (await runs.get(run.id))?.endedAt ?? 0
      assert.ok(before <= end && end <= Date.now())
    })

    it('are written by nobody who has lost them: neither the run nor files nor events', async t => {
      const { runs } = (await place.open(t)).initiated
      const run = await taken(runs)
      const saving = { bytes: 9, fileRows: [runFile()], events: [{ at: 1, kind: 'k', text: 't', detail: 1 }] }
      const [over] = await take(runs, { node: 'm', now: 2_000, until: 3_000 })
      assert.equal(await runs.save(run.id, 'n', { state: 'succeeded', ...saving }), false)
      assert.deepEqual(await runs.saveAll('n', [{ id: run.id, ...saving }]), [])
      assert.deepEqual(await runs.get(run.id), over)
      assert.equal((await runs.files(run.id, { offset: 0, limit: 5 })).total, 0)
      assert.deepEqual(await runs.events(run.id, { limit: 5 }), [])
      assert.equal(await runs.save('nothing', 'n', saving), false)
    })

    it('are saved several at once, in their order, and who is lost is not among those answered', async t => {
      const { runs } = (await place.open(t)).initiated
      const made = await runs.enqueue(
        Array.from({ length: 4 }, () => newRun({ sites: [] })),
        50,
      )
      await take(runs, { limit: 3 })
      const [a = '', b = '', c = '', d = ''] = idsOf(made)
      const event = (text: string) => ({ events: [{ at: 1, kind: 'k', text, detail: null }] })
      const held = await runs.saveAll('n', [
        { id: a, bytes: 1, ...event('first') },
        { id: d, bytes: 1, ...event('not mine') },
        { id: b, state: 'succeeded' },
        { id: a, filesDone: 1, ...event('second') },
        { id: c, state: 'failed' },
        { id: c, bytes: 7, ...event('after the end') },
      ])
      assert.deepEqual([...held].sort(), [a, b].sort())
      const first = await runs.get(a)
      assert.deepEqual([first?.bytes, first?.filesDone], [1, 1])
      assert.deepEqual(
        (await runs.events(a, { limit: 9 })).map(({ text }) => text),
        ['first', 'second'],
      )
      assert.deepEqual(await runs.events(c, { limit: 9 }), [])
      assert.deepEqual(await runs.events(d, { limit: 9 }), [])
      assert.deepEqual(
        (await Promise.all([b, c, d].map(runs.get))).map(run => run?.state),
        ['succeeded', 'failed', 'waiting'],
      )
      assert.deepEqual(await runs.saveAll('n', []), [])
    })

    it('have files that are replaced by their key, and paged by it', async t => {
      const { runs } = (await place.open(t)).initiated
      const run = await taken(runs)
      const long = `/z${'z'.repeat(4_000)}`
      const files = ['/b', '/a', long, `${long}1`].map(key => runFile({ key, source: key }))
      await runs.save(run.id, 'n', { fileRows: files })
      const done = runFile({ key: long, state: 'done', error: '' })
      await runs.save(run.id, 'n', { fileRows: [runFile({ key: long, state: 'failed' }), done] })
      assert.deepEqual(await runs.file(run.id, long), done)
      assert.deepEqual(await runs.file(run.id, '/b'), files[0])
      assert.equal(await runs.file(run.id, '/c'), undefined)
      assert.equal(await runs.file('nothing', '/b'), undefined)
      const page = await runs.files(run.id, { offset: 0, limit: 2 })
      assert.deepEqual(page, { items: [files[1], files[0]], total: 4 })
      assert.equal((await runs.files(run.id, { offset: 2, limit: 5 })).items.length, 2)
    })

    it('have a timeline in the order of what was said, that can be followed', async t => {
      const { runs } = (await place.open(t)).initiated
      const run = await taken(runs)
      const event = (at: number) => ({ at, kind: 'k\0', text: `ä\0${at}`, detail: { at, nul: '\0' } })
      await runs.save(run.id, 'n', { events: [event(3), event(1)] })
      await runs.save(run.id, 'n', { events: [event(2)] })
      const all = await runs.events(run.id, { limit: 9 })
      assert.deepEqual(
        all.map(({ at }) => at),
        [3, 1, 2],
      )
      assert.deepEqual(all[0], { id: all[0]?.id, ...event(3), kind: 'k\uFFFD', text: 'ä\uFFFD3' })
      const [first] = await runs.events(run.id, { limit: 1 })
      assert.deepEqual(await runs.events(run.id, { after: first?.id ?? '', limit: 9 }), all.slice(1))
    })
  })
}
