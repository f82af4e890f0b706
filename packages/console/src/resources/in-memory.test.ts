import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { pageInMemory } from './in-memory.ts'

const rules = {
  sortBy: (item: { name: string; size?: number }, sort: 'name' | 'size') =>
    sort === 'name' ? item.name : item.size,
  texts: (item: { name: string }) => [item.name, undefined],
}
const items = [{ name: 'b10', size: 3 }, { name: 'B9', size: 1 }, { name: 'a' }, { name: 'c', size: 2 }]
const ask = { offset: 0, limit: 50, sort: 'name', order: 'asc' } as const

for (const { title, change, names, total } of [
  {
    title: 'names are sorted as people count, without regard to case',
    change: {},
    names: ['a', 'B9', 'b10', 'c'],
  },
  { title: 'descending turns the order', change: { order: 'desc' }, names: ['c', 'b10', 'B9', 'a'] },
  { title: 'what has no key comes last', change: { sort: 'size' }, names: ['B9', 'c', 'b10', 'a'] },
  {
    title: 'what has no key comes last in the other order, too',
    change: { sort: 'size', order: 'desc' },
    names: ['b10', 'c', 'B9', 'a'],
  },
  { title: 'a search takes no regard of case', change: { search: 'B' }, names: ['B9', 'b10'], total: 2 },
  {
    title: 'a page is a part, and the total is of all',
    change: { offset: 1, limit: 2 },
    names: ['B9', 'b10'],
  },
  { title: 'a page beyond the end is empty', change: { offset: 10 }, names: [] },
] as const satisfies readonly { title: string; change: object; names: readonly string[]; total?: number }[]) {
  test(title, () => {
    const page = pageInMemory(items, { ...ask, ...change }, rules)
    assert.deepEqual(
      page.items.map(({ name }) => name),
      names,
    )
    assert.equal(page.total, 'search' in change ? total : 4)
  })
}

test('the pages together hold every item once', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ name: fc.string() })), fc.integer({ min: 1, max: 7 }), (all, limit) => {
      const seen: unknown[] = []
      for (let offset = 0; offset < all.length; offset += limit)
        seen.push(...pageInMemory(all, { ...ask, offset, limit }, rules).items)
      assert.equal(seen.length, all.length)
      assert.deepEqual(new Set(seen), new Set(all))
    }),
  )
})
