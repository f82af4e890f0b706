import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryStorage, type Storage } from '@portolan/storage'
import { DEEPEST, folderSize } from './walk.ts'

const never = new AbortController().signal

async function store(storage: Storage, path: string, bytes: number): Promise<void> {
  await using upload = await storage.write(path, { owner: 'alice', mode: 'atomic' })
  await upload.write(Buffer.alloc(bytes))
  await upload.publish()
}

test('an empty folder has nothing', async () => {
  assert.deepEqual(await folderSize(createMemoryStorage(), '/', never), { bytes: 0, files: 0 })
})

test('files of all folders below count, folders and links do not', async () => {
  const storage = createMemoryStorage()
  await storage.makeFolder('/a')
  await storage.makeFolder('/a/b')
  await storage.makeFolder('/empty')
  await store(storage, '/one', 1)
  await store(storage, '/a/two', 20)
  await store(storage, '/a/b/three', 300)
  await storage.makeLink('/a/link', 'two')
  await storage.makeLink('/loop', '/')
  assert.deepEqual(await folderSize(storage, '/', never), { bytes: 321, files: 3 })
  assert.deepEqual(await folderSize(storage, '/a', never), { bytes: 320, files: 2 })
})

test('no deeper than 64 folders: what is below does not count, and nothing overflows', async () => {
  const storage = createMemoryStorage()
  let path = ''
  for (let depth = 0; depth < DEEPEST + 5; depth++) {
    path += '/d'
    await storage.makeFolder(path)
    await store(storage, `${path}/file`, 1)
  }
  assert.equal((await folderSize(storage, '/', never)).files, DEEPEST)
})

test('a folder that is missing is an error and not empty', async () => {
  await assert.rejects(folderSize(createMemoryStorage(), '/none', never), { code: 'STORAGE_NOT_FOUND' })
})

test('the end of the session ends the walk', async () => {
  const storage = createMemoryStorage()
  await store(storage, '/one', 1)
  await assert.rejects(folderSize(storage, '/', AbortSignal.abort()))
})
