import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { chmod, mkdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import {
  type ClientOptions,
  FtpClient,
  type MirrorEvent,
  type MirrorOptions,
  type MirrorSummary,
  mirror,
} from '@portolan/client'
import { AWKWARD, makeTree, readTree } from './client-mirror/trees.ts'
import { type Embedded, PASSWORD, startEmbedded } from './support/embedded.ts'
import { makeScratch, type Scratch } from './support/scratch.ts'

const USER = 'mirror'
let server: Embedded
let scratch: Scratch
let number = 0
/** Fresh for each test: one at the server, one here. */
let remote: string
let local: string

before(async () => {
  server = await startEmbedded({ passivePorts: 64 })
  scratch = await makeScratch()
  await mkdir(server.home(USER), { recursive: true })
})
after(async () => {
  await server[Symbol.asyncDispose]()
  await scratch[Symbol.asyncDispose]()
})
beforeEach(() => {
  const name = `t${number++}`
  remote = name
  local = join(scratch.path, name)
})

const onServer = (...path: readonly string[]) => join(server.home(USER), remote, ...path)

async function run(
  options: Partial<MirrorOptions> & Pick<MirrorOptions, 'direction'>,
  about: Partial<ClientOptions> = {},
): Promise<MirrorSummary> {
  await using client = new FtpClient({
    ...server.at(),
    user: USER,
    password: PASSWORD,
    connections: 3,
    ...about,
  })
  const summary = await mirror(client, { remote, local, ...options })
  assertAddsUp(summary)
  return summary
}

/** Every entry of the source is in exactly one count. */
function assertAddsUp(summary: MirrorSummary): void {
  const { entries, transferred, unchanged, links, folders, skipped, failed } = summary
  assert.equal(transferred + unchanged + links + folders + skipped + failed.length, entries)
}

function assertIdle(summary: MirrorSummary): void {
  const { transferred, deleted, foldersMade, failed, links, bytes } = summary
  assert.deepEqual(
    { transferred, deleted, foldersMade, links, bytes, failed: failed.map(({ path }) => path) },
    { transferred: 0, deleted: 0, foldersMade: 0, links: 0, bytes: 0, failed: [] },
  )
}

describe('a mirror', () => {
  it('brings a tree down as it is, with times and empty folders, and does nothing the second time', async () => {
    await makeTree(onServer(), AWKWARD)
    const summary = await run({ direction: 'download' })
    assert.deepEqual(summary.failed, [])
    assert.deepEqual(await readTree(local), AWKWARD)
    const { mtimeMs } = await stat(join(local, 'deep/er/b.txt'))
    assert.equal(mtimeMs, Date.UTC(2026, 0, 2, 3, 4, 5))
    assertIdle(await run({ direction: 'download', delete: true }))
  })

  it('takes a tree up as it is, and does nothing the second time, nor coming back', async () => {
    await makeTree(local, AWKWARD)
    const summary = await run({ direction: 'upload' })
    assert.deepEqual(summary.failed, [])
    assert.deepEqual(await readTree(onServer()), AWKWARD)
    assertIdle(await run({ direction: 'upload', delete: true }))
    assertIdle(await run({ direction: 'download', delete: true }))
  })

  it('makes the folders above the target, at both ends', async () => {
    await makeTree(onServer(), { a: 'x' })
    await run({ direction: 'download', local: join(local, 'far/below') })
    await run({ direction: 'upload', local: join(local, 'far/below'), remote: `${remote}/up/there` })
    assert.deepEqual(await readTree(onServer('up/there')), { a: 'x' })
  })

  it('transfers what is changed, by size or by a newer time, and that alone', async () => {
    await makeTree(onServer(), { a: 'old', b: 'old', c: 'old' })
    await run({ direction: 'download' })
    await writeFile(onServer('a'), 'longer than before')
    await writeFile(onServer('b'), 'new')
    const summary = await run({ direction: 'download' })
    assert.equal(summary.transferred, 2)
    assert.equal(summary.unchanged, 1)
    assert.deepEqual(await readTree(local), { a: 'longer than before', b: 'new', c: 'old' })
  })

  it('finds by checksum what size and time do not tell', async () => {
    const time = new Date(Date.UTC(2026, 0, 2))
    for (const direction of ['download', 'upload'] as const) {
      await makeTree(onServer(), { a: 'here', b: 'same' })
      await makeTree(local, { a: 'away', b: 'same' })
      for (const path of [onServer('a'), join(local, 'a')]) await utimes(path, time, time)
      assert.equal((await run({ direction })).transferred, 0)
      const summary = await run({ direction, compare: 'checksum' })
      assert.deepEqual([summary.transferred, summary.unchanged], [1, 1])
      assert.deepEqual(await readTree(local), await readTree(onServer()))
    }
  })

  it('leaves alone on both sides what the patterns say', async () => {
    await makeTree(onServer(), {
      'a.txt': '1',
      'b.md': '2',
      'cache/x.txt': '3',
      'sub/c.txt': '4',
      'none/d.md': '',
    })
    await makeTree(local, {
      'mine.md': 'kept',
      'cache/y': 'kept',
      'old.txt': 'gone',
      'gone/e.txt': '',
      'stays/f.md': '',
    })
    const summary = await run({
      direction: 'download',
      include: ['*.txt'],
      exclude: ['cache/'],
      delete: true,
    })
    assert.deepEqual(await readTree(local), {
      'a.txt': '1',
      'cache/': '',
      'cache/y': 'kept',
      'gone/': '',
      'mine.md': 'kept',
      'stays/': '',
      'stays/f.md': '',
      'sub/': '',
      'sub/c.txt': '4',
    })
    assert.equal(summary.skipped, 3)
    assert.equal(summary.deleted, 2)
  })

  it('removes what the source does not have, folders with all in them, and leaves links’ targets', async () => {
    for (const direction of ['download', 'upload'] as const) {
      const [source, target] = direction === 'download' ? [onServer(), local] : [local, onServer()]
      await makeTree(source, { kept: 'x', 'also/kept': 'y' })
      await makeTree(target, { extra: '', 'gone/deep/er/file': '', 'gone/empty/': '', 'also/gone': '' })
      const { deleted, notDeleted } = await run({ direction, delete: true })
      assert.deepEqual(await readTree(target), await readTree(source))
      assert.deepEqual(notDeleted, [])
      assert.equal(deleted, 7)
    }
  })

  it('removes nothing unless it is asked to', async () => {
    await makeTree(onServer(), { a: '' })
    await makeTree(local, { extra: '' })
    assert.equal((await run({ direction: 'download' })).deleted, 0)
    assert.deepEqual(Object.keys(await readTree(local)), ['a', 'extra'])
  })

  it('removes nothing when it would be more than was allowed', async () => {
    await makeTree(onServer(), { a: '' })
    await makeTree(local, { 'b/c': '', 'b/d': '' })
    const summary = await run({ direction: 'download', delete: true, maxDelete: 2 })
    assert.equal(summary.deleteRefused?.code, 'too-many')
    assert.equal(summary.deleted, 0)
    assert.deepEqual(Object.keys(await readTree(local)), ['a', 'b/', 'b/c', 'b/d'])
    assert.equal((await run({ direction: 'download', delete: true, maxDelete: 3 })).deleted, 3)
  })

  it('changes nothing in a dry run, and tells what it would do', async () => {
    await makeTree(onServer(), { 'new/a': 'xyz', same: 's', changed: 'longer', 'clash/in': 'q' })
    await makeTree(local, { same: 's', changed: 'c', extra: '', clash: 'a file' })
    const before = await readTree(local)
    const events: MirrorEvent[] = []
    const summary = await run({
      direction: 'download',
      delete: true,
      dryRun: true,
      onEvent: event => events.push(event),
    })
    assert.deepEqual(await readTree(local), before)
    assert.deepEqual([summary.transferred, summary.unchanged, summary.deleted, summary.bytes], [3, 1, 2, 10])
    const planned = events.flatMap(event =>
      event.type === 'planned' ? [`${event.action.kind} ${event.action.path}`] : [],
    )
    assert.deepEqual(planned.toSorted(), [
      'delete-file clash',
      'delete-file extra',
      'download changed',
      'download clash/in',
      'download new/a',
      'keep same',
      'make-folder clash',
      'make-folder new',
    ])
    assert.deepEqual(
      events.filter(event => event.type !== 'planned'),
      [],
    )
  })

  it('lets a file take the place of a folder and a folder that of a file, if it may delete', async () => {
    for (const direction of ['download', 'upload'] as const) {
      const [source, target] = direction === 'download' ? [onServer(), local] : [local, onServer()]
      await rm(source, { recursive: true, force: true })
      await rm(target, { recursive: true, force: true })
      await makeTree(source, { one: 'file', 'two/inside': 'x', other: 'y' })
      await makeTree(target, { 'one/inside': '', two: 'file' })
      const summary = await run({ direction })
      assert.deepEqual(summary.failed.map(({ path, error }) => `${path} ${error.code}`).toSorted(), [
        'one FTP_LOCAL',
        'two FTP_LOCAL',
      ])
      assert.equal(summary.transferred, 1)
      const second = await run({ direction, delete: true })
      assert.deepEqual(second.failed, [])
      assert.deepEqual(await readTree(target), await readTree(source))
    }
  })

  it('keeps names that are no UTF-8, byte for byte, on the way down and up', async () => {
    const bytes = (folder: string) => Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9])])
    await mkdir(onServer(), { recursive: true })
    await writeFile(bytes(onServer()), 'latin')
    assert.deepEqual((await run({ direction: 'download' })).failed, [])
    assert.equal(await readFile(bytes(local), 'utf8'), 'latin')
    await rm(bytes(onServer()))
    assert.deepEqual((await run({ direction: 'upload' })).failed, [])
    assert.equal(await readFile(bytes(onServer()), 'utf8'), 'latin')
    assertIdle(await run({ direction: 'upload', delete: true }))
  })

  it('keeps permissions where it is asked to, and set-id bits of a stranger’s choice never', async () => {
    await makeTree(onServer(), { open: 'x', closed: 'y' })
    await chmod(onServer('open'), 0o4755)
    await chmod(onServer('closed'), 0o600)
    await run({ direction: 'download', keepMode: true })
    const modes = (root: string) =>
      Promise.all(['open', 'closed'].map(async name => (await stat(join(root, name))).mode & 0o7777))
    assert.deepEqual(await modes(local), [0o755, 0o600])
    await run({ direction: 'upload', remote: `${remote}/up`, keepMode: true })
    assert.deepEqual(await modes(onServer('up')), [0o755, 0o600])
  })

  it('uploads under temporary names and verifies, where it is asked to', async () => {
    await makeTree(local, { a: 'x', 'b/c': 'y' })
    const summary = await run({ direction: 'upload', atomic: true, verify: 'checksum' })
    assert.deepEqual(summary.failed, [])
    assert.deepEqual(await readTree(onServer()), { a: 'x', 'b/': '', 'b/c': 'y' })
  })
})

describe('links', () => {
  it('of the source are skipped, or taken for what they point to, without going round in circles', async () => {
    await makeTree(join(scratch.path, `${remote}-outside`), { x: 'outside' })
    await makeTree(local, { 'real/a': 'a', 'to-file -> real/a': '', 'to-folder -> real': '' })
    await symlink('.', join(local, 'circle'))
    await symlink('..', join(local, 'real', 'up'))
    await symlink('nowhere', join(local, 'dangling'))
    await symlink(join(scratch.path, `${remote}-outside`), join(local, 'out'))
    assert.equal((await run({ direction: 'upload' })).skipped, 6)
    assert.deepEqual(await readTree(onServer()), { 'real/': '', 'real/a': 'a' })
    const followed = await run({ direction: 'upload', links: 'follow' })
    assert.deepEqual(followed.failed.map(({ path, error }) => `${path} ${error.code}`).toSorted(), [
      'circle FTP_NAME',
      'real/up FTP_NAME',
      'to-folder/up FTP_NAME',
    ])
    assert.deepEqual(await readTree(onServer()), {
      'out/': '',
      'out/x': 'outside',
      'real/': '',
      'real/a': 'a',
      'to-file': 'a',
      'to-folder/': '',
      'to-folder/a': 'a',
    })
  })

  it('in the target are never written through', async () => {
    const outside = join(scratch.path, `${remote}-outside`)
    await makeTree(outside, { victim: 'untouched' })
    await makeTree(onServer(), { 'folder/new': 'evil', file: 'evil', other: 'good' })
    await mkdir(local)
    await symlink(outside, join(local, 'folder'))
    await symlink(join(outside, 'victim'), join(local, 'file'))
    const summary = await run({ direction: 'download' })
    assert.deepEqual(summary.failed.map(({ path }) => path).toSorted(), ['file', 'folder'])
    assert.equal(await readFile(join(local, 'other'), 'utf8'), 'good')
    const second = await run({ direction: 'download', delete: true })
    assert.deepEqual(second.failed, [])
    assert.deepEqual(await readTree(local), await readTree(onServer()))
    assert.deepEqual(await readTree(outside), { victim: 'untouched' })
  })

  it('cannot be made at a server, and that is said before anything is done', async () => {
    await assert.rejects(run({ direction: 'upload', links: 'copy' }), { code: 'FTP_SETTING' })
  })
})

describe('a mirror that is ended', () => {
  it('goes on where it was, and leaves nothing half under a name', async () => {
    const big = randomBytes(3_000_000)
    await makeTree(onServer(), { 'small/a': 'a', 'small/b': 'b' })
    await writeFile(onServer('big'), big)
    const stop = new AbortController()
    await assert.rejects(
      run({
        direction: 'download',
        signal: stop.signal,
        onEvent: event => {
          if (event.type === 'progress' && event.path === 'big' && event.bytes > 500_000) stop.abort()
        },
      }),
      { code: 'FTP_ABORTED' },
    )
    assert.equal(Object.hasOwn(await readTree(local), 'big'), false)
    const summary = await run({ direction: 'download', delete: true })
    assert.ok(summary.resumed > 0, 'nothing was resumed')
    assert.ok((await readFile(join(local, 'big'))).equals(big))
    assert.deepEqual(Object.keys(await readTree(local)), ['big', 'small/', 'small/a', 'small/b'])
  })

  it('of an upload, too, and never mixes two versions of a file', async () => {
    const old = randomBytes(3_000_000)
    await mkdir(local)
    await writeFile(join(local, 'big'), old)
    const end = async () => {
      const stop = new AbortController()
      const onEvent = (event: MirrorEvent) => {
        if (event.type === 'progress' && event.bytes > 1_000_000 && event.bytes < 2_500_000) stop.abort()
      }
      // Slow enough that the server has what was sent: a reset throws away what it has not read.
      const ended = run({ direction: 'upload', signal: stop.signal, onEvent }, { rateLimit: 3_000_000 })
      await assert.rejects(ended, { code: 'FTP_ABORTED' })
    }
    await end()
    const fresh = randomBytes(3_000_000)
    await writeFile(join(local, 'big'), fresh)
    const summary = await run({ direction: 'upload' })
    assert.deepEqual(summary.failed, [])
    assert.ok((await readFile(onServer('big'))).equals(fresh))
    await rm(onServer('big'))
    await end()
    const resumed = await run({ direction: 'upload' })
    assert.ok(resumed.resumed > 0, 'nothing was resumed')
    assert.ok((await readFile(onServer('big'))).equals(fresh))
  })

  it('before it began does nothing', async () => {
    await makeTree(onServer(), { a: '' })
    await assert.rejects(run({ direction: 'download', signal: AbortSignal.abort() }), { code: 'FTP_ABORTED' })
    await assert.rejects(stat(local), { code: 'ENOENT' })
  })
})

describe('what fails everywhere', () => {
  it('ends the mirror with what it was', async () => {
    await using wrong = new FtpClient({
      ...server.at(),
      user: USER,
      password: 'wrong',
      retry: { retries: 0 },
    })
    await assert.rejects(mirror(wrong, { direction: 'download', remote, local }), { code: 'FTP_LOGIN' })
    await assert.rejects(run({ direction: 'download', remote: 'no such folder' }), { code: 'FTP_REPLY' })
    await assert.rejects(run({ direction: 'upload', local: join(scratch.path, 'nowhere') }), {
      code: 'FTP_LOCAL',
    })
    await assert.rejects(stat(onServer()), { code: 'ENOENT' })
  })

  it('is told from what is wrong with one file: that goes between its listing and its transfer', async () => {
    await makeTree(onServer(), { a: 'a', b: 'b', 'c/d': 'd' })
    const summary = await run({
      direction: 'download',
      onEvent: event => {
        if (event.type === 'planned' && event.action.path === 'b') rmSync(onServer('b'))
      },
    })
    assert.deepEqual(
      summary.failed.map(({ path, error }) => `${path} ${error.code} ${error.reply?.code}`),
      ['b FTP_REPLY 550'],
    )
    assert.deepEqual(await readTree(local), { a: 'a', 'c/': '', 'c/d': 'd' })
  })
})
