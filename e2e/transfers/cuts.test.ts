import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { startCuttingProxy } from '../support/cutting-proxy.ts'
import { PASSWORD, startEmbedded } from '../support/embedded.ts'
import { makeStand } from './stand.ts'

const TEN = Array.from({ length: 10 }, () => 600_000)
const BYTES = randomBytes(20_000_000)

for (const way of ['up', 'down'] as const)
  test(`a file ${way === 'up' ? 'pushed' : 'pulled'} through ten cuts goes on where it was cut, and is whole once`, async () => {
    await using server = await startEmbedded({ passivePorts: 64 })
    await using proxy = await startCuttingProxy(way, TEN)
    await using stand = await makeStand()
    const url = new URL(proxy.url)
    await stand.zone('cutting', { kind: 'http', host: url.hostname, port: Number(url.port) })
    await stand.site(
      'partner',
      {
        ...server.at(),
        protocol: 'ftp',
        user: 'partner',
        zone: 'cutting',
        timeouts: { connect: 2, reply: 3, idle: 3, completion: 3 },
        retry: { first: 0.1, factor: 1, attempts: 5 },
      },
      PASSWORD,
    )
    const home = server.home('partner')
    await mkdir(join(home, 'box'), { recursive: true })
    await mkdir(join(stand.folder, 'here'))
    await writeFile(join(way === 'up' ? join(stand.folder, 'here') : join(home, 'box'), 'a.bin'), BYTES)
    await stand.transfer('move', {
      steps: [
        way === 'up'
          ? { do: 'push', site: 'partner', from: { folder: '/here' }, to: 'box' }
          : { do: 'pull', site: 'partner', from: 'box', to: { folder: '/here' }, quietSeconds: 0 },
      ],
    })
    const run = await stand.run(await stand.engine(), 'move')
    assert.deepEqual([run.state, run.error], ['succeeded', undefined])
    assert.equal(proxy.cuts, 10)
    const [there, here] = [join(home, 'box'), join(stand.folder, 'here')]
    for (const folder of [there, here]) {
      assert.deepEqual(await readdir(folder), ['a.bin'])
      assert.ok(BYTES.equals(await readFile(join(folder, 'a.bin'))))
    }
    const events = await stand.store.initiated.runs.events(run.id, { limit: 1000 })
    const resumes = events.filter(({ detail }) => JSON.stringify(detail).includes('"resume-'))
    assert.equal(resumes.length, 10)
  })
