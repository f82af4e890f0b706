import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FileEntry } from '@portolan/console/contract'
import fc from 'fast-check'
import { filterEntries, nextOrder, type Order, orderOf, SORTS, sortEntries } from './sort-entries.ts'

const may = { read: true, rename: true, delete: true }
const entry = (name: string, more: Partial<FileEntry> = {}): FileEntry => ({
  name,
  type: 'file',
  size: 0,
  modified: 0,
  may,
  ...more,
})
const names = (entries: readonly FileEntry[]) => entries.map(({ name }) => name)

const LIST = [
  entry('file 10', { size: 5, modified: 3 }),
  entry('File 2', { size: 5, modified: 1 }),
  entry('zeta', { type: 'folder', size: 4096, modified: 2 }),
  entry('äpfel', { size: 9, modified: 9 }),
  entry('link', { type: 'link', leadsTo: 'folder' }),
]

const ORDERS: readonly [Order, readonly string[]][] = [
  [{ by: 'name', descending: false }, ['link', 'zeta', 'äpfel', 'File 2', 'file 10']],
  [{ by: 'name', descending: true }, ['zeta', 'link', 'file 10', 'File 2', 'äpfel']],
  [{ by: 'size', descending: true }, ['link', 'zeta', 'äpfel', 'File 2', 'file 10']],
  [{ by: 'modified', descending: false }, ['link', 'zeta', 'File 2', 'file 10', 'äpfel']],
]

for (const [order, expected] of ORDERS) {
  test(`${order.descending ? 'descending' : 'ascending'} by ${order.by}`, () => {
    assert.deepEqual(names(sortEntries(LIST, order)), expected)
  })
}

test('no entry is lost, and the order does not depend on that of the disk', () => {
  const one = fc.record({
    name: fc.string(),
    type: fc.constantFrom('file' as const, 'folder' as const, 'link' as const),
    size: fc.nat(3),
    modified: fc.nat(3),
    may: fc.constant(may),
  })
  const list = fc.uniqueArray(one, { selector: ({ name }) => name })
  fc.assert(
    fc.property(list, fc.constantFrom(...SORTS), fc.boolean(), (entries, by, descending) => {
      const sorted = sortEntries(entries, { by, descending })
      assert.deepEqual(sortEntries([...entries].reverse(), { by, descending }), sorted)
      assert.deepEqual(names(sorted).sort(), names(entries).sort())
    }),
  )
})

test('a click on a column sorts by it, and then the other way round', () => {
  const byName = orderOf({})
  assert.deepEqual(nextOrder(byName, 'size'), { by: 'size', descending: true })
  assert.deepEqual(nextOrder(byName, 'name'), { by: 'name', descending: true })
  assert.deepEqual(orderOf({ sort: 'x', order: 'desc' }), { by: 'name', descending: true })
})

test('a filter finds names that hold every word', () => {
  assert.deepEqual(names(filterEntries(LIST, '2 FILE')), ['File 2'])
  assert.equal(filterEntries(LIST, '  '), LIST)
})
