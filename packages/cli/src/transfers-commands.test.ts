import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startNode } from '@portolan/console'
import { FtpServer, hashPassword } from '@portolan/server'
import { loadSettings } from '@portolan/settings'
import { openStore, type Store } from '@portolan/store'
import { site, transfer } from '@portolan/transfers'
import { runMain } from './testing-run.ts'

const SECRET = 'a secret of the partner'
const scope = new AsyncDisposableStack()
let cwd = ''
let partnerHome = ''
let store: Store

before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'transfers-commands-'))
  scope.defer(() => rm(cwd, { recursive: true, force: true }))
  partnerHome = join(cwd, 'partner')
  await mkdir(partnerHome)
  await mkdir(join(cwd, 'data/out'), { recursive: true })
  await mkdir(join(cwd, 'out'))
  await writeFile(join(cwd, 'out/a.txt'), 'all of it\n')
  const partner = scope.use(
    new FtpServer({
      listeners: [{ host: '127.0.0.1', port: 0, tls: 'off' }],
      users: [{ name: 'acme', password: await hashPassword(SECRET), home: partnerHome }],
    }),
  )
  await partner.start()
  await writeFile(
    join(cwd, 'data/portolan.yaml'),
    JSON.stringify({
      listeners: [{ host: '127.0.0.1', port: 0, tls: 'off' }],
      passive: { enabled: false },
      console: { enabled: false },
    }),
  )
  const folder = join(cwd, 'data')
  scope.use(
    await startNode({
      place: { folder },
      load: stored => loadSettings({ file: join(folder, 'portolan.yaml'), ...stored }),
      version: '0.0.0',
      log: () => {},
      onEvent: () => {},
    }),
  )
  store = scope.use(await openStore({ folder, as: 'tool' }))
  const { sites, definitions } = store.initiated
  const port = partner.addresses[0]?.port ?? 0
  const by = { by: 'test' }
  for (const [name, password] of [
    ['acme', SECRET],
    ['wrong', 'not it'],
  ] as const) {
    const retry = { attempts: 1 }
    const made = site.parse({ name, protocol: 'ftp', host: '127.0.0.1', port, user: 'acme', retry })
    await sites.create(name, JSON.parse(JSON.stringify(made)), by)
    await sites.setSecrets(name, { password }, by)
    const steps = [{ do: 'push', site: name, from: { folder: join(cwd, 'out') } }]
    const pushes = transfer.parse({ name: `to ${name}`, description: 'every night', steps })
    await definitions.create(pushes.name, JSON.parse(JSON.stringify(pushes)), by)
  }
  const off = transfer.parse({ name: 'off', enabled: false, steps: [{ do: 'delete' }] })
  await definitions.create('off', JSON.parse(JSON.stringify(off)), by)
})
after(() => scope.disposeAsync())

function jsonLines(text: string): Record<string, unknown>[] {
  return text.split('\n').map((line): Record<string, unknown> => JSON.parse(line))
}

test('run --wait runs beside the node, tells the timeline, and ends with 0', async () => {
  const { code, out, err } = await runMain(cwd, ['transfers', 'run', 'to acme', '--wait'])
  assert.equal(code, 0, out + err)
  assert.match(out.split('\n').at(-1) ?? '', /to acme {2}succeeded {2}1 of 1 file, 10 B/)
  assert.ok(out.split('\n').length > 1, out)
  assert.equal(await readFile(join(partnerHome, 'a.txt'), 'utf8'), 'all of it\n')
  const [entry] = (await store.audit.list({ limit: 1, action: 'run.request' })).items
  assert.equal(entry?.actor, 'portolan transfers run')
})

test('a run that fails ends watch with 1, the cause, and what to do about it', async () => {
  const asked = await runMain(cwd, ['transfers', 'run', 'to wrong'])
  assert.equal(asked.code, 0)
  const { code, out, err } = await runMain(cwd, ['transfers', 'watch', asked.out])
  assert.equal(code, 1, out)
  assert.match(out, /failed .*530/)
  assert.match(err, /user and password/)
  const json = await runMain(cwd, ['transfers', 'watch', asked.out, '--json'])
  assert.equal(json.code, 1)
  const lines = jsonLines(json.out)
  assert.ok(lines.slice(0, -1).every(line => 'event' in line))
  assert.match(JSON.stringify(lines.at(-1)), /"state":"failed".*FTP_LOGIN/)
})

test('list and show tell what there is; runs by state, and again', async () => {
  const list = await runMain(cwd, ['transfers', 'list'])
  assert.match(
    list.out,
    /^off {7}when asked for {2}disabled {2}never ran\nto acme {3}when asked for {2}last succeeded/,
  )
  const show = await runMain(cwd, ['transfers', 'show', 'to acme'])
  assert.match(show.out, /every night\n.*when asked for\n.*1\. push \* of .*out to acme:\n.*succeeded/s)
  const failed = await runMain(cwd, ['transfers', 'runs', '--state', 'failed', '--json'])
  assert.deepEqual(
    jsonLines(failed.out).map(({ transfer: name, state }) => [name, state]),
    [['to wrong', 'failed']],
  )
  const done = await runMain(cwd, ['transfers', 'runs', '--transfer', 'to acme', '--json'])
  const [first] = jsonLines(done.out)
  const again = await runMain(cwd, ['transfers', 'again', String(first?.id), '--wait', '--json'])
  assert.equal(again.code, 0, again.err)
  assert.match(again.out, /"kind":"again"/)
})

test('a run that waits is cancelled, and one that is over is not', async () => {
  const { runs } = store.initiated
  const dueAt = Date.now() + 3_600_000
  const cause = { kind: 'request', text: 'later', properties: {} } as const
  const definition = { name: 'to acme', steps: [{ do: 'delete' }] }
  const [row] = await runs.enqueue(
    [{ transfer: 'to acme', sites: ['acme'], cause, definition, dueAt }],
    Date.now(),
  )
  const id = row?.id ?? ''
  const cancelled = await runMain(cwd, ['transfers', 'cancel', id])
  assert.deepEqual([cancelled.code, cancelled.out], [0, `${id} is cancelled`])
  const late = await runMain(cwd, ['transfers', 'cancel', id])
  assert.equal(late.code, 2)
  assert.match(late.err, /over already: it was cancelled/)
})

test('sites test examines a site of the node, and says whether it works', async () => {
  const good = await runMain(cwd, ['sites', 'test', 'acme'])
  assert.equal(good.code, 0, good.out + good.err)
  assert.match(good.out, /✓ Login/)
  const bad = await runMain(cwd, ['sites', 'test', 'wrong', '--data', 'data', '--json'])
  assert.equal(bad.code, 1)
  assert.match(bad.out, /LOGIN_FAILED/)
  for (const { out, err } of [good, bad]) assert.doesNotMatch(out + err, /a secret of the partner|not it/)
})

for (const { args, says } of [
  { args: ['show', 'nothing'], says: /no transfer "nothing"; there are: off, to acme, to wrong/ },
  { args: ['run', 'nothing'], says: /no transfer "nothing"; there are/ },
  { args: ['run', 'off'], says: /disabled/ },
  { args: ['watch', 'nothing'], says: /no run "nothing"/ },
  { args: ['again', 'nothing'], says: /no run "nothing"/ },
  { args: ['cancel', 'nothing'], says: /no run "nothing"/ },
  { args: ['runs', '--limit', '0'], says: /use 1 to 500/ },
  { args: ['list', '--data', 'elsewhere'], says: /no data folder/ },
]) {
  test(`transfers ${args.join(' ')} is told what is wrong`, async () => {
    const { code, out, err } = await runMain(cwd, ['transfers', ...args])
    assert.deepEqual([code, out], [2, ''])
    assert.match(err, says)
  })
}

test('a name that no site has is told, in a store that was named', async () => {
  const { code, err } = await runMain(cwd, ['sites', 'test', 'nothing', '--data', 'data'])
  assert.equal(code, 2)
  assert.match(err, /no site "nothing"/)
})
