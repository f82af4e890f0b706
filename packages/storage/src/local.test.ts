import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type LocalStorageOptions, openLocalStorage } from './local.ts'
import { begin, breakOff, entries, fails, get, names, put } from './testing.ts'

const HOUR = 3_600_000

/** A storage of a new folder; `host` gives paths of this machine in it, `outside` stands beside it. */
async function opened(t: TestContext, options: Partial<LocalStorageOptions> = {}) {
  const home = fs.mkdtempSync(join(tmpdir(), 'local-'))
  const root = join(home, 'root')
  const outside = join(home, 'outside')
  fs.mkdirSync(root)
  fs.mkdirSync(outside)
  const storage = await openLocalStorage({ root, durable: 'none', ...options })
  t.after(async () => {
    await storage[Symbol.asyncDispose]()
    fs.rmSync(home, { recursive: true })
  })
  return { storage, root, outside, host: (path: string) => join(root, path) }
}

function hiddenIn(folder: string): string[] {
  return fs.readdirSync(folder).filter(name => name.startsWith('.portolan-'))
}

test('a root that is no folder, or not there, is refused', async t => {
  const { host } = await opened(t)
  fs.writeFileSync(host('f'), '')
  await fails(openLocalStorage({ root: host('f') }), 'STORAGE_NOT_A_FOLDER')
  await fails(openLocalStorage({ root: host('nothing') }), 'STORAGE_NOT_FOUND')
})

test('a root may be reached by a link, and have a name that is not UTF-8', async t => {
  const { root, outside } = await opened(t)
  const odd = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff])])
  fs.mkdirSync(odd)
  fs.symlinkSync(odd, join(outside, 'link'))
  await using storage = await openLocalStorage({ root: join(outside, 'link'), durable: 'none' })
  await put(storage, '/f', 'x')
  await storage.makeFolder('/d')
  await storage.rename('/f', '/d/f')
  assert.equal(await get(storage, '/d/f'), 'x')
  assert.deepEqual(await names(storage, '/'), ['d'])
  assert.deepEqual(fs.readdirSync(Buffer.concat([odd, Buffer.from('/d')])), ['f'])
})

for (const lookups of ['descriptors', 'paths'] as const) {
  test(`links of the host that lead outside are shown and not followed (${lookups})`, async t => {
    const { storage, outside, host } = await opened(t, { lookups })
    fs.writeFileSync(join(outside, 'secret'), 'secret')
    fs.mkdirSync(join(outside, 'root2'))
    fs.symlinkSync(join(outside, 'secret'), host('file'))
    fs.symlinkSync('../outside', host('folder'))
    fs.symlinkSync('../outside/root2', host('beside'))
    fs.symlinkSync('..', host('above'))
    assert.deepEqual(
      (await entries(storage, '/', { followLinks: true })).map(({ kind, name }) => [name, kind]),
      [
        ['above', 'link'],
        ['beside', 'link'],
        ['file', 'link'],
        ['folder', 'link'],
      ],
    )
    const before = fs.statSync(join(outside, 'secret'))
    for (const path of ['/file', '/folder/secret', '/above/outside/secret']) {
      await fails(storage.stat(path), 'STORAGE_OUTSIDE')
      await fails(storage.read(path, 0), 'STORAGE_OUTSIDE')
      await fails(put(storage, path, 'x'), 'STORAGE_OUTSIDE')
      await fails(put(storage, path, 'x', { offset: 'end' }), 'STORAGE_OUTSIDE')
      await fails(put(storage, path, 'x', { mode: 'direct' }), 'STORAGE_OUTSIDE')
      await fails(storage.setMode(path, 0o777), 'STORAGE_OUTSIDE')
      await fails(storage.setModified(path, 0), 'STORAGE_OUTSIDE')
      await fails(storage.copy(path, '/copy', { signal: new AbortController().signal }), 'STORAGE_OUTSIDE')
      await fails(storage.space(path), 'STORAGE_OUTSIDE')
      await fails(storage.makeLink('/l', path), 'STORAGE_OUTSIDE')
    }
    for (const path of ['/folder', '/above', '/beside']) {
      await fails(entries(storage, path), 'STORAGE_OUTSIDE')
      await fails(storage.makeFolder(`${path}/new`), 'STORAGE_OUTSIDE')
      await fails(put(storage, `${path}/new`, 'x'), 'STORAGE_OUTSIDE')
      await fails(storage.removeFile(`${path}/secret`), 'STORAGE_OUTSIDE')
      await fails(storage.removeFolder(`${path}/root2`), 'STORAGE_OUTSIDE')
      await fails(storage.rename(`${path}/secret`, '/mine'), 'STORAGE_OUTSIDE')
      await fails(storage.rename('/file', `${path}/mine`), 'STORAGE_OUTSIDE')
      await fails(storage.makeLink(`${path}/l`, 'x'), 'STORAGE_OUTSIDE')
    }
    assert.deepEqual(fs.readdirSync(outside).sort(), ['root2', 'secret'])
    assert.deepEqual({ ...fs.statSync(join(outside, 'secret')), atimeMs: 0 }, { ...before, atimeMs: 0 })
    await storage.removeFile('/file')
    await storage.removeFile('/folder')
    assert.deepEqual(fs.readdirSync(outside).sort(), ['root2', 'secret'])
  })

  test(`a link outside does not tell what is there (${lookups})`, async t => {
    const { storage, outside, host } = await opened(t, { lookups })
    fs.writeFileSync(join(outside, 'there'), '')
    fs.mkdirSync(host('a/b'), { recursive: true })
    fs.symlinkSync('../outside', host('relative'))
    fs.symlinkSync(outside, host('absolute'))
    fs.symlinkSync('../../relative', host('a/b/twice'))
    fs.symlinkSync('../outside/not-there', host('dangling'))
    fs.symlinkSync('../outside/there', host('straight'))
    for (const path of ['/relative', '/absolute', '/a/b/twice']) {
      for (const name of ['there', 'not-there', 'there/below', 'not/there']) {
        await fails(storage.stat(`${path}/${name}`), 'STORAGE_OUTSIDE')
        await fails(put(storage, `${path}/${name}`, 'x'), 'STORAGE_OUTSIDE')
      }
    }
    for (const path of ['/dangling', '/straight']) {
      await fails(storage.stat(path, { owner: 'ann' }), 'STORAGE_OUTSIDE')
      await fails(put(storage, path, 'x'), 'STORAGE_OUTSIDE')
    }
    await fails(storage.stat('/a/b/c'), 'STORAGE_NOT_FOUND')
    await fails(storage.stat('/a/c/b'), 'STORAGE_NOT_FOUND')
  })

  test(`links of the host that lead inside are followed, absolute ones too (${lookups})`, async t => {
    const { storage, root, host } = await opened(t, { lookups })
    fs.mkdirSync(host('a/b'), { recursive: true })
    fs.writeFileSync(host('a/f'), 'inside')
    fs.symlinkSync(host('a/f'), host('absolute'))
    fs.symlinkSync('../../../root/a/f', host('a/b/around'))
    fs.symlinkSync(root, host('a/top'))
    for (const path of ['/absolute', '/a/b/around', '/a/top/a/f', '/a/top/a/top/absolute']) {
      assert.equal(await get(storage, path), 'inside')
    }
    assert.equal((await storage.stat('/absolute', { follow: false })).target, '/a/f')
    assert.equal((await storage.stat('/a/top', { follow: false })).target, '/')
  })

  test(`a folder that only begins like the root is outside (${lookups})`, async t => {
    const { storage, root, host } = await opened(t, { lookups })
    fs.mkdirSync(`${root}-private`)
    fs.writeFileSync(`${root}-private/f`, 'private')
    fs.symlinkSync('../root-private', host('link'))
    await fails(storage.read('/link/f', 0), 'STORAGE_OUTSIDE')
    fs.rmSync(`${root}-private`, { recursive: true })
  })

  test(`pipes, sockets and devices are refused without waiting (${lookups})`, async t => {
    const { storage, host } = await opened(t, { lookups })
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', host('pipe')])
    fs.symlinkSync('pipe', host('link'))
    for (const path of ['/pipe', '/link']) {
      await fails(storage.read(path, 0), 'STORAGE_NOT_A_FILE')
      await fails(put(storage, path, 'x'), 'STORAGE_NOT_A_FILE')
      await fails(put(storage, path, 'x', { mode: 'direct' }), 'STORAGE_NOT_A_FILE')
      await fails(storage.copy(path, '/copy', { signal: new AbortController().signal }), 'STORAGE_NOT_A_FILE')
      assert.equal((await storage.stat(path)).kind, 'other')
    }
    await storage.removeFile('/pipe')
  })
}

test('a link to an unpublished upload leads to nothing', async t => {
  const { storage, host, root } = await opened(t)
  const upload = await begin(storage, '/f', 'unpublished')
  const [hidden = ''] = hiddenIn(root)
  fs.symlinkSync(hidden, host('link'))
  await fails(storage.read('/link', 0), 'STORAGE_NOT_FOUND')
  await fails(storage.stat('/link'), 'STORAGE_NOT_FOUND')
  await fails(put(storage, '/link', 'x'), 'STORAGE_NOT_FOUND')
  await upload.abandon({ keep: false })
})

test('a folder that is moved outside during an upload does not get the file', async t => {
  const { storage, host, outside } = await opened(t)
  await storage.makeFolder('/d')
  const upload = await begin(storage, '/d/f', 'x')
  fs.renameSync(host('d'), join(outside, 'd'))
  await fails(upload.publish(), 'STORAGE_OUTSIDE')
  await upload.abandon({ keep: false })
  assert.deepEqual(fs.readdirSync(join(outside, 'd')), [])
})

test('a file that becomes shorter while it is read is an error, not an end', async t => {
  const { storage, host } = await opened(t)
  fs.writeFileSync(host('f'), 'x'.repeat(100))
  await using file = await storage.read('/f', 0)
  assert.equal(await file.read(Buffer.alloc(60)), 60)
  fs.truncateSync(host('f'), 50)
  await fails(file.read(Buffer.alloc(60)), 'STORAGE_BUSY')
})

test('a file that grows while it is read ends where it ended', async t => {
  const { storage, host } = await opened(t)
  fs.writeFileSync(host('f'), 'x'.repeat(100))
  await using file = await storage.read('/f', 0)
  fs.appendFileSync(host('f'), 'y'.repeat(100))
  const into = Buffer.alloc(300)
  assert.equal(await file.read(into), 100)
  assert.equal(await file.read(into), 0)
})

test('a program that runs cannot be written directly', async t => {
  const { storage, host } = await opened(t)
  fs.copyFileSync('/bin/sleep', host('program'))
  const running = spawn(host('program'), ['60'])
  t.after(() => running.kill())
  await once(running, 'spawn')
  await fails(put(storage, '/program', 'x', { mode: 'direct' }), 'STORAGE_BUSY')
})

test('a name longer than the disk takes is refused, and so is a path', async t => {
  const { storage } = await opened(t)
  await fails(storage.stat(`/${'x'.repeat(256)}`), 'STORAGE_BAD_NAME')
  await fails(storage.makeFolder(`/${'ü'.repeat(128)}`), 'STORAGE_BAD_NAME')
  await fails(storage.stat(`/${'x/'.repeat(3_000)}x`), 'STORAGE_BAD_NAME')
  await put(storage, `/${'x'.repeat(255)}`, 'fits')
  await breakOff(storage, `/${'y'.repeat(255)}`, 'fits')
})

test('new files and folders get the permissions that the umask leaves', async t => {
  const { storage, host } = await opened(t, { umask: 0o027 })
  const before = process.umask(0o077)
  try {
    await put(storage, '/f', 'x')
    await put(storage, '/direct', 'x', { mode: 'direct' })
    await storage.makeFolder('/d')
  } finally {
    process.umask(before)
  }
  for (const [name, mode] of [
    ['f', 0o640],
    ['direct', 0o640],
    ['d', 0o750],
  ] as const) {
    assert.equal(fs.statSync(host(name)).mode & 0o777, mode, name)
  }
})

test('a replaced file loses the set-user-ID bit and keeps its other bits', async t => {
  const { storage, host } = await opened(t)
  fs.writeFileSync(host('f'), 'x')
  fs.chmodSync(host('f'), 0o4751)
  await put(storage, '/f', 'y')
  assert.equal(fs.statSync(host('f')).mode & 0o7777, 0o751)
})

test('a folder that hands its group on goes on doing so', async t => {
  const { storage, host } = await opened(t, { umask: 0o022 })
  await storage.makeFolder('/d')
  fs.chmodSync(host('d'), 0o2755)
  await storage.setMode('/d', 0o770)
  assert.equal(fs.statSync(host('d')).mode & 0o7777, 0o2770)
  await storage.makeFolder('/d/e')
  assert.equal(fs.statSync(host('d/e')).mode & 0o7777, 0o2755)
})

test('nothing hidden is left after uploads that were published, broken and continued, or dropped', async t => {
  const { storage, root } = await opened(t, { durable: 'fsync' })
  await put(storage, '/f', 'x')
  await put(storage, '/f', 'y', { offset: 'end' })
  await put(storage, '/g', 'y', { exclusive: true })
  await breakOff(storage, '/h', 'x')
  assert.equal(hiddenIn(root).length, 1)
  await put(storage, '/h', 'y', { offset: 1 })
  const upload = await begin(storage, '/i', 'x')
  await upload.abandon({ keep: false })
  await storage.copy('/f', '/j', { signal: new AbortController().signal })
  await fails(storage.copy('/f', '/none/j', { signal: new AbortController().signal }), 'STORAGE_NOT_FOUND')
  await fails(put(storage, '/f', 'x', { offset: 99 }), 'STORAGE_BAD_OFFSET')
  assert.deepEqual(hiddenIn(root), [])
  assert.deepEqual(await names(storage, '/'), ['f', 'g', 'h', 'j'])
})

test('descriptors are given back, whatever fails', async t => {
  const { storage, host } = await opened(t)
  fs.symlinkSync('/etc', host('out'))
  fs.writeFileSync(host('f'), 'x')
  const open = () => fs.readdirSync('/proc/self/fd').length
  const calls = [
    () => storage.stat('/f'),
    () => storage.stat('/n/n'),
    () => storage.stat('/out/passwd'),
    () => storage.stat('/n', { owner: 'ann' }),
    () => get(storage, '/f'),
    () => storage.read('/out/passwd', 0),
    () => entries(storage, '/'),
    () => entries(storage, '/out'),
    () => put(storage, '/new', 'x'),
    () => put(storage, '/new', 'x', { offset: 'end' }),
    () => put(storage, '/new', 'x', { offset: 9 }),
    () => put(storage, '/new', 'x', { exclusive: true }),
    () => put(storage, '/new', 'x', { mode: 'direct' }),
    () => put(storage, '/out/new', 'x'),
    () => put(storage, '/n/new', 'x'),
    () => breakOff(storage, '/broken', 'x'),
    () => storage.copy('/f', '/copy', { signal: new AbortController().signal }),
    () => storage.copy('/f', '/n/copy', { signal: new AbortController().signal }),
    () => storage.rename('/f', '/n/f'),
    () => storage.makeFolder('/f'),
    () => storage.removeFolder('/'),
    () => storage.makeLink('/l', 'f'),
    () => storage.setMode('/f', 0o600),
    () => storage.setModified('/n', 0),
    () => storage.space('/'),
    async () => {
      for await (const _ of storage.list('/')) break
    },
  ]
  for (const call of calls) await call().catch(() => {})
  const before = open()
  for (let round = 0; round < 3; round++) {
    for (const call of calls) await call().catch(() => {})
  }
  assert.equal(open(), before)
})

test('a broken upload that nobody continues goes when its time is over, found by a listing', async t => {
  let now = Date.now()
  const { storage, root, host } = await opened(t, { keepBrokenMs: 10 * HOUR, now: () => now })
  await breakOff(storage, '/f', 'x')
  // Left by a process that died.
  fs.writeFileSync(host('.portolan-upload-dead'), 'x')
  fs.writeFileSync(host('.portolan-other'), 'not an upload')
  now += 9 * HOUR
  assert.deepEqual(await names(storage, '/'), [])
  assert.equal(hiddenIn(root).length, 3)
  now += 2 * HOUR
  assert.deepEqual(await names(storage, '/'), [])
  assert.deepEqual(hiddenIn(root), ['.portolan-other'])
})

test('a broken upload that nobody continues goes when its time is over, found by an upload', async t => {
  const home = fs.mkdtempSync(join(tmpdir(), 'local-'))
  t.after(() => fs.rmSync(home, { recursive: true }))
  {
    await using storage = await openLocalStorage({ root: home, durable: 'none' })
    await breakOff(storage, '/f', 'x')
  }
  {
    await using later = await openLocalStorage({
      root: home,
      durable: 'none',
      now: () => Date.now() + 25 * HOUR,
    })
    await put(later, '/g', 'x')
  }
  assert.deepEqual(fs.readdirSync(home), ['g'])
})

test('a broken upload that nobody continues goes by itself', async t => {
  const { storage, root } = await opened(t, { keepBrokenMs: 20 })
  const gone = new Promise<void>(resolve => {
    const watcher = fs.watch(root, () => {
      if (hiddenIn(root).length > 0) return
      watcher.close()
      resolve()
    })
  })
  await breakOff(storage, '/f', 'x')
  await breakOff(storage, '/g', 'x')
  await gone
})

test('a running upload is not taken for a leftover, however slow it is', async t => {
  let now = Date.now()
  const { storage } = await opened(t, { keepBrokenMs: HOUR, now: () => now })
  const upload = await begin(storage, '/f', 'x')
  now += 100 * HOUR
  assert.deepEqual(await names(storage, '/'), [])
  await upload.publish()
  assert.equal(await get(storage, '/f'), 'x')
})

test('an upload that was continued is as young as any', async t => {
  let now = Date.now()
  const { storage, root } = await opened(t, { keepBrokenMs: 10 * HOUR, now: () => now })
  await breakOff(storage, '/f', 'ab')
  now += 9 * HOUR
  await breakOff(storage, '/f', '', { offset: 2 })
  now += 9 * HOUR
  await names(storage, '/')
  assert.equal(hiddenIn(root).length, 1)
})

test('broken uploads are not kept where that is switched off', async t => {
  const { storage, root } = await opened(t, { keepBrokenMs: 0 })
  await breakOff(storage, '/f', 'x')
  await fails(storage.stat('/f', { owner: 'ann' }), 'STORAGE_NOT_FOUND')
  assert.deepEqual(hiddenIn(root), [])
})

test('a folder is removed with what dead uploads left in it, and not with what lives', async t => {
  const { storage, host } = await opened(t)
  for (const name of ['dead', 'alive', 'full']) fs.mkdirSync(host(name))
  fs.writeFileSync(host('dead/.portolan-kept-1'), 'x')
  fs.writeFileSync(host('dead/.portolan-upload-1'), 'x')
  fs.utimesSync(host('dead/.portolan-upload-1'), 1, 1)
  fs.writeFileSync(host('alive/.portolan-upload-1'), 'x')
  fs.writeFileSync(host('full/.portolan-kept-1'), 'x')
  fs.writeFileSync(host('full/f'), 'x')
  await storage.removeFolder('/dead')
  await fails(storage.removeFolder('/alive'), 'STORAGE_BUSY')
  await fails(storage.removeFolder('/full'), 'STORAGE_NOT_EMPTY')
  assert.deepEqual(fs.readdirSync(host('')).sort(), ['alive', 'full'])
  assert.equal(hiddenIn(host('full')).length, 1)
})

test('of many processes that continue one broken upload, one gets it', async t => {
  const { storage, root } = await opened(t)
  await breakOff(storage, '/f', 'hello')
  const others = await Promise.all(
    Array.from({ length: 4 }, () => openLocalStorage({ root, durable: 'none' })),
  )
  const results = await Promise.allSettled(
    others.map(other => other.write('/f', { owner: 'ann', mode: 'atomic', offset: 5 })),
  )
  const won = results.filter(result => result.status === 'fulfilled')
  assert.equal(won.length, 1)
  for (const { value } of won) await value.publish()
  for (const other of others) await other[Symbol.asyncDispose]()
  assert.equal(await get(storage, '/f'), 'hello')
})

test('an append to a large file keeps all of it', async t => {
  const { storage, host } = await opened(t)
  const large = Buffer.alloc(3 * 1024 * 1024 + 17, 'abcdefg')
  fs.writeFileSync(host('f'), large)
  await put(storage, '/f', 'tail', { offset: 'end' })
  assert.ok(fs.readFileSync(host('f')).equals(Buffer.concat([large, Buffer.from('tail')])))
  await put(storage, '/f', 'tail', { offset: 2_000_000 })
  assert.ok(
    fs.readFileSync(host('f')).equals(Buffer.concat([large.subarray(0, 2_000_000), Buffer.from('tail')])),
  )
})

test('owners have the names of the system', async t => {
  const { storage } = await opened(t)
  const { owner, group } = await put(storage, '/f', 'x')
  const [user, primary] = execFileSync('sh', ['-c', 'id -un; id -gn'], { encoding: 'utf8' })
    .trim()
    .split('\n')
  assert.deepEqual([owner, group], [user, primary])
})

test('names of one file are told by one mark', async t => {
  const { storage, host } = await opened(t)
  await put(storage, '/f', 'x')
  fs.linkSync(host('f'), host('g'))
  const [f, g] = await entries(storage, '/')
  assert.equal(f?.unique, g?.unique)
  assert.equal(f?.links, 2)
})
