import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { runMain } from './testing-run.ts'

let cwd = ''
before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'main-'))
})
after(() => rm(cwd, { recursive: true, force: true }))

/** Runs the command and answers what it wrote. */
const run = (...args: string[]) => runMain(cwd, args)

test('help and version are no errors', async () => {
  assert.match((await run('--help')).out, /serve .*\n.*config/s)
  assert.equal((await run('serve', '--help')).code, 0)
  assert.match((await run('--version')).out, /^\d+\.\d+\.\d+$/)
})

const misuse: { args: string[]; err: RegExp }[] = [
  { args: [], err: /^Usage: portolan/ },
  {
    args: ['serve', '--lisen', 'x'],
    err: /^portolan: unknown option '--lisen'\n\(Did you mean --listen\?\)/,
  },
  { args: ['serve', 'a', 'b'], err: /too many arguments/ },
  { args: ['serv'], err: /unknown command 'serv'/ },
  { args: ['config', 'check'], err: /missing required argument 'file'/ },
  { args: ['config', 'check', 'missing.yaml'], err: /missing\.yaml: the settings file is missing$/ },
  { args: ['serve', 'missing', '--user', 'a:b'], err: /^missing: there is no such folder$/ },
]

for (const { args, err } of misuse) {
  test(`portolan ${args.join(' ')} ends with code 2 and says why, without a stack trace`, async () => {
    const result = await run(...args)
    assert.equal(result.code, 2)
    assert.match(result.err, err)
    assert.doesNotMatch(result.err, /^\s+at /m)
  })
}

test('config check: tells every mistake with its place', async () => {
  await writeFile(join(cwd, 'bad.yaml'), 'log: { level: loud }\nusers:\n  - name: x\n')
  const { code, err, out } = await run('config', 'check', 'bad.yaml')
  const file = join(cwd, 'bad.yaml')
  assert.equal(code, 2)
  assert.equal(out, '')
  assert.deepEqual(err.split('\n'), [
    `${file}:1:15: log.level: must be one of error, warn, info, debug, and not "loud"`,
    `${file}:3:5: users[0].home: is missing: must be a text`,
  ])
})

test('config check: a file without mistakes is said to be so, with its warnings beside it', async () => {
  await writeFile(join(cwd, 'good.yaml'), 'tls: { selfSigned: true }\n')
  const { code, err, out } = await run('config', 'check', 'good.yaml')
  assert.equal(code, 0)
  assert.equal(out, 'good.yaml: no mistakes, 1 warning')
  assert.match(err, /^warning: .*good\.yaml:1:1: users: nobody can log in/)
})

test('config show: every setting with its value and where it comes from', async () => {
  await writeFile(join(cwd, 'show.yaml'), 'timeouts: { idle: 10m }\n')
  const { code, out } = await run('config', 'show', '--config', 'show.yaml', '--max-sessions', '500')
  assert.equal(code, 0)
  const rows = out.split('\n').map(line => line.split(/\s{2,}/))
  assert.deepEqual(
    rows.find(([, path]) => path === 'timeouts.idle'),
    ['file', 'timeouts.idle', '10m'],
  )
  assert.deepEqual(
    rows.find(([, path]) => path === 'limits.sessions'),
    ['flag', 'limits.sessions', '500'],
  )
  assert.deepEqual(
    rows.find(([, path]) => path === 'timeouts.stall'),
    ['default', 'timeouts.stall', '2m'],
  )
})

test('config schema: is JSON', async () => {
  const { out } = await run('config', 'schema')
  const schema: { properties?: object } = JSON.parse(out)
  assert.ok(Object.keys(schema.properties ?? {}).includes('listeners'))
})

test('serve: a port in use is named in one line, and nothing is left of a first start', async () => {
  const taken = createServer()
  await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
  const address = taken.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  try {
    const at = `127.0.0.1:${port}`
    const flags = ['--listen', at, '--workers', '1', '--passive-ports', '61980:1', '--log', 'json']
    const { code, err, out } = await run('serve', ...flags)
    assert.equal(code, 2)
    assert.equal(out, '')
    assert.match(
      err,
      new RegExp(`^listener listener1 cannot listen on ${at}: another program listens there already$`),
    )
    assert.equal((await run('config', 'check', 'data/portolan.yaml')).code, 2)
  } finally {
    taken.close()
  }
})
