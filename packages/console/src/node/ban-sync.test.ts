import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { FtpServer } from '@portolan/server'
import { openStore, type Store } from '@portolan/store'
import { BanSync } from './ban-sync.ts'

let folder = ''
let store: Store
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ban-sync-'))
  store = await openStore({ folder })
})
after(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

test('a server keeps out whom the store says, and lets in again whom it says no more', async () => {
  await using server = new FtpServer({
    listeners: [{ host: '127.0.0.1', port: 0 }],
    passive: { enabled: false },
  })
  await server.start()
  const sync = new BanSync(store, server)
  const at = Date.now()
  const network = await store.bans.put({ kind: 'address', value: '198.51.100.0/24', reason: '', by: 'a', at })
  await store.bans.put({ kind: 'user', value: 'bob', reason: '', by: 'a', at, until: at + 60_000 })
  await sync.apply()
  const values = () =>
    server
      .bans()
      .map(ban => `${ban.kind} ${ban.value}`)
      .sort()
  assert.deepEqual(values(), ['address 198.51.100.0/24', 'user bob'])
  await store.bans.remove(network.id)
  await Promise.all([sync.apply(), sync.apply()])
  assert.deepEqual(values(), ['user bob'])
})
