import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { ServerEvent } from '@portolan/server'
import { openStore, type Store, StoreError } from '@portolan/store'
import { incidentOf, Recorder } from './recorder.ts'

let folder = ''
let store: Store
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recorder-'))
  store = await openStore({ folder })
})
after(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const WHO = { session: '1-1', address: '192.0.2.7', user: 'alice' }
const TRANSFER = {
  type: 'transfer-ended',
  ...WHO,
  command: 'STOR',
  path: '/a.txt',
  direction: 'upload',
  mode: 'passive',
  local: '127.0.0.1:61000',
  remote: '192.0.2.7:4711',
  because: { code: 'passive-port', text: 'chosen at random' },
  tls: { protocol: 'TLSv1.3', reused: true },
  bytes: 12,
  ms: 3.4,
  verdict: 'complete',
  reply: 226,
} as const satisfies ServerEvent

const warnings: string[] = []
const recorder = (over: Partial<Store> = {}) =>
  new Recorder({
    store: {
      transfers: store.transfers,
      incidents: store.incidents,
      users: store.users,
      bans: store.bans,
      ...over,
    },
    node: 'n1',
    warn: text => warnings.push(text),
    now: () => 1_000,
  })

test('a transfer becomes a row with its data connection, its reason and its verdict', async () => {
  await using one = recorder()
  one.take(TRANSFER)
  await one.flush()
  const { items } = await store.transfers.list({ limit: 10 })
  const { id: _id, ...row } = items[0] ?? assert.fail('no row')
  assert.deepEqual(row, {
    at: 1_000,
    node: 'n1',
    session: '1-1',
    user: 'alice',
    address: '192.0.2.7',
    command: 'STOR',
    path: '/a.txt',
    direction: 'upload',
    mode: 'passive',
    local: '127.0.0.1:61000',
    remote: '192.0.2.7:4711',
    because: 'chosen at random',
    tls: 'TLSv1.3, session resumed',
    bytes: 12,
    ms: 3,
    verdict: 'complete',
    reply: 226,
    text: '',
  })
})

test('only what went wrong is an incident', () => {
  const kinds: [ServerEvent, string | undefined][] = [
    [TRANSFER, undefined],
    [{ ...TRANSFER, verdict: 'refused', text: 'not allowed' }, undefined],
    [{ ...TRANSFER, verdict: 'broken', text: 'reset' }, 'broken'],
    [{ type: 'login-failed', ...WHO, code: 'password', text: 'wrong' }, 'password'],
    [{ type: 'tls-failed', ...WHO, text: 'no common cipher' }, 'tls'],
    [
      { type: 'data-failed', ...WHO, command: 'LIST', code: 'CHANNEL_TIMEOUT', text: 'nobody came' },
      'CHANNEL_TIMEOUT',
    ],
    [{ type: 'warning', code: 'accept', text: 'EMFILE' }, 'accept'],
    [{ type: 'worker-lost', worker: 1, pid: 9, sessions: 2, text: 'ended by SIGKILL' }, 'worker'],
    [{ type: 'session-closed', ...WHO, seconds: 1, reason: 'quit' }, undefined],
    [{ type: 'reloaded', text: 'ok' }, undefined],
  ]
  for (const [event, code] of kinds) assert.equal(incidentOf(event, 0, 'n')?.code, code, event.type)
})

test('a ban that wrong passwords made is kept, so that it outlives the node', async () => {
  await using one = recorder()
  one.take({
    type: 'banned',
    kind: 'address',
    value: '192.0.2.7',
    address: '192.0.2.7',
    user: 'alice',
    until: 5_000,
    text: 'too many wrong passwords',
  })
  await one.flush()
  const [ban] = await store.bans.active(2_000)
  assert.deepEqual([ban?.kind, ban?.value, ban?.by, ban?.until], ['address', '192.0.2.7', 'portolan', 5_000])
})

test('rows wait while the database is away and are written once it is back, and it is said once', async () => {
  let away = true
  const transfers = {
    ...store.transfers,
    list: store.transfers.list.bind(store.transfers),
    prune: store.transfers.prune.bind(store.transfers),
    append: async (rows: Parameters<Store['transfers']['append']>[0]) => {
      if (away) throw new StoreError('STORE_UNAVAILABLE', 'gone')
      await store.transfers.append(rows)
    },
  }
  warnings.length = 0
  await using one = recorder({ transfers })
  for (let count = 0; count < 1_200; count++) one.take({ ...TRANSFER, path: `/later/${count}` })
  await one.flush()
  await one.flush()
  assert.deepEqual(warnings, ['the logs cannot be written: gone; rows wait in memory'])
  away = false
  await one.flush()
  assert.equal(warnings[1], 'the logs are written again: no row was lost')
  const { items } = await store.transfers.list({ limit: 500, search: '/later/' })
  assert.equal(items.length, 500)
  assert.equal(items[0]?.path, '/later/1199')
})
