import assert from 'node:assert/strict'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { PASSWORD, startEmbedded } from '../support/embedded.ts'
import { makeStand } from './stand.ts'

test('a file is pushed under its final name, and its row says how', async () => {
  await using server = await startEmbedded()
  await using stand = await makeStand()
  await mkdir(join(stand.folder, 'out'))
  await writeFile(join(stand.folder, 'out/a.txt'), 'hello')
  await stand.site('partner', { ...server.at(), protocol: 'ftp', user: 'partner' }, PASSWORD)
  await stand.transfer('send', {
    steps: [{ do: 'push', site: 'partner', from: { folder: '/out' }, to: 'in', onSuccess: { do: 'delete' } }],
  })
  const engine = await stand.engine()
  const run = await stand.run(engine, 'send')
  const events = await stand.store.initiated.runs.events(run.id, { limit: 1000 })
  const { items } = await stand.store.initiated.runs.files(run.id, { offset: 0, limit: 10 })
  assert.equal(run.state, 'succeeded')
  assert.deepEqual([run.files, run.filesDone, run.bytes, run.bytesTotal], [1, 1, 5, 5])
  assert.deepEqual(
    events.map(({ kind }) => kind).filter(kind => kind !== 'decision' && kind !== 'warning'),
    ['started', 'connected', 'data', 'data', 'file', 'post-action'],
  )
  const [row] = items
  assert.equal(row?.state, 'done')
  assert.match(row?.mode ?? '', /^passive \(EPSV\)/)
  assert.match(row?.because ?? '', /EPSV/)
  assert.match(row?.checksum ?? '', /^SHA-256 2cf24dba/)
  assert.equal(await readFile(join(server.home('partner'), 'in/a.txt'), 'utf8'), 'hello')
  await assert.rejects(stat(join(stand.folder, 'out/a.txt')))
})
