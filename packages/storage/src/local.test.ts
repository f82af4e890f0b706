import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openLocalStorage } from './local.ts'
import { begin, breakOff, entries, fails, get, names, put } from './testing.ts'
import { hiddenIn, opened } from './testing-local.ts'

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

test('a folder that hands its group on goes on doing so', async t => {
  const { storage, host } = await opened(t, { umask: 0o022 })
  await storage.makeFolder('/d')
  fs.chmodSync(host('d'), 0o2755)
  await storage.setMode('/d', 0o770)
  assert.equal(fs.statSync(host('d')).mode & 0o7777, 0o2770)
  await storage.makeFolder('/d/e')
  assert.equal(fs.statSync(host('d/e')).mode & 0o7777, 0o2755)
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
