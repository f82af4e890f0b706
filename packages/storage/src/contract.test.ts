import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testContract, type UnderTest } from './contract.ts'
import { type LocalStorageOptions, openLocalStorage } from './local.ts'
import { createMemoryStorage } from './memory.ts'
import { mountStorages } from './mounts.ts'

async function local(options: Partial<LocalStorageOptions> = {}): Promise<UnderTest> {
  const root = await mkdtemp(join(tmpdir(), 'storage-'))
  const storage = await openLocalStorage({ root, durable: 'none', ...options })
  return {
    storage,
    base: '/',
    async [Symbol.asyncDispose]() {
      await storage[Symbol.asyncDispose]()
      await rm(root, { recursive: true })
    },
  }
}

testContract('memory', async () => ({
  storage: createMemoryStorage(),
  base: '/',
  async [Symbol.asyncDispose]() {},
}))

// What is made here is young: only a later clock sees folders on which nothing changed of late.
testContract('local disk, a little later', () => local({ now: () => Date.now() + 10_000 }))

testContract('local disk', local)

testContract('local disk through the thread pool', () => local({ shortCalls: 'thread-pool', umask: 0o022 }))

// Without descriptors a folder is its path: the upload fails when that is gone, and nothing is written elsewhere.
testContract('local disk without /proc', () => local({ lookups: 'paths' }), {
  without: ['an upload goes along when its folder is renamed'],
})

testContract('a local disk mounted in a storage in memory', async () => {
  const under = await local()
  const storage = mountStorages([
    { path: '/', storage: createMemoryStorage() },
    { path: '/far/away', storage: under.storage },
  ])
  return { ...under, storage, base: '/far/away' }
})

testContract('a storage in memory with something mounted in it', async () => {
  const storage = mountStorages([
    { path: '/', storage: createMemoryStorage() },
    { path: '/other/one', storage: createMemoryStorage() },
  ])
  await storage.makeFolder('/base')
  return { storage, base: '/base', async [Symbol.asyncDispose]() {} }
})
