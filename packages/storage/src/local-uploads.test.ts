import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openLocalStorage } from './local.ts'
import { begin, breakOff, fails, get, names, put } from './testing.ts'
import { hiddenIn, opened } from './testing-local.ts'

const HOUR = 3_600_000

test('a folder that is moved outside during an upload does not get the file', async t => {
  const { storage, host, outside } = await opened(t)
  await storage.makeFolder('/d')
  const upload = await begin(storage, '/d/f', 'x')
  fs.renameSync(host('d'), join(outside, 'd'))
  await fails(upload.publish(), 'STORAGE_OUTSIDE')
  await upload.abandon({ keep: false })
  assert.deepEqual(fs.readdirSync(join(outside, 'd')), [])
})

test('a program that runs cannot be written directly', async t => {
  const { storage, host } = await opened(t)
  fs.copyFileSync('/bin/sleep', host('program'))
  const running = spawn(host('program'), ['60'])
  t.after(() => running.kill())
  await once(running, 'spawn')
  await fails(put(storage, '/program', 'x', { mode: 'direct' }), 'STORAGE_BUSY')
})

test('a replaced file loses the set-user-ID bit and keeps its other bits', async t => {
  const { storage, host } = await opened(t)
  fs.writeFileSync(host('f'), 'x')
  fs.chmodSync(host('f'), 0o4751)
  await put(storage, '/f', 'y')
  assert.equal(fs.statSync(host('f')).mode & 0o7777, 0o751)
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
    // The clean-up runs beside the upload that found it.
    for (let look = 0; look < 200 && fs.readdirSync(home).length > 1; look++) {
      await new Promise(resolve => setTimeout(resolve, 10))
    }
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
