import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runPortolan } from './support/command.ts'
import { type ApiClient, type ServedConsole, serveConsole, setUp, signIn } from './support/console.ts'
import { passive } from './support/data-way.ts'
import { Dialogue } from './support/dialogue.ts'
import { freePorts } from './support/ports.ts'
import { makeScratch, type Scratch } from './support/scratch.ts'
import { begin, put } from './support/transfers.ts'
import { until } from './support/within.ts'

/** More than two sockets hold. */
const LARGE = 16 * 1024 * 1024
const PASSWORD = 'correct horse battery'

/** A node with its console and an administrator who has signed in. */
async function begun(): Promise<{ scratch: Scratch; node: ServedConsole; api: ApiClient } & AsyncDisposable> {
  await using started = new AsyncDisposableStack()
  const scratch = started.use(await makeScratch())
  const node = started.use(await serveConsole([], { cwd: scratch.path }))
  const api = await setUp(node)
  const owned = started.move()
  return { scratch, node, api, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

const dialogue = ({ ftpPort }: ServedConsole) => Dialogue.begin({ host: '127.0.0.1', port: ftpPort })
const logIn = async (node: ServedConsole, user: string, password = PASSWORD) =>
  (await dialogue(node)).logIn(user, password)

describe('a node with a console', { concurrency: 3 }, () => {
  it('lets in a user that was made by the API, and nobody any more whom it has disabled, changed or deleted', async () => {
    await using one = await begun()
    const { node, api } = one
    await api.must('POST', '/users', { name: 'alice', password: PASSWORD })
    await using first = await logIn(node, 'alice')
    await put(first, 'STOR a.txt', 'hello')
    assert.equal(await readFile(join(one.scratch.path, 'data/files/alice/a.txt'), 'utf8'), 'hello')

    await api.must('PATCH', '/users/alice', { password: 'another password' })
    await using second = await dialogue(node)
    await second.ask('USER alice', 331)
    await second.ask(`PASS ${PASSWORD}`, 530)
    await using third = await logIn(node, 'alice', 'another password')
    await api.must('PATCH', '/users/alice', { enabled: false })
    await third.expect(421)
    await using fourth = await dialogue(node)
    await fourth.ask('USER alice', 331)
    await fourth.ask('PASS another password', 530, /disabled/i)
    await api.must('DELETE', '/users/alice')
    await using fifth = await dialogue(node)
    await fifth.ask('USER alice', 331)
    await fifth.ask('PASS another password', 530)
  })

  it('takes new passive ports and address rules into force at once, and a running transfer does not notice', async () => {
    await using one = await begun()
    const { node, api } = one
    await api.must('POST', '/users', { name: 'alice', password: PASSWORD })
    const content = randomBytes(LARGE)
    await writeFile(join(one.scratch.path, 'data/files/alice/large.bin'), content)
    await using running = await logIn(node, 'alice')
    await running.ask('TYPE I', 200)
    await using download = await begin(running, 'RETR large.bin')

    const next = await freePorts(12)
    const view = await api.must<{ version: number }>('GET', '/settings')
    const changes = [
      { path: 'passive.basePort', value: next.basePort },
      { path: 'passive.numberOfPorts', value: next.numberOfPorts },
      { path: 'passive.addressRules', value: [{ address: '203.0.113.7' }] },
    ]
    const preview = await api.must<{ difference: { path: string }[]; consequences: { code: string }[] }>(
      'POST',
      '/settings/preview',
      { base: view.version, changes },
    )
    assert.ok(preview.difference.some(({ path }) => path === 'passive.basePort'))
    assert.ok(preview.consequences.some(({ code }) => code === 'ports-move'))
    await api.must('PATCH', '/settings', { base: view.version, changes })

    await using fresh = await logIn(node, 'alice')
    const promised = await passive(fresh, 'PASV')
    assert.equal(promised.host, '203.0.113.7')
    assert.ok(promised.port >= next.basePort && promised.port < next.basePort + next.numberOfPorts)
    assert.ok((await download.readAll()).equals(content))
    await running.expect(226)
    await running.ask('NOOP', 200)
    const stale = await api.call('PATCH', '/settings', { base: view.version, changes })
    assert.equal(stale.status, 409)
  })

  it('changes nothing when a part of a change is wrong, and says of every mistake where it is', async () => {
    await using one = await begun()
    const before = await one.api.must<{ version: number; effective: unknown }>('GET', '/settings')
    const answer = await one.api.call('PATCH', '/settings', {
      base: before.version,
      changes: [
        { path: 'timeouts.idle', value: '5m' },
        { path: 'passive.basePort', value: 80 },
        { path: 'passive.numberOfPort', value: 3 },
      ],
    })
    assert.equal(answer.status, 422)
    const { errors, code } = answer.body as { errors: { path: string; message: string }[]; code: string }
    assert.equal(code, 'SETTINGS_INVALID')
    assert.deepEqual(errors.map(({ path }) => path).sort(), ['passive.basePort', 'passive.numberOfPort'])
    const after = await one.api.must<{ version: number; effective: unknown }>('GET', '/settings')
    assert.deepEqual(after, before)
  })

  it('takes what `portolan config set` saves beside it within two seconds, and `config revert` brings back what was', async () => {
    await using one = await begun()
    const { node, scratch } = one
    const run = (...args: string[]) => runPortolan(['config', ...args], { cwd: scratch.path })
    const set = await run('set', 'messages.greeting', 'Ahoy there')
    assert.equal(set.code, 0, set.stderr)
    await until(async () => {
      await using visitor = await Dialogue.open({ host: '127.0.0.1', port: node.ftpPort })
      return (await visitor.reply()).text.includes('Ahoy there') || 'the greeting is the old one'
    })
    const wrong = await run('set', 'passive.basePort', '80')
    assert.equal(wrong.code, 2)
    assert.match(wrong.stderr, /passive\.basePort/)
    const history = await run('history')
    assert.match(history.stdout, /messages\.greeting/)
  })

  it('keeps users, settings and the administrator when it starts again, and shows no set-up link any more', async () => {
    await using scratch = await makeScratch()
    {
      await using node = await serveConsole([], { cwd: scratch.path })
      const api = await setUp(node)
      await api.must('POST', '/users', { name: 'alice', password: PASSWORD })
    }
    await using node = await serveConsole([], { cwd: scratch.path })
    assert.equal(node.setupUrl, undefined)
    const api = await signIn(node.url)
    assert.equal((await api.must<{ name: string }>('GET', '/users/alice')).name, 'alice')
    await using session = await logIn(node, 'alice')
    await session.ask('NOOP', 200)
  })

  it('refuses to share its data folder with another node, and names who has it', async () => {
    await using one = await begun()
    await assert.rejects(serveConsole([], { cwd: one.scratch.path }), (error: Error) => {
      assert.match(error.message, /ended with 2/)
      assert.match(error.message, /another node|is in use|uses/i)
      return true
    })
    assert.equal((await one.api.call('GET', '/auth/me')).status, 200)
  })

  it('does not start with a key file that is not the one its secrets were encrypted with', async () => {
    await using scratch = await makeScratch()
    {
      await using node = await serveConsole([], { cwd: scratch.path })
      const api = await setUp(node)
      await api.must('POST', '/certificates/self-signed', { name: 'spare', names: ['localhost'] })
    }
    const key = join(scratch.path, 'data/secret.key')
    const right = await readFile(key)
    await rm(key)
    await assert.rejects(serveConsole([], { cwd: scratch.path }), /secret\.key/)
    await writeFile(key, right)
    await using node = await serveConsole([], { cwd: scratch.path })
    assert.equal(node.setupUrl, undefined)
  })
})
