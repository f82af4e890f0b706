import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { TransferAsk, TransferRow } from '../store.ts'
import type { Place } from './place.ts'
import { auditEntry, incident, transfer } from './rows.ts'

const withoutId = <Row extends { readonly id: string }>({ id: _id, ...row }: Row) => row

/** What logs promise. */
export function logsContract(place: Place): void {
  describe('logs', () => {
    it('give back what was written, newest first, whatever the order in which it came', async t => {
      const { transfers, incidents, audit } = await place.open(t)
      const hostile = { path: 'a\0b\nc%_\'"\\', text: '\u{1F6A2} ä' }
      await transfers.append([transfer({ at: 30, ...hostile }), transfer({ at: 10, user: 'bob' })])
      await transfers.append([transfer({ at: 20 })])
      const rows = (await transfers.list({ limit: 10 })).items
      assert.deepEqual(rows.map(withoutId), [
        // NUL is what no database of the two takes.
        transfer({ at: 30, ...hostile, path: 'a\uFFFDb\nc%_\'"\\' }),
        transfer({ at: 20 }),
        transfer({ at: 10, user: 'bob' }),
      ])
      await incidents.append([incident()])
      assert.deepEqual((await incidents.list({ limit: 1 })).items.map(withoutId), [incident()])
      await audit.append([auditEntry(), auditEntry({ at: 5, before: [1], after: null, outcome: 'refused' })])
      assert.deepEqual((await audit.list({ limit: 5 })).items.map(withoutId), [
        auditEntry(),
        auditEntry({ at: 5, before: [1], after: null, outcome: 'refused' }),
      ])
      await audit.append([])
    })

    it('are read to the end in pages, each row once, also of one millisecond and with others writing', async t => {
      const { transfers } = await place.open(t)
      await transfers.append(Array.from({ length: 25 }, (_, bytes) => transfer({ bytes })))
      const seen: number[] = []
      let before: string | undefined
      do {
        const page = await transfers.list({ limit: 10, ...(before !== undefined && { before }) })
        seen.push(...page.items.map(({ bytes }) => bytes))
        before = page.next
        await transfers.append([transfer({ at: 1_800_000_000_000, bytes: 99 })])
      } while (before !== undefined)
      assert.deepEqual(
        seen,
        Array.from({ length: 25 }, (_, bytes) => 24 - bytes),
      )
    })

    it('take a page mark that nobody gave out for the end', async t => {
      const { transfers } = await place.open(t)
      await transfers.append([transfer()])
      for (const before of ['', 'x', '-1', '99999999999999999999', '0']) {
        assert.deepEqual(await transfers.list({ limit: 5, before }), { items: [] }, before)
      }
      assert.equal((await transfers.list({ limit: 5, before: '9223372036854775807' })).items.length, 1)
    })

    const paths: readonly [TransferAsk, string[]][] = [
      [{ limit: 9 }, ['e', 'd', 'c', 'b', 'a']],
      [{ limit: 9, user: 'alice' }, ['e', 'c', 'a']],
      [{ limit: 9, user: 'nobody' }, []],
      [{ limit: 9, direction: 'upload' }, ['b']],
      [{ limit: 9, verdict: 'broken' }, ['e', 'b']],
      [{ limit: 9, mode: 'active' }, ['d', 'c']],
      [{ limit: 9, listings: false }, ['e', 'c', 'b', 'a']],
      [{ limit: 9, listings: true }, ['e', 'd', 'c', 'b', 'a']],
      [{ limit: 9, listings: false, direction: 'listing' }, []],
      [{ limit: 9, user: 'alice', verdict: 'complete', mode: 'passive' }, ['a']],
      [{ limit: 9, from: 2_000, to: 4_000 }, ['d', 'c', 'b']],
      [{ limit: 9, from: 5_001 }, []],
      [{ limit: 9, to: 999 }, []],
      [{ limit: 9, from: 3_000, user: 'alice' }, ['e', 'c']],
      [{ limit: 1, user: 'alice', to: 4_999 }, ['c']],
    ]
    it('are filtered by every field that can be asked for, alone and together', async t => {
      const { transfers } = await place.open(t)
      await transfers.append([
        transfer({ at: 1_000, path: 'a' }),
        transfer({ at: 2_000, path: 'b', user: 'bob', direction: 'upload', verdict: 'broken' }),
        transfer({ at: 3_000, path: 'c', mode: 'active' }),
        transfer({ at: 4_000, path: 'd', user: 'bob', direction: 'listing', mode: 'active' }),
        transfer({ at: 5_000, path: 'e', verdict: 'broken' }),
      ])
      for (const [ask, found] of paths) {
        const { items } = await transfers.list(ask)
        assert.deepEqual(
          items.map(({ path }) => path),
          found,
          JSON.stringify(ask),
        )
      }
    })

    it('of incidents and of the audit are filtered, too', async t => {
      const { incidents, audit } = await place.open(t)
      await incidents.append([
        incident({ at: 1, text: 'a' }),
        incident({ at: 2, text: 'b', kind: 'login-failed', code: 'PASSWORD', user: 'bob' }),
        incident({ at: 3, text: 'c', kind: 'login-failed', code: 'USER', address: '::1' }),
      ])
      for (const [ask, found] of [
        [{ kind: 'login-failed' }, ['c', 'b']],
        [{ code: 'PASSWORD' }, ['b']],
        [{ kind: 'data-failed', code: 'PASSWORD' }, []],
        [{ user: 'alice' }, ['c', 'a']],
        [{ address: '192.0.2.1' }, ['b', 'a']],
        [{ address: '192.0.2.1', user: 'alice' }, ['a']],
        [{ address: '192.0.2.1', kind: 'login-failed' }, ['b']],
      ] as const) {
        const { items } = await incidents.list({ limit: 9, ...ask })
        assert.deepEqual(
          items.map(({ text }) => text),
          found,
          JSON.stringify(ask),
        )
      }
      await audit.append([
        auditEntry({ at: 1, text: 'a' }),
        auditEntry({ at: 2, text: 'b', actor: 'token:ci', action: 'user.remove' }),
        auditEntry({ at: 3, text: 'c', target: 'bob' }),
      ])
      for (const [ask, found] of [
        [{ actor: 'root' }, ['c', 'a']],
        [{ action: 'user.remove' }, ['b']],
        [{ target: 'alice' }, ['b', 'a']],
        [{ target: 'alice', actor: 'root', action: 'user.create' }, ['a']],
      ] as const) {
        const { items } = await audit.list({ limit: 9, ...ask })
        assert.deepEqual(
          items.map(({ text }) => text),
          found,
          JSON.stringify(ask),
        )
      }
    })

    it('are searched for a part of their texts, to the letter but without regard to case', async t => {
      const { transfers } = await place.open(t)
      await transfers.append([
        transfer({ at: 1, path: '/Größe/100%_a.csv', text: '' }),
        transfer({ at: 2, path: '/reports/JUNE.pdf', user: "o'hara", text: 'Disk "full"' }),
        transfer({ at: 3, path: '/x/\\y.bin', address: '2001:db8::7', verdict: 'broken' }),
      ])
      for (const [search, found] of [
        ['june', [2]],
        ['GRÖSSE', []],
        ['GRÖßE', [1]],
        ['100%', [1]],
        ['0%_a', [1]],
        ['%%%', []],
        ["O'H", [2]],
        ['"full"', [2]],
        ['\\y.', [3]],
        ['DB8::7', [3]],
        ['a.', [1]],
        ['/', [3, 2, 1]],
        ['.pdf" or "x', []],
        ['pdfo', []],
        ['zzzzzz', []],
      ] as const) {
        const { items } = await transfers.list({ limit: 9, search })
        assert.deepEqual(
          items.map(({ at }) => at),
          found,
          search,
        )
      }
      const both = await transfers.list({ limit: 9, search: '/', verdict: 'broken', from: 2 })
      assert.deepEqual(
        both.items.map(({ at }) => at),
        [3],
      )
    })

    it('that are long are searched a part at a time: who follows the marks finds everything, and nothing twice', async t => {
      const { transfers } = await place.open(t)
      const others = (first: number, count: number, change: Partial<TransferRow>) =>
        transfers.append(
          Array.from({ length: count }, (_, index) => transfer({ at: first + index, ...change })),
        )
      await transfers.append([transfer({ at: 1, path: '/needle##', user: 'alice' })])
      await others(1_000, 6_000, { path: '/hay', user: 'alice' })
      await others(10_000, 11_000, { path: '/needle', user: 'bob' })
      for (const ask of [{ user: 'alice', search: 'needle' }, { search: '##' }]) {
        const found: number[] = []
        let pages = 0
        let before: string | undefined
        do {
          const page = await transfers.list({ limit: 5, ...ask, ...(before !== undefined && { before }) })
          found.push(...page.items.map(({ at }) => at))
          before = page.next
          pages++
        } while (before !== undefined && pages < 20)
        assert.deepEqual(found, [1], JSON.stringify(ask))
        assert.ok(pages > 1, 'the bound was reached')
      }
    })

    it('any page of any question is what a filter over all rows finds', async t => {
      const { transfers } = await place.open(t)
      const rows = Array.from({ length: 300 }, (_, index) =>
        transfer({
          at: 1_000 + ((index * 7) % 50),
          user: `user${(index * 13) % 7}`,
          path: `/f${(index * 31) % 11}/ab${(index * 17) % 23}.TXT`,
          direction: (['download', 'upload', 'listing'] as const)[(index * 5) % 3] ?? 'upload',
          mode: ['passive', 'active', 'extended'][(index * 11) % 3] ?? '',
          verdict: ['complete', 'broken'][index % 2] ?? '',
        }),
      )
      await transfers.append(rows)
      const all = (await transfers.list({ limit: 500 })).items
      assert.equal(all.length, 300)
      const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
      const asks = fc.record({
        limit: fc.integer({ min: 1, max: 120 }),
        user: maybe(fc.constantFrom('user1', 'user2', 'nobody')),
        direction: maybe(fc.constantFrom('download' as const, 'upload' as const, 'listing' as const)),
        mode: maybe(fc.constantFrom('passive', 'active')),
        verdict: maybe(fc.constantFrom('complete', 'broken')),
        listings: maybe(fc.boolean()),
        from: maybe(fc.integer({ min: 990, max: 1_060 })),
        to: maybe(fc.integer({ min: 990, max: 1_060 })),
        search: maybe(fc.constantFrom('ab1', 'B2', '/f10/', 'user', '0.txt', 'no such')),
        before: maybe(fc.constantFrom(...all.map(({ id }) => id))),
      })
      await fc.assert(
        fc.asyncProperty(asks, async withHoles => {
          const ask: TransferAsk = { limit: withHoles.limit, ...definite(withHoles) }
          const found = all.filter(row => isWanted(row, ask))
          const page = await transfers.list(ask)
          assert.deepEqual(
            page.items.map(({ id }) => id),
            found.slice(0, ask.limit).map(({ id }) => id),
          )
          assert.equal(page.next, found.length > ask.limit ? found[ask.limit - 1]?.id : undefined)
        }),
        { numRuns: 200 },
      )
    })

    it('are pruned by age and by number, the oldest first', async t => {
      const { transfers } = await place.open(t)
      await transfers.append(
        Array.from({ length: 1_500 }, (_, index) => transfer({ at: 10_000 + index, bytes: index })),
      )
      const left = async () => (await transfers.list({ limit: 500 })).items.map(({ bytes }) => bytes)
      assert.equal(await transfers.prune({ age: 1e12, rows: 2_000 }, 20_000), 0)
      assert.equal(await transfers.prune({ age: 1e12, rows: 300 }, 20_000), 1_200)
      assert.deepEqual([(await left()).length, (await left()).at(-1)], [300, 1_200])
      assert.equal(await transfers.prune({ age: 1_000, rows: 2_000 }, 12_300), 100)
      assert.deepEqual([(await left()).length, (await left()).at(-1)], [200, 1_300])
      assert.deepEqual((await transfers.list({ limit: 1, search: 'june', to: 11_299 })).items, [])
      assert.equal(await transfers.prune({ age: 0, rows: 0 }, 12_000), 200)
      assert.deepEqual(await transfers.list({ limit: 5, search: 'june' }), { items: [] })
    })
  })
}

function definite(ask: Readonly<Record<string, unknown>>): Partial<TransferAsk> {
  return Object.fromEntries(Object.entries(ask).filter(([, value]) => value !== undefined))
}

function isWanted(row: TransferRow, ask: TransferAsk): boolean {
  const texts = [row.path, row.user, row.address, row.session, row.text]
  return (
    (ask.user === undefined || row.user === ask.user) &&
    (ask.direction === undefined || row.direction === ask.direction) &&
    (ask.mode === undefined || row.mode === ask.mode) &&
    (ask.verdict === undefined || row.verdict === ask.verdict) &&
    (ask.listings !== false || row.direction !== 'listing') &&
    (ask.from === undefined || row.at >= ask.from) &&
    (ask.to === undefined || row.at <= ask.to) &&
    (ask.before === undefined || BigInt(row.id) < BigInt(ask.before)) &&
    (ask.search === undefined ||
      texts.some(text => text.toLowerCase().includes(ask.search?.toLowerCase() ?? '')))
  )
}
