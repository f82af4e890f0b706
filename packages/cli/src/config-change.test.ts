import assert from 'node:assert/strict'
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { after, before, beforeEach, test } from 'node:test'
import { openStore } from '@portolan/store'
import { setSetting } from './config-change.ts'
import type { Io } from './io.ts'
import { runMain } from './testing-run.ts'

let root = ''
let cwd = ''
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'config-change-'))
})
after(() => rm(root, { recursive: true, force: true }))
beforeEach(async () => {
  cwd = await mkdtemp(join(root, 'node-'))
  await mkdir(join(cwd, 'data'))
  await writeFile(join(cwd, 'data', 'portolan.yaml'), 'timeouts: { idle: 10m }\ntls: { selfSigned: true }\n')
})

const config = (...args: string[]) => runMain(cwd, ['config', ...args])

/** What the store says, and the newest row of the audit log. */
async function stored() {
  await using store = await openStore({ folder: join(cwd, 'data'), as: 'tool' })
  const current = await store.settings.current()
  const [audit] = (await store.audit.list({ limit: 1 })).items
  return { current, audit }
}

test('config set: tells what differs, saves it, and notes who', async () => {
  const { code, out, err } = await config('set', 'timeouts.idle', '7m', '--comment', 'as agreed')
  assert.deepEqual(out.split('\n'), [
    'timeouts.idle: 10m -> 7m',
    'saved as version 1; a node that runs takes it into force within two seconds',
  ])
  assert.match(err, /^! portolan\.yaml, line 1: the file says 10m, which has no effect/)
  assert.equal(code, 0)
  const { current, audit } = await stored()
  assert.deepEqual(
    [current?.document, current?.by, current?.comment],
    [{ timeouts: { idle: '7m' } }, 'portolan config set', 'as agreed'],
  )
  assert.deepEqual(
    [audit?.actor, audit?.action, audit?.target, audit?.before, audit?.after],
    [
      'portolan config set',
      'settings.change',
      'version 1',
      { 'timeouts.idle': '10m' },
      { 'timeouts.idle': '7m' },
    ],
  )
  assert.match(audit?.text ?? '', /^as agreed \(by .+ on .+\)$/)
})

const values: { path: string; text: string; document: object }[] = [
  { path: 'passive.enabled', text: 'true', document: { passive: { enabled: true } } },
  { path: 'bans.exempt', text: '[10.0.0.0/8, "::1"]', document: { bans: { exempt: ['10.0.0.0/8', '::1'] } } },
  { path: 'metrics', text: '{ port: 9000 }', document: { metrics: { port: 9000 } } },
  { path: 'uploads.umask', text: '022', document: { uploads: { umask: '022' } } },
]

for (const { path, text, document } of values) {
  test(`config set ${path} ${text} is read as a settings file would`, async () => {
    assert.equal((await config('set', path, text)).code, 0)
    assert.deepEqual((await stored()).current?.document, document)
  })
}

const mistakes: { args: string[]; err: RegExp }[] = [
  { args: ['set', 'timeouts.idel', '1m'], err: /^timeouts\.idel: is not a setting; did you mean idle\?$/ },
  {
    args: ['set', 'limits.sessions', '0'],
    err: /^limits\.sessions: must be a whole number from 1 to 1000000, and not 0$/,
  },
  { args: ['set', 'users', '[]'], err: /^users: is not changed here/ },
  { args: ['set', 'metrics', '{ port'], err: /^metrics: is not YAML: / },
  { args: ['set', 'active.basePort', '61000'], err: /^active\.basePort: the passive ports .* overlap/ },
  { args: ['reset', 'listeners[4].port'], err: /^listeners\[4\]\.port: there is no such item/ },
  { args: ['revert', 'x'], err: /^"x" is no version/ },
  { args: ['revert', '7'], err: /^There is no version 7 of the settings\.$/ },
  { args: ['diff', '7'], err: /^There is no version 7 of the settings\.$/ },
  {
    args: ['set', 'log.level', 'info', '--data', 'elsewhere'],
    err: /elsewhere is no data folder of a node: name it with --data$/,
  },
]

for (const { args, err } of mistakes) {
  test(`config ${args.join(' ')} ends with code 2 and saves nothing`, async () => {
    const result = await config(...args)
    assert.equal(result.code, 2, result.err)
    assert.match(result.err, err)
    assert.equal((await stored()).current, undefined)
  })
}

test('a range that moves needs --yes where nobody can be asked', async () => {
  const refused = await config('set', 'passive.basePort', '50000')
  assert.equal(refused.code, 2)
  assert.equal(refused.out, 'passive.basePort: 61000 -> 50000')
  assert.match(refused.err, /^! The passive range changes from 61000-62023 to 50000-51023/)
  assert.match(refused.err, /add --yes\. Nothing was changed$/)
  assert.equal((await stored()).current, undefined)
  assert.equal((await config('set', 'passive.basePort', '50000', '--yes')).code, 0)
  assert.deepEqual((await stored()).current?.document, { passive: { basePort: 50_000 } })
})

const answers: { answer: string; saved: boolean }[] = [
  { answer: 'y', saved: true },
  { answer: 'YES', saved: true },
  { answer: 'n', saved: false },
  { answer: '', saved: false },
  { answer: 'yessir', saved: false },
]

for (const { answer, saved } of answers) {
  test(`on a terminal one is asked, and ${JSON.stringify(answer)} ${saved ? 'saves' : 'changes nothing'}`, async () => {
    const lines: string[] = []
    const io: Io = {
      out: line => void lines.push(line),
      err: line => void lines.push(line),
      cwd,
      errIsTerminal: true,
    }
    const input = Object.assign(new PassThrough(), { isTTY: true })
    input.end(`${answer}\n`)
    const code = await setSetting({ path: 'listeners[0].port', text: '2122', flags: {} }, io, input)
    assert.equal(code, saved ? 0 : 2)
    assert.ok(lines.includes('Save this? [y/N]'))
    assert.ok(lines.indexOf('listeners[0].port: 2121 -> 2122') < lines.indexOf('Save this? [y/N]'))
    assert.equal((await stored()).current?.version, saved ? 1 : undefined)
  })
}

test('config reset, history, diff and revert: back and forth', async () => {
  await config('set', 'timeouts.idle', '7m')
  await config('set', 'limits.sessions', '5')
  const reset = await config('reset', 'timeouts.idle')
  assert.match(reset.out, /^timeouts\.idle: 7m -> 10m\nsaved as version 3;/)
  const history = await config('history')
  assert.deepEqual(
    history.out.split('\n').map(line => line.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, 'WHEN')),
    [
      '3  WHEN  portolan config reset',
      '   timeouts.idle',
      '2  WHEN  portolan config set',
      '   limits.sessions',
      '1  WHEN  portolan config set',
      '   timeouts.idle',
    ],
  )
  assert.equal((await config('diff')).out, 'timeouts.idle: 7m -> 10m')
  assert.equal((await config('diff', '2')).out, 'timeouts.idle: 7m -> 10m')
  assert.equal((await config('diff', '0', '2')).out, 'limits.sessions: 10000 -> 5\ntimeouts.idle: 10m -> 7m')
  const revert = await config('revert', '1')
  assert.equal(revert.code, 0)
  assert.deepEqual((await stored()).current?.document, { timeouts: { idle: '7m' } })
  assert.match((await config('revert', '4')).out, /the store says so already, in version 4$/)
  const shown = await config('show', '--data', 'data')
  assert.match(shown.out, /^store +timeouts\.idle +7m$/m)
})

test('config show makes nothing where no node has been', async () => {
  assert.equal((await config('show')).code, 0)
  await assert.rejects(access(join(cwd, 'data', 'portolan.db')))
})

test('a version that is no settings any more can be repaired', async () => {
  {
    await using store = await openStore({ folder: join(cwd, 'data'), as: 'tool' })
    await store.settings.save({ base: 0, document: { limits: { sessions: 0 } }, by: 'somebody' })
  }
  const worse = await config('set', 'log.level', 'debug')
  assert.equal(worse.code, 2)
  assert.match(worse.err, /^warning: version 1 of the store: limits\.sessions: must be/)
  const good = await config('reset', 'limits.sessions')
  assert.equal(good.code, 0, good.err)
  assert.deepEqual((await stored()).current?.document, {})
})

test('a change is taken by a node that runs on the same store', async () => {
  await using node = await openStore({ folder: join(cwd, 'data'), as: 'node' })
  const told = new Promise<string>(resolve => {
    node.changes.subscribe(({ topic }) => resolve(topic))
  })
  assert.equal((await config('set', 'timeouts.idle', '7m')).code, 0)
  assert.equal(await told, 'settings')
})
