import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestApp } from '../http/testing-app.ts'
import { allRoutes } from './index.ts'

test('the audit log is read by page, newest first, by actor, action and target', async () => {
  await using it = await startTestApp({ routes: allRoutes })
  const { store } = it.services
  await store.audit.append(
    Array.from({ length: 5 }, (_, i) => ({
      at: 1_000 + i,
      node: 'test',
      actor: i % 2 ? 'alice' : 'bob',
      address: '192.0.2.1',
      action: 'user.create',
      target: `user ${i}`,
      before: null,
      after: { home: '/srv' },
      outcome: 'done' as const,
      text: '',
    })),
  )
  const reader = await it.as('read-only')
  const first = await reader.get('/audit?limit=2')
  assert.partialDeepStrictEqual(first.body, { items: [{ target: 'user 4' }, { target: 'user 3' }] })
  const next = /"next":"([^"]+)"/.exec(first.text)?.[1]
  const second = await reader.get(`/audit?limit=3&before=${next}`)
  assert.partialDeepStrictEqual(second.body, {
    items: [{ target: 'user 2' }, { target: 'user 1' }, { target: 'user 0' }],
  })
  assert.doesNotMatch(second.text, /"next"/)
  const filters: [string, number][] = [
    ['actor=alice', 2],
    ['action=user.create', 5],
    ['target=user+3', 1],
    ['from=1002&to=1003', 2],
    ['search=USER+1', 1],
  ]
  for (const [filter, count] of filters) {
    const { text } = await reader.get(`/audit?${filter}`)
    assert.equal(text.match(/"target"/g)?.length, count, filter)
  }
})
