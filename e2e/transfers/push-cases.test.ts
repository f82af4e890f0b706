import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { SiteInput, Step } from '@portolan/transfers'
import { PASSWORD, startEmbedded } from '../support/embedded.ts'
import { until } from '../support/within.ts'
import { makeStand } from './stand.ts'

type Push = Partial<Extract<Step, { do: 'push' }>>

async function makePush(push: Push = {}, site: Partial<SiteInput> = {}) {
  await using starting = new AsyncDisposableStack()
  const server = starting.use(await startEmbedded())
  const stand = starting.use(await makeStand())
  const [out, there] = [join(stand.folder, 'out'), server.home('partner')]
  await mkdir(out)
  await mkdir(there, { recursive: true })
  await stand.site('partner', { ...server.at(), protocol: 'ftp', user: 'partner', ...site }, PASSWORD)
  await stand.transfer('send', {
    steps: [{ do: 'push', site: 'partner', from: { folder: '/out' }, ...push }],
  })
  const kept = starting.move()
  return { server, stand, out, there, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

for (const { onExists, state, content, source } of [
  { onExists: 'replace', state: 'succeeded', content: 'new', source: [] },
  { onExists: 'skip', state: 'succeeded', content: 'old', source: ['a.txt'] },
  { onExists: 'fail', state: 'failed', content: 'old', source: ['a.txt'] },
] as const)
  test(`a name that is taken at the partner: ${onExists}`, async () => {
    await using lab = await makePush({ onExists, onSuccess: { do: 'delete' } })
    const { stand, out, there } = lab
    await writeFile(join(out, 'a.txt'), 'new')
    await writeFile(join(there, 'a.txt'), 'old')
    const run = await stand.run(await stand.engine(), 'send')
    assert.deepEqual([run.state, run.error?.code], [state, state === 'failed' ? 'RUN_EXISTS' : undefined])
    assert.deepEqual(await readdir(there), ['a.txt'])
    assert.equal(await readFile(join(there, 'a.txt'), 'utf8'), content)
    assert.deepEqual(await readdir(out), source)
  })

test('a file that grows while it is sent is sent anew: no mixture of two versions is delivered', async () => {
  await using lab = await makePush({}, { bandwidth: 1_500_000 })
  const { stand, out, there, server } = lab
  const path = join(out, 'a.bin')
  await writeFile(path, randomBytes(1_000_000))
  const engine = await stand.engine()
  const { id } = await engine.request('send', { text: 'a test asks', properties: {} })
  await server.events.wait('transfer-started')
  await appendFile(path, 'and more')
  await engine.idle(AbortSignal.timeout(30_000))
  const run = await stand.store.initiated.runs.get(id)
  assert.equal(run?.state, 'succeeded')
  assert.ok((await readFile(path)).equals(await readFile(join(there, 'a.bin'))))
  const events = await stand.store.initiated.runs.events(id, { limit: 100 })
  assert.ok(events.some(({ text }) => /changed while it was sent/.test(text)))
})

test('a cancelled run leaves the source, and nothing at the partner', async () => {
  await using lab = await makePush({ onSuccess: { do: 'delete' } }, { bandwidth: 500_000 })
  const { stand, out, there, server } = lab
  await writeFile(join(out, 'a.bin'), randomBytes(3_000_000))
  const engine = await stand.engine()
  const { id } = await engine.request('send', { text: 'a test asks', properties: {} })
  await server.events.wait('transfer-started')
  assert.equal(await engine.cancel(id), true)
  await engine.idle(AbortSignal.timeout(30_000))
  const run = await stand.store.initiated.runs.get(id)
  assert.deepEqual([run?.state, run?.error?.code], ['cancelled', 'RUN_CANCELLED'])
  assert.deepEqual(await readdir(out), ['a.bin'])
  // What it keeps of a broken upload a server hides, and removes later.
  assert.deepEqual(
    (await readdir(there)).filter(name => !name.startsWith('.portolan-')),
    [],
  )
})

test('a node that stops gives its runs back, and the next one goes on where the file stood', async () => {
  await using lab = await makePush({}, { bandwidth: 2_000_000 })
  const { stand, out, there } = lab
  const bytes = randomBytes(6_000_000)
  await writeFile(join(out, 'a.bin'), bytes)
  const first = await stand.engine()
  const { id } = await first.request('send', { text: 'a test asks', properties: {} })
  const { runs } = stand.store.initiated
  await until(async () => ((await runs.get(id))?.bytes ?? 0) > 1_000_000 || 'nothing has moved')
  await first[Symbol.asyncDispose]()
  const between = await runs.get(id)
  assert.deepEqual([between?.state, between?.lease], ['waiting', undefined])
  const second = await stand.engine({ node: 'node-b' })
  await second.idle(AbortSignal.timeout(30_000))
  const run = await runs.get(id)
  assert.deepEqual([run?.state, run?.attempt, run?.bytes], ['succeeded', 1, bytes.length])
  assert.ok(bytes.equals(await readFile(join(there, 'a.bin'))))
  const events = await runs.events(id, { limit: 100 })
  assert.ok(events.some(({ detail }) => JSON.stringify(detail).includes('resume-upload')))
})

test('some of many files fail: the others are delivered, and the run says how many did not', async () => {
  await using lab = await makePush({ as: '{name}', onFailure: { do: 'move', to: 'failed' } })
  const { stand, out, there } = lab
  for (const name of ['a.txt', 'b.txt', 'c.txt']) await writeFile(join(out, name), name)
  // A folder stands where the file is to be.
  await mkdir(join(there, 'b.txt'))
  const run = await stand.run(await stand.engine(), 'send')
  assert.deepEqual([run.state, run.error?.code, run.files, run.filesDone], ['failed', 'FTP_REPLY', 3, 2])
  assert.match(run.error?.text ?? '', /^1 of 3 files failed/)
  assert.deepEqual((await readdir(there)).sort(), ['a.txt', 'b.txt', 'c.txt'])
  assert.deepEqual((await readdir(out, { recursive: true })).sort(), [
    'a.txt',
    'c.txt',
    'failed',
    'failed/b.txt',
  ])
})

test('a zone that has become proxied fails the active sites before anything is dialled', async () => {
  await using lab = await makePush({}, { enableActiveMode: true, zone: 'dmz' })
  const { stand, out, server } = lab
  await writeFile(join(out, 'a.txt'), 'a')
  await stand.zone('dmz', { kind: 'socks5', host: '127.0.0.1', port: 1 })
  const run = await stand.run(await stand.engine(), 'send')
  assert.deepEqual([run.state, run.error?.code, run.attempt], ['failed', 'TRANSFER_ACTIVE_ZONE', 1])
  assert.deepEqual(server.events.of('session-opened'), [])
})

test('a run that is over can be run again; one that is not cannot', async () => {
  await using lab = await makePush()
  const { stand, out, there } = lab
  await writeFile(join(out, 'a.txt'), 'one')
  const engine = await stand.engine()
  const run = await stand.run(engine, 'send')
  await writeFile(join(out, 'a.txt'), 'two')
  const again = await engine.again(run.id, 'bob')
  assert.match(again.cause.text, /^Again by bob: /)
  await engine.idle(AbortSignal.timeout(30_000))
  assert.equal(await readFile(join(there, 'a.txt'), 'utf8'), 'two')
  await assert.rejects(engine.again('nothing', 'bob'), { code: 'TRANSFER_MISSING' })
  await assert.rejects(engine.request('nothing', { text: 'x', properties: {} }), { code: 'TRANSFER_MISSING' })
})
