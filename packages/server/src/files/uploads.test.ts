import assert from 'node:assert/strict'
import { PassThrough, Readable } from 'node:stream'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { download, fails, served, upload } from './testing.ts'

const OPEN = { overwrite: true, signal: new AbortController().signal }

/** An upload that has begun and waits for more. */
async function begun(place: Awaited<ReturnType<typeof served>>, text: string, size?: number) {
  const access = await place.open()
  const body = new PassThrough()
  const abort = new AbortController()
  const before = place.events('transfer-started').length
  const running = access.upload('/new', body, {
    overwrite: false,
    signal: abort.signal,
    ...(size !== undefined && { size }),
  })
  running.catch(() => {})
  body.write(text)
  while (place.events('transfer-started').length === before) await turn()
  return { access, body, abort, running }
}

test('upload: publishes a whole body and tells of it', async t => {
  const { open, text, events } = await served(t)
  await using access = await open()
  const entry = await upload(access, '/new.txt', 'hello', { size: 5 })
  assert.partialDeepStrictEqual(entry, {
    name: 'new.txt',
    type: 'file',
    size: 5,
    may: { read: true, delete: true },
  })
  assert.equal(text('new.txt'), 'hello')
  assert.equal((await upload(access, '/empty', '', { size: 0 })).size, 0)
  assert.partialDeepStrictEqual(events('transfer-ended')[0], {
    session: 'web-1',
    user: 'ann',
    command: 'PUT',
    path: '/new.txt',
    direction: 'upload',
    mode: 'web',
    bytes: 5,
    verdict: 'complete',
    reply: 226,
  })
})

test('upload: replaces a file only when that was said, and a folder never', async t => {
  const { open, text } = await served(t, { files: { 'a.txt': 'old', 'docs/b.txt': 'beta' } })
  await using access = await open()
  await fails(upload(access, '/a.txt', 'new'), 'FILE_EXISTS')
  assert.equal(text('a.txt'), 'old')
  await upload(access, '/a.txt', 'new', { overwrite: true })
  assert.equal(text('a.txt'), 'new')
  await fails(upload(access, '/docs', 'x'), 'FILE_EXISTS')
  await fails(upload(access, '/docs', 'x', { overwrite: true }), 'FILE_EXISTS')
  await fails(upload(access, '/', 'x', { overwrite: true }), 'FILE_EXISTS')
})

test('upload: is atomic although the setting for FTP is direct', async t => {
  const place = await served(t, { uploadMode: 'direct' })
  const { body, running, access } = await begun(place, 'half')
  assert.ok(!place.has('new'))
  body.destroy(new Error('gone'))
  await fails(running, 'FILE_BROKEN')
  assert.deepEqual(place.names(), [])
  await access[Symbol.asyncDispose]()
})

const BREAKS: readonly [string, number | undefined, (body: PassThrough, abort: AbortController) => void][] = [
  ['ends before its size', 10, body => void body.end()],
  ['goes on after its size', 4, body => void body.end('12')],
  ['breaks with an error', undefined, body => void body.destroy(new Error('ECONNRESET'))],
  ['is destroyed without one', 10, body => void body.destroy()],
  ['is called off', undefined, (_body, abort) => abort.abort()],
]

for (const [name, size, end] of BREAKS) {
  test(`upload: a body that ${name} leaves nothing behind and the old file as it was`, async t => {
    const place = await served(t)
    const { body, abort, running, access } = await begun(place, 'half', size)
    end(body, abort)
    await fails(running, 'FILE_BROKEN')
    assert.deepEqual(place.names(), [])
    const [ended] = place.events('transfer-ended')
    assert.deepEqual([ended?.verdict, ended?.reply], ['broken', 426])
    await access[Symbol.asyncDispose]()
  })
}

test('upload: a body that stalls is broken off', async t => {
  const place = await served(t, { settings: { timeouts: { stall: '1s' } } })
  const { running, access } = await begun(place, 'half')
  assert.match((await fails(running, 'FILE_BROKEN')).message, /1 seconds/)
  assert.deepEqual(place.names(), [])
  await access[Symbol.asyncDispose]()
})

test('upload: of two to one new name one is published and the other learns of it', async t => {
  const place = await served(t)
  const first = await begun(place, 'first')
  const second = await begun(place, 'second')
  second.body.end()
  await second.running
  first.body.end()
  await fails(first.running, 'FILE_EXISTS')
  assert.equal(place.text('new'), 'second')
  assert.deepEqual(place.names(), ['new'])
})

test('upload: whatever runs at the same time, a name shows one whole body', async t => {
  const { open, names } = await served(t)
  await using access = await open()
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ minLength: 1, maxLength: 200_000 }), { minLength: 1, maxLength: 6 }),
      async texts => {
        await Promise.all(
          texts.map(text =>
            access.upload('/one', Readable.from([...text].map(letter => Buffer.from(letter))), OPEN),
          ),
        )
        assert.ok(texts.includes(await download(access, '/one')))
        assert.deepEqual(names(), ['one'])
      },
    ),
    { numRuns: 25 },
  )
})

test('quota: what does not fit is refused, before the first byte when the size is known', async t => {
  const { open, names, events } = await served(t, {
    user: { quota: { bytes: 10, files: 2 } },
    files: { a: '12345' },
  })
  await using access = await open()
  assert.deepEqual((await access.list('/')).quota, { bytes: 5, files: 1, of: { bytes: 10, files: 2 } })
  await fails(upload(access, '/b', '123456', { size: 6 }), 'FILE_QUOTA')
  assert.equal(events('transfer-started').length, 0)
  await fails(upload(access, '/b', '123456'), 'FILE_QUOTA')
  assert.deepEqual(
    events('transfer-ended').map(({ verdict, reply }) => [verdict, reply]),
    [['failed', 552]],
  )
  assert.deepEqual(names(), ['a'])
  await upload(access, '/a', '1234567890', { overwrite: true, size: 10 })
  await access.remove('/a')
  await upload(access, '/b', '12345')
  await upload(access, '/c', '12345')
  await fails(upload(access, '/d', ''), 'FILE_QUOTA')
  assert.deepEqual((await access.list('/')).quota, { bytes: 0, files: 0, of: { bytes: 10, files: 2 } })
})

test('quota: broken uploads and removed folders give their bytes back; other mounts do not count', async t => {
  const place = await served(t)
  await place.change({ quota: { bytes: 100 }, folders: [{ path: '/shared', folder: place.shared }] })
  const broken = await begun(place, 'x'.repeat(60))
  broken.body.destroy(new Error('gone'))
  await fails(broken.running, 'FILE_BROKEN')
  const { access } = broken
  await access.makeFolder('/docs')
  await upload(access, '/docs/a', 'x'.repeat(60))
  await access.remove('/docs')
  await upload(access, '/shared/a', 'x'.repeat(1_000))
  assert.equal((await access.list('/shared')).quota, undefined)
  assert.deepEqual((await access.list('/')).quota, { bytes: 100, of: { bytes: 100 } })
  await access[Symbol.asyncDispose]()
})

test('rate: uploads and downloads of a user are slowed down to it', async t => {
  const { open } = await served(t, { user: { uploadRate: 200_000, downloadRate: 200_000 } })
  await using access = await open()
  const started = performance.now()
  await upload(access, '/a', 'x'.repeat(150_000))
  const between = performance.now()
  await download(access, '/a')
  // A quarter of a second is given in advance; what is over that has to be waited for, however fast the machine is.
  assert.ok(between - started >= 450, `upload took ${between - started} ms`)
  assert.ok(performance.now() - between >= 450, `download took ${performance.now() - between} ms`)
})
