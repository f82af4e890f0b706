import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  changeListState,
  type ListState,
  listQuery,
  otherThan,
  readListState,
  sortBy,
  writeListState,
} from './list-state.ts'

const defaults: ListState = {
  page: 1,
  size: 50,
  sort: 'name',
  order: 'asc',
  search: '',
  filters: { origin: 'store', group: '' },
}

test('an address without anything is the list as it opens', () => {
  assert.deepEqual(readListState({}, defaults), defaults)
  assert.deepEqual(writeListState(defaults, defaults), {})
})

test('what the address says wrongly is as the list opens', () => {
  for (const search of [
    { page: '0' },
    { page: 'x' },
    { page: '1e9' },
    { size: '501' },
    { order: 'up' },
    { other: '1' },
  ]) {
    assert.deepEqual(readListState(search, defaults), defaults, JSON.stringify(search))
  }
})

test('an address written from a state reads as the state', () => {
  const states = fc.record(
    {
      page: fc.integer({ min: 1, max: 1000 }),
      size: fc.integer({ min: 1, max: 500 }),
      sort: fc.constantFrom('name', 'createdAt'),
      order: fc.constantFrom('asc' as const, 'desc' as const),
      search: fc.string({ maxLength: 200 }),
      filters: fc.record(
        { origin: fc.constantFrom('store', 'file'), group: fc.string() },
        { noNullPrototype: true },
      ),
    },
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(states, state => {
      assert.deepEqual(readListState(writeListState(state, defaults), defaults), state)
    }),
  )
})

test('whatever changes the rows leads back to the first page', () => {
  const third = { ...defaults, page: 3 }
  assert.equal(changeListState(third, { search: 'a' }).page, 1)
  assert.equal(changeListState(third, { filters: { group: 'x' } }).page, 1)
  assert.deepEqual(changeListState(third, { filters: { group: 'x' } }).filters, {
    origin: 'store',
    group: 'x',
  })
  assert.equal(changeListState(third, { page: 4 }).page, 4)
})

test('the same head sorts the other way round, another one upwards', () => {
  assert.equal(sortBy(defaults, 'name').order, 'desc')
  assert.equal(sortBy(sortBy(defaults, 'name'), 'name').order, 'asc')
  const other = sortBy({ ...defaults, order: 'desc' }, 'createdAt')
  assert.deepEqual([other.sort, other.order], ['createdAt', 'asc'])
})

test('the query of the API has the offset and no empty filters', () => {
  assert.deepEqual(listQuery({ ...defaults, page: 3 }), {
    offset: 100,
    limit: 50,
    sort: 'name',
    order: 'asc',
    search: undefined,
    origin: 'store',
  })
})

test('what stands in the address beside the state of the list is told apart from it', () => {
  const search = { tab: 'server-groups', page: '2', role: 'x' }
  assert.deepEqual(otherThan(search, { ...defaults, filters: { role: '' } }), { tab: 'server-groups' })
})
