import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { FtpServer } from '@portolan/server'
import {
  type LoadedSettings,
  loadSettings,
  type Overlay,
  type Settings,
  type StoredSettings,
} from '@portolan/settings'
import { openStore, type Store, StoreError } from '@portolan/store'
import { Problem } from '../http/problem.ts'
import { NodeSettings } from './node-settings.ts'
import { createSettingsService, type NodeSettingsService } from './settings-service-impl.ts'

let root = ''
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'settings-service-'))
})
after(() => rm(root, { recursive: true, force: true }))

const FILE = `listeners: [{ name: public, host: 127.0.0.1, port: 0, tls: off }]
passive: { enabled: false }
timeouts: { idle: 10m }
`

/** A node's settings over a real store and a real server, without HTTP. */
class TestNode implements AsyncDisposable {
  readonly store: Store
  readonly file: string
  readonly server: FtpServer
  readonly service: NodeSettingsService
  readonly settings: NodeSettings
  readonly applied: Settings[] = []
  /** What `applied` rejects with. */
  stumble: Error | undefined

  private constructor(store: Store, file: string, settings: NodeSettings) {
    this.store = store
    this.file = file
    this.settings = settings
    this.server = new FtpServer(settings.loaded.settings)
    this.service = createSettingsService({
      store,
      settings,
      server: this.server,
      applied: async next => {
        if (this.stumble !== undefined && next !== settings.loaded.settings) throw this.stumble
        this.applied.push(next)
      },
    })
  }

  static async start(text = FILE, overlay?: (input: Overlay['input']) => Overlay): Promise<TestNode> {
    const folder = await mkdtemp(join(root, 'node-'))
    const file = join(folder, 'portolan.yaml')
    await writeFile(file, text)
    const store = await openStore({ folder })
    const load = (stored: StoredSettings): Promise<LoadedSettings> =>
      loadSettings({ file, ...stored, ephemeral: undefined, ...(overlay && { overlay }) })
    const node = new TestNode(store, file, await NodeSettings.load(store, load))
    await node.server.start()
    return node
  }

  set(changes: Record<string, unknown>, base = this.service.view().version) {
    const list = Object.entries(changes).map(([path, value]) => ({ path, value }))
    return this.service.change({ base, changes: list }, 'anna')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close()
    await this.store[Symbol.asyncDispose]()
  }
}

/** A port of the loopback that somebody listens on. */
async function takenPort(): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { port, [Symbol.asyncDispose]: () => new Promise(resolve => server.close(() => resolve())) }
}

const problem = (status: number, code: string) => (error: unknown) => {
  assert.ok(error instanceof Problem, String(error))
  assert.deepEqual([error.status, error.code], [status, code])
  return true
}

test('a change is in force and saved, and the view tells its version and origin', async () => {
  await using node = await TestNode.start()
  const view = await node.set({ 'timeouts.idle': '7m', 'limits.sessions': 5 })
  assert.equal(view.version, 1)
  assert.deepEqual(view.effective.timeouts, {
    login: '1m',
    idle: '7m',
    stall: '2m',
    handshake: '15s',
    shutdown: '30s',
  })
  assert.deepEqual(
    [view.origins['timeouts.idle'], view.origins['limits.sessions'], view.origins['passive.enabled']],
    ['store', 'store', 'file'],
  )
  assert.equal('users' in view.effective, false)
  const saved = await node.store.settings.current()
  assert.deepEqual(saved?.document, { timeouts: { idle: '7m' }, limits: { sessions: 5 } })
  assert.equal(saved?.by, 'anna')
  assert.equal(node.applied.at(-1)?.timeouts.idle, 420_000)
  const row = node.service.explain().find(({ path }) => path === 'limits.sessions')
  assert.deepEqual(
    { ...row, description: row?.description.slice(0, 17) },
    { path: 'limits.sessions', value: '5', origin: 'store', description: 'Sessions at once.' },
  )
})

test('every mistake of a change is told at once, each with its path, and nothing has changed', async () => {
  await using node = await TestNode.start()
  await assert.rejects(
    node.set({ 'timeouts.idel': '1m', 'limits.sessions': 0, 'listeners[0].tls': 'maybe', users: [] }),
    (error: unknown) => {
      assert.ok(problem(422, 'SETTINGS_INVALID')(error) && error instanceof Problem)
      assert.deepEqual(error.errors, [
        { path: 'timeouts.idel', message: 'is not a setting; did you mean idle?' },
        { path: 'users', message: 'is not changed here: users are kept one by one, and not as settings' },
        {
          path: 'listeners[0].tls',
          message: 'must be one of off, optional, required, implicit, and not "maybe"',
        },
        { path: 'limits.sessions', message: 'must be a whole number from 1 to 1000000, and not 0' },
      ])
      return true
    },
  )
  assert.equal(node.service.view().version, 0)
  assert.equal(await node.store.settings.current(), undefined)
  assert.deepEqual(node.applied, [])
})

test('a mistake that stands in the file by now says where', async () => {
  await using node = await TestNode.start()
  await writeFile(node.file, `${FILE}log: { level: loud }\n`)
  await assert.rejects(node.set({ 'limits.sessions': 5 }), (error: unknown) => {
    assert.ok(error instanceof Problem)
    assert.match(error.message, /^log\.level: must be one of .*"loud" \(portolan\.yaml, line 4\)$/)
    return true
  })
})

test('who looked at an older version is told so, also when two change at once', async () => {
  await using node = await TestNode.start()
  const both = await Promise.allSettled([
    node.set({ 'limits.sessions': 5 }, 0),
    node.set({ 'limits.sessions': 6 }, 0),
  ])
  assert.deepEqual(
    both.map(one => one.status),
    ['fulfilled', 'rejected'],
  )
  assert.ok(both[1]?.status === 'rejected' && problem(409, 'SETTINGS_STALE')(both[1].reason))
  await assert.rejects(
    node.service.preview({ base: 0, changes: [{ path: 'log.level', value: 'info' }] }),
    problem(409, 'SETTINGS_STALE'),
  )
  assert.equal(node.settings.loaded.settings.limits.sessions, 5)
})

test('what a flag holds cannot be changed, and the flag is named', async () => {
  await using node = await TestNode.start(FILE, input => ({
    input: { ...input, log: { level: 'warn' } },
    flags: new Map([['log.level', '--log-level']]),
  }))
  assert.deepEqual(node.service.view().flags, { 'log.level': '--log-level' })
  await assert.rejects(node.set({ 'log.level': 'info' }), problem(409, 'SETTINGS_FLAG'))
  const { problems } = await node.service.preview({
    base: 0,
    changes: [{ path: 'log.level', value: 'info' }],
  })
  assert.deepEqual(problems, [
    {
      path: 'log.level',
      message: 'is set by --log-level at the start of this node: start it without the flag to change it here',
    },
  ])
})

test('a port that another program has is refused, and the old settings stay in force', async () => {
  await using node = await TestNode.start()
  await using taken = await takenPort()
  const before = node.server.addresses
  await assert.rejects(
    node.set({ 'listeners[0].port': taken.port, 'limits.sessions': 5 }),
    problem(409, 'SETTINGS_REFUSED'),
  )
  assert.deepEqual(node.server.addresses, before)
  assert.equal(node.settings.loaded.settings.limits.sessions, 10_000)
  assert.equal(await node.store.settings.current(), undefined)
})

test('when the rest of the node cannot follow, the server goes back, too', async () => {
  await using node = await TestNode.start()
  const before = node.server.addresses
  node.stumble = new Error('the console cannot listen there')
  await assert.rejects(node.set({ 'listeners[0].host': '127.0.0.2' }), problem(409, 'SETTINGS_REFUSED'))
  assert.deepEqual(
    node.server.addresses.map(({ host }) => host),
    before.map(({ host }) => host),
  )
  assert.equal(node.service.view().failure, undefined)
})

test('what cannot be saved is not in force either', async () => {
  await using node = await TestNode.start()
  const { settings, groups } = node.store
  const full = {
    groups,
    settings: { ...settings, save: () => Promise.reject(new StoreError('STORE_FULL', 'the disk is full')) },
  }
  const service = createSettingsService({
    store: full,
    settings: node.settings,
    server: node.server,
    applied: async next => void node.applied.push(next),
  })
  const change = { base: 0, changes: [{ path: 'limits.sessions', value: 5 }] }
  await assert.rejects(service.change(change, 'anna'), { code: 'STORE_FULL' })
  assert.deepEqual(
    node.applied.map(({ limits }) => limits.sessions),
    [5, 10_000],
  )
  assert.equal(service.view().version, 0)
})

test('a preview tells difference and consequences, also what of the file has no effect then, and changes nothing', async () => {
  await using node = await TestNode.start()
  const preview = await node.service.preview({
    base: 0,
    changes: [
      { path: 'timeouts.idle', value: '7m' },
      { path: 'server.workers', value: 2 },
      { path: 'listeners[0].port', value: 50_021 },
    ],
  })
  assert.deepEqual(preview.problems, [])
  assert.deepEqual(preview.difference, [
    { path: 'listeners[0].port', before: '0', after: '50021' },
    { path: 'timeouts.idle', before: '10m', after: '7m' },
    { path: 'server.workers', before: '0', after: '2' },
  ])
  assert.deepEqual(
    preview.consequences.map(({ code, path }) => `${code} ${path}`),
    [
      'listener-moves listeners[0].port',
      'needs-restart server.workers',
      'overridden listeners',
      'overridden timeouts.idle',
    ],
  )
  assert.match(
    preview.consequences.at(-1)?.text ?? '',
    /^portolan\.yaml, line 3: the file says 10m, which has no effect/,
  )
  assert.equal(node.service.view().version, 0)
})

test('versions tell what changed, and each can be gone back to', async () => {
  await using node = await TestNode.start()
  await node.set({ 'timeouts.idle': '7m' })
  await node.service.change(
    { base: 1, comment: 'for the audit', changes: [{ path: 'limits.sessions', value: 5 }] },
    'bob',
  )
  await node.service.change({ base: 2, changes: [{ path: 'timeouts.idle', reset: true }] }, 'bob')
  const versions = await node.service.versions({ limit: 10 })
  assert.deepEqual(
    versions.map(({ version, by, comment, changed }) => [version, by, comment, changed]),
    [
      [3, 'bob', undefined, ['timeouts.idle']],
      [2, 'bob', 'for the audit', ['limits.sessions']],
      [1, 'anna', undefined, ['timeouts.idle']],
    ],
  )
  const page = await node.service.versions({ limit: 1, before: 3 })
  assert.deepEqual(
    page.map(({ version, changed }) => [version, changed]),
    [[2, ['limits.sessions']]],
  )
  assert.deepEqual((await node.service.version(1)).difference, [
    { path: 'timeouts.idle', before: '10m', after: '7m' },
  ])
  await assert.rejects(node.service.version(9), problem(404, 'SETTINGS_VERSION'))

  const preview = await node.service.previewRevert(1)
  assert.deepEqual(
    preview.difference.map(({ path }) => path),
    ['limits.sessions', 'timeouts.idle'],
  )
  await assert.rejects(node.service.revert(1, 2, 'anna'), problem(409, 'SETTINGS_STALE'))
  const view = await node.service.revert(1, 3, 'anna')
  assert.equal(view.version, 4)
  assert.equal(node.settings.loaded.settings.limits.sessions, 10_000)
  assert.equal((await node.service.version(4)).comment, 'back to version 1')
  await node.service.revert(0, 4, 'anna')
  assert.equal(node.settings.loaded.settings.timeouts.idle, 600_000)
})

test('a change that changes nothing makes no version', async () => {
  await using node = await TestNode.start()
  await node.set({ 'timeouts.idle': '7m' })
  assert.equal((await node.set({ 'timeouts.idle': '7m' })).version, 1)
})

test('what others save, and groups, come into force; a version that cannot is told of until the next one', async () => {
  await using node = await TestNode.start()
  await node.store.settings.save({
    base: 0,
    document: { limits: { sessions: 9 } },
    by: 'portolan config set',
  })
  await node.service.applyFromStore({ onlyIfNew: true })
  assert.equal(node.settings.loaded.settings.limits.sessions, 9)
  const taken = node.applied.length
  await node.service.applyFromStore({ onlyIfNew: true })
  assert.equal(node.applied.length, taken)

  await node.store.groups.create('staff', { name: 'staff', quota: { files: 1 } }, { by: 'anna' })
  await node.service.groupsChanged()
  assert.deepEqual(
    node.settings.loaded.settings.groups.map(({ name }) => name),
    ['staff'],
  )

  await node.store.settings.save({ base: 1, document: { limits: { sessions: 0 } }, by: 'somebody' })
  await assert.rejects(node.service.applyFromStore({ onlyIfNew: true }), { code: 'SETTINGS_INVALID' })
  // Trying the very same again would help nobody.
  await node.service.applyFromStore({ onlyIfNew: true })
  await assert.rejects(node.service.applyFromStore(), { code: 'SETTINGS_INVALID' })
  const failed = node.service.view()
  assert.equal(failed.version, 2)
  assert.match(failed.failure ?? '', /^version 2 of the store: limits\.sessions: must be a whole number/)
  assert.equal(node.settings.loaded.settings.limits.sessions, 9)
  const view = await node.set({ 'limits.sessions': 10 })
  assert.deepEqual([view.version, view.failure], [3, undefined])
})

test('a change of the file is read when it is asked for', async () => {
  await using node = await TestNode.start()
  await writeFile(node.file, FILE.replace('10m', '11m'))
  await node.service.applyFromStore()
  assert.equal(node.settings.loaded.settings.timeouts.idle, 660_000)
})

test('of very many changes at once, those that would wait too long are refused', async () => {
  await using node = await TestNode.start()
  const many = await Promise.allSettled(Array.from({ length: 80 }, () => node.service.applyFromStore()))
  const refusals = many.filter(one => one.status === 'rejected')
  assert.equal(refusals.length, 30)
  assert.ok(problem(503, 'SETTINGS_BUSY')(refusals[0]?.reason))
})
