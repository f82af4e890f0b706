import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createMemoryStorage } from './memory.ts'
import { MountTable, outerPath } from './mounts/mount-table.ts'
import { mountStorages } from './mounts.ts'
import { begin, breakOff, entries, fails, get, names, put } from './testing.ts'

const NEVER = { signal: new AbortController().signal }

/** `/` with a folder `docs`, `/docs/shared` and `/far/away/disk` mounted. */
async function mounted() {
  const home = createMemoryStorage()
  const shared = createMemoryStorage()
  const disk = createMemoryStorage()
  await home.makeFolder('/docs')
  await put(home, '/docs/f', 'home')
  await put(shared, '/f', 'shared')
  await put(disk, '/f', 'disk')
  const storage = mountStorages([
    { path: '/', storage: home },
    { path: '/docs/shared', storage: shared },
    { path: '/far/away/disk', storage: disk },
  ])
  return { storage, home, shared, disk }
}

test('the longest path that fits holds a name', async () => {
  const { storage, shared } = await mounted()
  assert.equal(await get(storage, '/docs/f'), 'home')
  assert.equal(await get(storage, '/docs/shared/f'), 'shared')
  assert.equal(await get(storage, '/far/away/disk/f'), 'disk')
  await put(storage, '/docs/shared/new', 'x')
  assert.equal(await get(shared, '/new'), 'x')
  await put(storage, '/docs/shared2', 'beside')
  assert.deepEqual(await names(shared, '/'), ['f', 'new'])
})

test('mount points and the way to them show up as folders, once, covering what is below', async () => {
  const { storage, home } = await mounted()
  await home.makeFolder('/docs/shared')
  await put(home, '/docs/shared/covered', 'x')
  await put(home, '/far', 'a file in the way')
  assert.deepEqual(await names(storage, '/'), ['docs', 'far'])
  assert.deepEqual(await names(storage, '/docs'), ['f', 'shared'])
  assert.deepEqual(await names(storage, '/docs/shared'), ['f'])
  assert.deepEqual(await names(storage, '/far'), ['away'])
  assert.deepEqual(await names(storage, '/far/away'), ['disk'])
  for (const path of ['/', '/far', '/far/away', '/far/away/disk', '/docs/shared']) {
    const entry = await storage.stat(path)
    assert.equal(entry.kind, 'folder')
    assert.equal(entry.name, path.slice(path.lastIndexOf('/') + 1) || '/')
  }
  assert.ok((await entries(storage, '/')).every(({ kind }) => kind === 'folder'))
})

test('without a storage at the root there are only the mount points', async () => {
  const storage = mountStorages([{ path: '/a/b', storage: createMemoryStorage() }])
  assert.deepEqual(await names(storage, '/'), ['a'])
  await fails(storage.stat('/x'), 'STORAGE_NOT_FOUND')
  await fails(entries(storage, '/x'), 'STORAGE_NOT_FOUND')
  await fails(put(storage, '/x', 'x'), 'STORAGE_FORBIDDEN')
  await fails(storage.makeFolder('/a/x'), 'STORAGE_FORBIDDEN')
  await fails(storage.read('/a/x', 0), 'STORAGE_FORBIDDEN')
  assert.deepEqual(await storage.space('/a'), { freeBytes: 0, totalBytes: 0 })
  await put(storage, '/a/b/x', 'x')
  assert.equal(await get(storage, '/a/b/x'), 'x')
})

test('a mount point and the way to it stay', async () => {
  const { storage } = await mounted()
  for (const path of ['/docs/shared', '/docs', '/far', '/far/away', '/far/away/disk', '/']) {
    await fails(storage.removeFolder(path), 'STORAGE_FORBIDDEN')
    await fails(storage.removeFile(path), 'STORAGE_FORBIDDEN')
    await fails(storage.rename(path, '/elsewhere'), 'STORAGE_FORBIDDEN')
    await fails(storage.rename('/docs/f', path), 'STORAGE_FORBIDDEN')
    await fails(storage.makeLink(path, '/docs/f'), 'STORAGE_FORBIDDEN')
    await fails(storage.makeFolder(path), 'STORAGE_EXISTS')
    await fails(put(storage, path, 'x'), 'STORAGE_NOT_A_FILE')
    await fails(storage.read(path, 0), 'STORAGE_NOT_A_FILE')
    await fails(storage.copy(path, '/elsewhere', NEVER), 'STORAGE_NOT_A_FILE')
  }
})

test('a folder that is only on the way says why nothing can be put there', async () => {
  const { storage } = await mounted()
  await fails(put(storage, '/far/x', 'x'), 'STORAGE_FORBIDDEN')
  await fails(storage.makeFolder('/far/away/x'), 'STORAGE_FORBIDDEN')
  await fails(storage.rename('/docs/f', '/far/x'), 'STORAGE_FORBIDDEN')
  await fails(put(storage, '/nowhere/x', 'x'), 'STORAGE_NOT_FOUND')
})

test('nothing is moved from one storage to another, but copied', async () => {
  const { storage, home, shared } = await mounted()
  await fails(storage.rename('/docs/f', '/docs/shared/g'), 'STORAGE_ACROSS')
  await fails(storage.rename('/docs/nothing', '/docs/shared/g'), 'STORAGE_NOT_FOUND')
  await storage.copy('/docs/f', '/docs/shared/g', NEVER)
  assert.equal(await get(shared, '/g'), 'home')
  await storage.copy('/docs/shared/f', '/docs/shared/h', NEVER)
  assert.equal(await get(shared, '/h'), 'shared')
  await storage.rename('/docs/shared/h', '/docs/shared/i')
  assert.deepEqual(await names(home, '/docs'), ['f'])
  const reason = new Error('enough')
  await assert.rejects(
    storage.copy('/docs/f', '/docs/shared/j', { signal: AbortSignal.abort(reason) }),
    reason,
  )
  assert.deepEqual(await names(shared, '/'), ['f', 'g', 'i'])
})

test('a broken copy between storages leaves nothing', async () => {
  const small = createMemoryStorage({ capacity: 128 * 1024 })
  const large = createMemoryStorage()
  await put(large, '/f', 'x'.repeat(200 * 1024))
  const storage = mountStorages([
    { path: '/small', storage: small },
    { path: '/large', storage: large },
  ])
  await fails(storage.copy('/large/f', '/small/f', NEVER), 'STORAGE_FULL')
  assert.deepEqual(await names(small, '/'), [])
  assert.equal((await small.space('/')).freeBytes, 128 * 1024)
})

test('links stay in their storage, and what they say is true from outside of it', async () => {
  const { storage, shared } = await mounted()
  await storage.makeLink('/docs/shared/l', '/docs/shared/f')
  assert.equal(await get(storage, '/docs/shared/l'), 'shared')
  assert.equal((await shared.stat('/l', { follow: false })).target, 'f')
  await fails(storage.makeLink('/docs/shared/l2', '../f'), 'STORAGE_ACROSS')
  await fails(storage.makeLink('/docs/l', 'shared/f'), 'STORAGE_ACROSS')
  await fails(storage.makeLink('/docs/l', '../../../x'), 'STORAGE_OUTSIDE')
  const odd = mountStorages([
    {
      path: '/m',
      storage: {
        ...plain(shared),
        stat: async () => ({ name: 'l', kind: 'link', size: 0, modified: 0, target: '/f' }),
      },
    },
  ])
  assert.equal((await odd.stat('/m/l', { follow: false })).target, '/m/f')
})

/** A storage whose methods can be replaced one by one. */
function plain(storage: ReturnType<typeof createMemoryStorage>): ReturnType<typeof createMemoryStorage> {
  return {
    features: storage.features,
    stat: storage.stat.bind(storage),
    list: storage.list.bind(storage),
    read: storage.read.bind(storage),
    write: storage.write.bind(storage),
    makeFolder: storage.makeFolder.bind(storage),
    removeFile: storage.removeFile.bind(storage),
    removeFolder: storage.removeFolder.bind(storage),
    rename: storage.rename.bind(storage),
    copy: storage.copy.bind(storage),
    setModified: storage.setModified.bind(storage),
    setMode: storage.setMode.bind(storage),
    makeLink: storage.makeLink.bind(storage),
    space: storage.space.bind(storage),
  }
}

test('a mounted storage that fails is still shown in its folder', async () => {
  const memory = createMemoryStorage()
  const broken = { ...plain(memory), stat: () => Promise.reject(new Error('off')) }
  const storage = mountStorages([
    { path: '/', storage: createMemoryStorage() },
    { path: '/m', storage: broken },
  ])
  assert.deepEqual(
    (await entries(storage, '/')).map(({ kind, name }) => [name, kind]),
    [['m', 'folder']],
  )
})

test('broken uploads are kept by the storage that holds the name', async () => {
  const { storage, shared } = await mounted()
  await breakOff(storage, '/docs/shared/g', 'half')
  assert.equal((await storage.stat('/docs/shared/g', { owner: 'ann' })).size, 4)
  assert.equal((await shared.stat('/g', { owner: 'ann' })).size, 4)
  const upload = await begin(storage, '/docs/shared/g', '!', { offset: 4 })
  assert.equal((await upload.publish()).name, 'g')
})

test('times and permissions of a mount point are those of its storage', async () => {
  const { storage, shared } = await mounted()
  await storage.setModified('/docs/shared', 1_000)
  await storage.setMode('/docs/shared', 0o700)
  assert.equal((await shared.stat('/')).modified, 1_000)
  assert.equal((await storage.stat('/docs/shared')).mode, 0o700)
  await fails(mountStorages([{ path: '/a/b', storage: shared }]).setMode('/a', 0o700), 'STORAGE_FORBIDDEN')
})

test('one storage at the root is itself', () => {
  const storage = createMemoryStorage()
  assert.equal(mountStorages([{ path: '/', storage }]), storage)
})

test('mount points are normalised and each is there once', () => {
  const storage = createMemoryStorage()
  for (const path of ['', 'a', '/a/', '/a/../b', '/a//b']) {
    assert.throws(() => mountStorages([{ path, storage }]), { code: 'STORAGE_BAD_NAME' })
  }
  const twice = [
    { path: '/a', storage },
    { path: '/a', storage },
  ]
  assert.throws(() => mountStorages(twice), { code: 'STORAGE_EXISTS' })
})

test('what a storage is asked for is the path below its mount point', () => {
  const storage = createMemoryStorage()
  const path = fc.array(fc.constantFrom('a', 'b'), { maxLength: 4 }).map(parts => `/${parts.join('/')}`)
  fc.assert(
    fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 4 }), path, (points, asked) => {
      const table = new MountTable(points.map(point => ({ path: point, storage })))
      const held = table.holding(asked)
      const fitting = points.filter(point => point === '/' || `${asked}/`.startsWith(`${point}/`))
      const longest = fitting.sort((a, b) => b.length - a.length)[0]
      assert.equal(held?.mount.path, longest)
      if (held) assert.equal(outerPath(held.mount, held.inner), asked)
    }),
  )
})
