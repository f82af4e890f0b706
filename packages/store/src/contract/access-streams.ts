import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { openStore } from '../open.ts'
import type { AccessStreamAsk, AccessStreamRow, AccessStreams } from '../store-access.ts'
import type { Place } from './place.ts'
import { openRaw } from './secrets.ts'

type NewStream = Omit<AccessStreamRow, 'id'>

/** An open stream of alice, begun at 1,000. */
export function newStream(connection: string, change: Partial<NewStream> = {}): NewStream {
  return {
    connection,
    session: 's1',
    edge: 'edge-1',
    user: 'alice',
    segment: 'Reports',
    connector: 'Berlin',
    server: '10.0.0.9:21',
    status: 'open',
    code: '',
    startedAt: 1_000,
    document: { ConnectionID: connection, ConnectionStatus: 'open', Username: 'ä\0', Events: [] },
    ...change,
  }
}

const CLOSE = { at: 5_000, code: 'EDG_LOST', text: 'The edge was lost.' }

/** What the log of streams promises. */
export function accessStreamsContract(place: Place): void {
  describe('streams of the access path', () => {
    const connections = async (streams: AccessStreams, ask: Partial<AccessStreamAsk> = {}) =>
      (await streams.list({ limit: 500, ...ask })).items.map(({ connection }) => connection)

    it('are made, changed by their connection, and closed once', async t => {
      const { streams } = (await place.open(t)).access
      await streams.save([newStream('c1')])
      const made = await streams.get('c1')
      assert.deepEqual(made, { ...newStream('c1'), id: made?.id })
      const active = newStream('c1', { status: 'active', connector: 'Bonn', document: { bytes: 2 ** 52 } })
      await streams.save([{ ...active, startedAt: 7 }])
      assert.deepEqual(await streams.get('c1'), { ...active, id: made?.id }, 'its place in time stays')
      const closed = newStream('c1', { status: 'close', code: 'AGT_FINISHED', endedAt: 2_000 })
      await streams.save([closed])
      for (const late of [active, newStream('c1'), { ...closed, code: 'EDG_LOST', endedAt: 3_000 }]) {
        await streams.save([late])
        assert.deepEqual(await streams.get('c1'), { ...closed, id: made?.id })
      }
      assert.equal(await streams.get('c2'), undefined)
      await streams.save([])
    })

    it('that were refused are over from the beginning', async t => {
      const { streams } = (await place.open(t)).access
      await streams.save([newStream('c1', { status: 'refused', code: 'POL_DENIED' })])
      await streams.save([newStream('c1', { status: 'active' })])
      const row = await streams.get('c1')
      assert.deepEqual([row?.status, row?.endedAt], ['refused', 1_000])
    })

    it('that come several times in one batch are as the last one says, or the one that is over', async t => {
      const { streams } = (await place.open(t)).access
      await streams.save([
        newStream('c1'),
        newStream('c2', { status: 'close', code: 'SRV_RESET', endedAt: 5 }),
        newStream('c1', { status: 'active', code: 'x' }),
        newStream('c2', { status: 'active' }),
      ])
      assert.equal((await streams.get('c1'))?.code, 'x')
      assert.equal((await streams.get('c2'))?.code, 'SRV_RESET')
      assert.equal((await streams.list({ limit: 10 })).items.length, 2)
    })

    it('that two nodes tell of at once are the same rows', async () => {
      const options = await place.fresh()
      await using one = await openStore(options)
      await using other = await place.beside(options)
      const names = Array.from({ length: 450 }, (_, index) => `c${index}`)
      await Promise.all([
        one.access.streams.save(names.map(name => newStream(name))),
        other.access.streams.save(names.toReversed().map(name => newStream(name))),
        one.access.streams.save(
          names.toReversed().map(name => newStream(name, { status: 'close', endedAt: 9 })),
        ),
        other.access.streams.save(names.map(name => newStream(name, { status: 'active' }))),
      ])
      const found = await other.access.streams.list({ limit: 500 })
      assert.equal(found.items.length, names.length)
      assert.ok(found.items.every(({ status }) => status === 'close'))
    })

    it('are listed newest first, page by page, whatever is written meanwhile', async t => {
      const { streams } = (await place.open(t)).access
      await streams.save(
        Array.from({ length: 25 }, (_, index) => newStream(`c${index}`, { startedAt: 1_000 + (index >> 1) })),
      )
      const seen: string[] = []
      let before: string | undefined
      do {
        const page = await streams.list({ limit: 10, ...(before !== undefined && { before }) })
        seen.push(...page.items.map(({ connection }) => connection))
        before = page.next
        await streams.save([newStream(`new${seen.length}`, { startedAt: 5_000 })])
      } while (before !== undefined)
      assert.equal(seen.length, 25)
      assert.equal(new Set(seen).size, 25)
      assert.deepEqual(seen[0], 'c24')
      assert.deepEqual(await connections(streams, { before: 'no id' }), [])
    })

    it('are filtered by each column and by time, and by several together', async t => {
      const { streams } = (await place.open(t)).access
      await streams.save([
        newStream('1'),
        newStream('2', { user: 'bob', startedAt: 2_000 }),
        newStream('3', { session: 's2', startedAt: 3_000 }),
        newStream('4', { segment: 'Other', startedAt: 4_000 }),
        newStream('5', { connector: 'Bonn', startedAt: 5_000 }),
        newStream('6', { status: 'close', code: 'SRV_RESET', startedAt: 6_000, endedAt: 6_500 }),
        newStream('7', { status: 'refused', code: 'POL_DENIED', startedAt: 7_000, user: 'bob' }),
      ])
      for (const [ask, found] of [
        [{}, '7654321'],
        [{ user: 'bob' }, '72'],
        [{ user: 'Bob' }, ''],
        [{ session: 's2' }, '3'],
        [{ segment: 'Other' }, '4'],
        [{ connector: 'Bonn' }, '5'],
        [{ code: 'SRV_RESET' }, '6'],
        [{ status: 'open' }, '54321'],
        [{ status: 'active' }, ''],
        [{ status: 'refused', user: 'bob' }, '7'],
        [{ from: 4_000, to: 6_000 }, '654'],
        [{ from: 4_001, to: 5_999.5, status: 'open' }, '5'],
        [{ limit: 2, user: 'alice' }, '65'],
      ] as const) {
        assert.equal((await connections(streams, ask)).join(''), found, JSON.stringify(ask))
      }
    })

    it('may have names that are too long for an index, or hold what a database does not take', async t => {
      const { streams } = (await place.open(t)).access
      const long = 'ü'.repeat(5_000)
      await streams.save([newStream('c1', { user: long, session: 'nul\0', code: '\ud800' })])
      assert.deepEqual(await connections(streams, { user: long, session: 'nul\0' }), ['c1'])
      assert.deepEqual(await connections(streams, { user: `${long}ü` }), [])
    })

    it('that an edge left open are closed in column and document, those of others stay', async t => {
      const { streams } = (await place.open(t)).access
      const many = Array.from({ length: 450 }, (_, index) => newStream(`c${index}`))
      await streams.save([
        ...many,
        newStream('done', { status: 'close', code: 'AGT_FINISHED', endedAt: 2_000 }),
        newStream('other', { edge: 'edge-2' }),
        newStream('text', { document: 'no object' }),
      ])
      assert.equal(await streams.closeOpen('edge-1', CLOSE), 451)
      assert.equal(await streams.closeOpen('edge-1', CLOSE), 0)
      const row = await streams.get('c7')
      assert.deepEqual([row?.status, row?.code, row?.endedAt], ['close', 'EDG_LOST', 5_000])
      assert.deepEqual(row?.document, {
        ConnectionID: 'c7',
        ConnectionStatus: 'close',
        Username: 'ä\0',
        Events: [],
        InternalReason: 'EDG_LOST',
        Text: 'The edge was lost.',
        TimestampConnectionEnd: 5_000,
      })
      assert.equal((await streams.get('text'))?.document, 'no object')
      assert.equal((await streams.get('done'))?.code, 'AGT_FINISHED')
      assert.equal((await streams.get('other'))?.status, 'open')
      await streams.save([newStream('c7', { status: 'active' })])
      assert.equal((await streams.get('c7'))?.status, 'close', 'who comes late changes nothing')
    })

    it('are closed by one of two that do so at once', async () => {
      const options = await place.fresh()
      await using one = await openStore(options)
      await using other = await place.beside(options)
      await one.access.streams.save(Array.from({ length: 300 }, (_, index) => newStream(`c${index}`)))
      const counts = await Promise.all(
        [one, other].map(store => store.access.streams.closeOpen('edge-1', CLOSE)),
      )
      assert.equal((counts[0] ?? 0) + (counts[1] ?? 0), 300)
    })

    it('are pruned by age and by number; those that are open stay', async t => {
      const { streams } = (await place.open(t)).access
      const over = (name: string, startedAt: number) =>
        newStream(name, { startedAt, status: 'close', endedAt: startedAt })
      await streams.save([
        newStream('open', { startedAt: 1 }),
        ...Array.from({ length: 450 }, (_, index) => over(`old${index}`, 10)),
        over('a', 1_000),
        over('b', 1_001),
        over('c', 1_002),
      ])
      assert.equal(await streams.prune({ age: 500, rows: 10_000 }, 1_400), 450)
      assert.deepEqual(await connections(streams), ['c', 'b', 'a', 'open'])
      assert.equal(await streams.prune({ age: 500, rows: 2 }, 1_400), 1)
      assert.deepEqual(await connections(streams), ['c', 'b', 'open'])
      assert.equal(await streams.prune({ age: 500, rows: 0 }, 1_400), 2)
      assert.deepEqual(await connections(streams), ['open'])
    })

    it('are found by an index for each filter', async () => {
      const options = await place.fresh()
      await using store = await openStore(options)
      await store.access.streams.save([newStream('c')])
      await using raw = openRaw(options)
      const plans = ['user', 'session', 'segment', 'connector', 'code', 'status']
      for (const column of plans) {
        const query = sql`select id from access_streams where ${sql.ref(column)} = 'x' order by id desc limit 5`
        const plan =
          raw.dialect.kind === 'sqlite'
            ? (await sql`explain query plan ${query}`.execute(raw.queries)).rows
            : await raw.queries.transaction().execute(async transaction => {
                await sql`set local enable_seqscan = off`.execute(transaction)
                await sql`set local enable_sort = off`.execute(transaction)
                await sql`set local enable_bitmapscan = off`.execute(transaction)
                return (await sql`explain ${query}`.execute(transaction)).rows
              })
        const text = JSON.stringify(plan)
        assert.match(text, new RegExp(`access_streams_by_${column}`))
        assert.doesNotMatch(text, /TEMP B-TREE|Sort/)
      }
    })
  })
}
