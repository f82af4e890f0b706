import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openStore } from '@portolan/store'
import { keepHouse } from './housekeeping.ts'

const DAY = 86_400_000

test('streams and members of the access path are kept as long as the settings say, and no longer', async () => {
  await using closing = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'housekeeping-'))
  closing.defer(() => rm(folder, { recursive: true, force: true }))
  const store = closing.use(await openStore({ folder }))
  const now = 400 * DAY
  const { streams, members } = store.access
  const kept = { age: 365 * DAY, rows: 1_000 }
  const house = closing.use(
    keepHouse({
      store,
      retention: () => ({ transfers: kept, incidents: kept, audit: kept }),
      keepRuns: () => kept,
      keepStreams: () => ({ age: 10 * DAY, rows: 1_000 }),
      now: () => now,
    }),
  )
  const stream = { session: 's', edge: 'e', user: 'u', segment: '', connector: '', server: '', code: '' }
  await streams.save(
    [
      ['old', 'close', 389],
      ['old and open', 'active', 389],
      ['new', 'close', 391],
    ].map(([connection, status, day]) => ({
      ...stream,
      connection: String(connection),
      status: status === 'close' ? 'close' : 'active',
      startedAt: Number(day) * DAY,
      document: {},
    })),
  )
  for (const [id, kind, expires] of [
    ['signed in', 'agent', 401],
    ['left lately', 'agent', 375],
    ['left long ago', 'agent', 365],
    ['edge', 'edge', 300],
  ] as const) {
    const member = { id, kind, name: id, user: '', serial: id, enabled: true, document: {} }
    await members.create({ ...member, expiresAt: expires * DAY })
  }
  await house.run()
  const left = (await streams.list({ limit: 10 })).items.map(({ connection }) => connection)
  assert.deepEqual(left, ['new', 'old and open'])
  const { items } = await members.list({ offset: 0, limit: 10 })
  assert.deepEqual(
    items.map(({ id }) => id),
    ['edge', 'left lately', 'signed in'],
  )
})
