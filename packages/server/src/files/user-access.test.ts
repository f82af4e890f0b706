import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import type { FileAccess, FileAccessErrorCode } from '../file-access.ts'
import { download, fails, served, upload } from './testing.ts'

const FILES = { 'a.txt': 'alpha', 'docs/b.txt': 'beta', 'docs/deep/c.txt': 'gamma' }
const OPEN = { overwrite: true, signal: new AbortController().signal }

test('list: tells names, sizes, kinds, times and what may be done with each', async t => {
  const { open } = await served(t, { files: FILES })
  await using access = await open()
  const view = await access.list('/')
  assert.equal(view.path, '/')
  assert.deepEqual(view.may, { write: true, makeFolder: true })
  assert.equal(view.quota, undefined)
  const [file, folder] = [...view.entries].sort((a, b) => (a.name < b.name ? -1 : 1))
  assert.partialDeepStrictEqual(file, { name: 'a.txt', type: 'file', size: 5 })
  assert.ok(Math.abs((file?.modified ?? 0) - Date.now()) < 60_000)
  assert.deepEqual(folder?.may, { read: true, rename: true, delete: true })
  assert.equal(folder?.type, 'folder')
  assert.equal((await access.list('/docs/')).path, '/docs')
})

const STEPS: Readonly<Record<string, (access: FileAccess) => Promise<unknown>>> = {
  list: access => access.list('/'),
  read: access => download(access, '/a.txt'),
  write: access => upload(access, '/new.txt', 'x'),
  delete: access => access.remove('/a.txt'),
  rename: access => access.rename('/a.txt', '/z.txt'),
  makeFolder: access => access.makeFolder('/folder'),
  removeFolder: access => access.remove('/empty'),
}

for (const [permission, step] of Object.entries(STEPS)) {
  test(`permissions: ${permission} is what it takes, and nothing else is`, async t => {
    const others = Object.keys(STEPS).filter(name => name !== permission) as 'list'[]
    const { open, home, change } = await served(t, {
      files: FILES,
      user: { permissions: [{ path: '/', allow: others }] },
    })
    mkdirSync(join(home, 'empty'))
    const before = readdirSync(home)
    await using without = await open()
    await fails(step(without), 'FILE_DENIED')
    assert.deepEqual(readdirSync(home), before)
    await change({ permissions: [{ path: '/', allow: [permission as 'list'] }] })
    await using alone = await open()
    await step(alone)
  })
}

test('permissions: a deeper rule decides alone, and shows in what a listing says', async t => {
  const { open } = await served(t, {
    files: FILES,
    user: {
      permissions: [
        { path: '/', allow: 'all' },
        { path: '/docs', allow: 'readOnly' },
      ],
    },
  })
  await using access = await open()
  const { entries } = await access.list('/')
  assert.deepEqual(entries.find(({ name }) => name === 'docs')?.may, {
    read: true,
    rename: false,
    delete: false,
  })
  assert.deepEqual((await access.list('/docs')).may, { write: false, makeFolder: false })
  await fails(upload(access, '/docs/x', 'x'), 'FILE_DENIED')
  await fails(access.rename('/a.txt', '/docs/a.txt'), 'FILE_DENIED')
  assert.equal(await download(access, '/docs/b.txt'), 'beta')
})

const NAMES: readonly [string, FileAccessErrorCode][] = [
  ['../outside', 'FILE_NAME'],
  ['/../outside', 'FILE_NAME'],
  ['/docs/../../outside', 'FILE_NAME'],
  ['/docs/./x', 'FILE_NAME'],
  ['a.txt', 'FILE_NAME'],
  ['', 'FILE_NAME'],
  ['/a\0b', 'FILE_NAME'],
  [`/${'x'.repeat(256)}`, 'FILE_NAME'],
  ['/.portolan-abc.part', 'FILE_NAME'],
  ['/nowhere/x', 'FILE_MISSING'],
]

for (const [path, code] of NAMES) {
  test(`names: ${JSON.stringify(path.slice(0, 30))} is refused by everything that makes or moves something`, async t => {
    const { open, home, names } = await served(t, { files: FILES })
    await using access = await open()
    const before = names()
    await fails(upload(access, path, 'x'), code)
    await fails(access.makeFolder(path), code)
    await fails(access.rename('/a.txt', path), code)
    await fails(access.list(path), code)
    assert.deepEqual(names(), before)
    assert.deepEqual(readdirSync(join(home, '..')).sort(), ['home', 'shared'])
  })
}

test('names: whatever path is asked for, nothing is made outside of the home', async t => {
  const { open, home } = await served(t)
  await using access = await open()
  const part = fc.oneof(
    fc.constantFrom('..', '.', '', '...', '~', '%2e%2e', '\\', 'a\0', '..\\'),
    fc.string(),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 5 }), fc.constantFrom('/', ''), async (parts, start) => {
      await upload(access, start + parts.join('/'), 'x', { overwrite: true }).catch(() => {})
      assert.deepEqual(readdirSync(join(home, '..')).sort(), ['home', 'shared'])
    }),
    { numRuns: 200 },
  )
})

test('links: those inside are followed and told apart, those that lead outside are not', async t => {
  const { open, home, shared, has } = await served(t, { files: FILES })
  writeFileSync(join(shared, 'secret'), 'secret')
  symlinkSync('docs', join(home, 'inside'))
  symlinkSync('a.txt', join(home, 'file'))
  symlinkSync('../shared', join(home, 'outside'))
  symlinkSync('nothing', join(home, 'broken'))
  await using access = await open()
  const links = (await access.list('/')).entries.filter(({ type }) => type === 'link')
  assert.deepEqual(Object.fromEntries(links.map(({ name, leadsTo }) => [name, leadsTo])), {
    inside: 'folder',
    file: 'file',
    outside: undefined,
    broken: undefined,
  })
  assert.equal(await download(access, '/inside/b.txt'), 'beta')
  await fails(access.list('/outside'), 'FILE_DENIED')
  await fails(download(access, '/outside/secret'), 'FILE_DENIED')
  await fails(upload(access, '/outside/x', 'x'), 'FILE_DENIED')
  await access.remove('/outside')
  await access.remove('/inside')
  assert.ok(!has('outside') && !has('inside') && has('docs/b.txt'))
  assert.deepEqual(readdirSync(shared), ['secret'])
})

test('stat: tells of one name', async t => {
  const { open } = await served(t, { files: FILES })
  await using access = await open()
  assert.partialDeepStrictEqual(await access.stat('/docs/b.txt'), { name: 'b.txt', type: 'file', size: 4 })
  await fails(access.stat('/x'), 'FILE_MISSING')
})

test('makeFolder and rename: are told as FTP tells them; neither replaces anything', async t => {
  const { open, events, text } = await served(t, { files: FILES })
  await using access = await open()
  await access.makeFolder('/new')
  await access.rename('/a.txt', '/new/a.txt')
  await fails(access.makeFolder('/docs'), 'FILE_EXISTS')
  await fails(access.rename('/new/a.txt', '/docs/b.txt'), 'FILE_EXISTS')
  await fails(access.rename('/docs', '/docs/deep/docs'), 'FILE_DENIED')
  await fails(access.rename('/none', '/other'), 'FILE_MISSING')
  await access.rename('/docs', '/docs')
  assert.equal(text('docs/b.txt'), 'beta')
  assert.deepEqual(
    events('file').map(({ change, path, to, user, session }) => [change, path, to, user, session]),
    [
      ['folder-made', '/new', undefined, 'ann', 'web-1'],
      ['renamed', '/a.txt', '/new/a.txt', 'ann', 'web-1'],
    ],
  )
})

test('rename: not into another mount, and not what holds rules of its own', async t => {
  const { open, shared, change } = await served(t, { files: FILES })
  await change({
    folders: [{ path: '/shared', folder: shared }],
    permissions: [
      { path: '/', allow: 'all' },
      { path: '/docs/deep', allow: 'readOnly' },
    ],
  })
  await using access = await open()
  await fails(access.rename('/a.txt', '/shared/a.txt'), 'FILE_DENIED')
  await fails(access.rename('/docs', '/other'), 'FILE_DENIED')
  assert.deepEqual(readdirSync(shared), [])
})

test('download: a part of a file, chosen when its size is known', async t => {
  const { open, events } = await served(t, { files: { 'a.txt': '0123456789' } })
  await using access = await open()
  const part = await access.download('/a.txt', ({ size }) => ({ offset: size - 4, length: 2 }))
  assert.deepEqual([part.size, part.length], [10, 2])
  assert.equal((await part.body.toArray()).join(''), '67')
  const rest = await access.download('/a.txt', () => ({ offset: 8, length: 100 }))
  assert.equal(rest.length, 2)
  assert.equal((await rest.body.toArray()).join(''), '89')
  await assert.rejects(
    access.download('/a.txt', () => {
      throw new RangeError('no')
    }),
    RangeError,
  )
  await fails(access.download('/'), 'FILE_NAME')
  const ended = events('transfer-ended')
  assert.equal(ended.length, 2)
  assert.partialDeepStrictEqual(ended[0], {
    session: 'web-1',
    user: 'ann',
    command: 'GET',
    path: '/a.txt',
    direction: 'download',
    mode: 'web',
    remote: '127.0.0.1',
    bytes: 2,
    verdict: 'complete',
    reply: 226,
  })
  assert.equal(events('transfer-started').length, 2)
})

test('download: one that is not read to its end is broken, and lets its place go', async t => {
  const { open, events, put } = await served(t)
  put('big', 'x'.repeat(1_000_000))
  const access = await open()
  for (let round = 0; round < 40; round++) {
    const { body } = await access.download('/big')
    const closed = new Promise(resolve => body.once('close', resolve))
    body.destroy()
    await closed
  }
  await access[Symbol.asyncDispose]()
  assert.ok(events('transfer-ended').every(({ verdict, reply }) => verdict === 'broken' && reply === 426))
})

test('download: outlives its access, and breaks when the file becomes shorter', async t => {
  const { open, home, put, events } = await served(t)
  put('big', 'x'.repeat(5_000_000))
  const access = await open()
  const whole = await access.download('/big')
  const cut = await access.download('/big')
  await access[Symbol.asyncDispose]()
  await fails(access.download('/big'), 'FILE_BUSY')
  assert.equal(
    (await whole.body.toArray()).reduce((sum: number, chunk: Buffer) => sum + chunk.length, 0),
    5_000_000,
  )
  const reading = (async () => {
    for await (const _chunk of cut.body) truncateSync(join(home, 'big'), 10)
  })()
  await fails(reading, 'FILE_BUSY')
  assert.deepEqual(
    events('transfer-ended').map(({ verdict }) => verdict),
    ['complete', 'failed'],
  )
})

test('too many transfers of one user at once are refused, others are not', async t => {
  const { open } = await served(t, { files: FILES })
  await using access = await open()
  await using again = await open()
  const bodies: Readable[] = []
  for (let round = 0; round < 24; round++) bodies.push((await access.download('/a.txt')).body)
  await fails(again.download('/a.txt'), 'FILE_BUSY')
  await fails(upload(again, '/new', 'x'), 'FILE_BUSY')
  const closed = new Promise(resolve => bodies[0]?.once('close', resolve))
  bodies[0]?.destroy()
  await closed
  assert.equal(await download(again, '/a.txt'), 'alpha')
  for (const body of bodies) body.destroy()
})

test('a stop of the server ends what runs, and nothing begins any more', async t => {
  const { open, server, events, names } = await served(t, { settings: { timeouts: { shutdown: '1s' } } })
  const access = await open()
  const body = new PassThrough()
  body.write('half')
  const running = access.upload('/new', body, OPEN)
  while (events('transfer-started').length === 0) await turn()
  const closing = server.close()
  await fails(running, 'FILE_BROKEN')
  await closing
  await fails(access.download('/new'), 'FILE_BUSY')
  await fails(open(), 'FILE_BUSY')
  assert.deepEqual(names(), [])
})
