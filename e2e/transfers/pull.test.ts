import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { PASSWORD, startEmbedded } from '../support/embedded.ts'
import { makeStand } from './stand.ts'

async function makePull() {
  await using starting = new AsyncDisposableStack()
  const server = starting.use(await startEmbedded())
  const stand = starting.use(await makeStand())
  const remote = join(server.home('partner'), 'out')
  await mkdir(remote, { recursive: true })
  await mkdir(join(stand.folder, 'in'))
  await stand.site('partner', { ...server.at(), protocol: 'ftp', user: 'partner' }, PASSWORD)
  const kept = starting.move()
  return { server, stand, remote, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

const PULL = { do: 'pull', site: 'partner', from: 'out', to: { folder: '/in' }, quietSeconds: 0 } as const

test('files are pulled once: what was fetched before is left, a new version is fetched again', async () => {
  await using lab = await makePull()
  const { stand, remote } = lab
  await writeFile(join(remote, 'a.csv'), 'one')
  await writeFile(join(remote, 'b.txt'), 'not meant')
  await stand.transfer('fetch', { steps: [{ ...PULL, pattern: '*.csv' }] })
  const engine = await stand.engine()
  const first = await stand.run(engine, 'fetch')
  assert.deepEqual([first.state, first.files, first.filesDone, first.bytes], ['succeeded', 1, 1, 3])
  assert.deepEqual(await stand.names('in'), ['a.csv'])
  const second = await stand.run(engine, 'fetch')
  assert.deepEqual([second.state, second.files], ['succeeded', 0])
  await writeFile(join(remote, 'a.csv'), 'three')
  const third = await stand.run(engine, 'fetch')
  assert.deepEqual([third.state, third.files], ['succeeded', 1])
  assert.equal(await readFile(join(stand.folder, 'in/a.csv'), 'utf8'), 'three')
})

test('what is fetched is taken away at the partner only once it is here', async () => {
  await using lab = await makePull()
  const { stand, remote } = lab
  await writeFile(join(remote, 'a.csv'), 'one')
  await mkdir(join(remote, 'sub'))
  await writeFile(join(remote, 'sub/b.csv'), 'two')
  await stand.transfer('fetch', {
    steps: [
      {
        ...PULL,
        subfolders: true,
        as: '{stem}-{run}.{extension}',
        remoteOnSuccess: { do: 'move', to: 'done' },
      },
    ],
  })
  const run = await stand.run(await stand.engine(), 'fetch')
  assert.equal(run.state, 'succeeded')
  assert.deepEqual(await stand.names('in'), [`a-${run.id}.csv`, 'sub'])
  assert.deepEqual(await stand.names('in/sub'), [`b-${run.id}.csv`])
  assert.deepEqual((await readdir(remote, { recursive: true })).sort(), [
    'done',
    'done/a.csv',
    'sub',
    'sub/done',
    'sub/done/b.csv',
  ])
})

test('a file that is still being written is left for the next run', async () => {
  await using lab = await makePull()
  const { stand, remote } = lab
  await writeFile(join(remote, 'still.csv'), 'one')
  await writeFile(join(remote, 'grows.csv'), 'one')
  await stand.transfer('fetch', { steps: [{ ...PULL, quietSeconds: 1 }] })
  const engine = await stand.engine()
  const { id } = await engine.request('fetch', { text: 'a test asks', properties: {} })
  await lab.server.events.wait('transfer-ended')
  await writeFile(join(remote, 'grows.csv'), 'one and two')
  await engine.idle(AbortSignal.timeout(20_000))
  assert.equal((await stand.store.initiated.runs.get(id))?.state, 'succeeded')
  assert.deepEqual(await stand.names('in'), ['still.csv'])
})

for (const { onExists, state, content } of [
  { onExists: 'replace', state: 'succeeded', content: 'new' },
  { onExists: 'skip', state: 'succeeded', content: 'old' },
  { onExists: 'fail', state: 'failed', content: 'old' },
] as const)
  test(`a name that is taken here: ${onExists}`, async () => {
    await using lab = await makePull()
    const { stand, remote } = lab
    await writeFile(join(remote, 'a.csv'), 'new')
    await writeFile(join(stand.folder, 'in/a.csv'), 'old')
    await stand.transfer('fetch', { steps: [{ ...PULL, onExists }] })
    const run = await stand.run(await stand.engine(), 'fetch')
    assert.equal(run.state, state)
    if (state === 'failed') assert.equal(run.error?.code, 'RUN_EXISTS')
    assert.equal(await readFile(join(stand.folder, 'in/a.csv'), 'utf8'), content)
    assert.deepEqual(await stand.names('in'), ['a.csv'])
  })
