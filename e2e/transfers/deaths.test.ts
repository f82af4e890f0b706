import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Runs, Store } from '@portolan/store'
import type { Step } from '@portolan/transfers'
import { PASSWORD, startEmbedded } from '../support/embedded.ts'
import { until } from '../support/within.ts'
import { makeStand } from './stand.ts'

const TIMING = { lease: 400, heartbeat: 100, poll: 100 }
const CONTENT = 'hello'.repeat(1000)

/** The store as a node sees it that dies at one of its writes: the write is lost or not, and nothing follows. */
function dyingStore(
  store: Store,
  at: number,
  writes: boolean,
): { store: Pick<Store, 'initiated' | 'changes'>; dead: () => boolean } {
  let saves = 0
  let dead = false
  const die = () => {
    if (dead) throw new Error('this node is dead')
  }
  const { runs } = store.initiated
  const dying: Runs = {
    ...runs,
    lease: async ask => {
      die()
      return runs.lease(ask)
    },
    renew: async (ids, lease) => {
      die()
      return runs.renew(ids, lease)
    },
    saveAll: async (node, changes) => {
      die()
      if (++saves === at) {
        dead = true
        if (writes) await runs.saveAll(node, changes)
        die()
      }
      return runs.saveAll(node, changes)
    },
  }
  return {
    store: { initiated: { ...store.initiated, runs: dying }, changes: store.changes },
    dead: () => dead,
  }
}

const PUSH: Step[] = [
  {
    ...{ do: 'push', site: 'partner', from: { folder: '/out' }, pattern: '*', subfolders: false, to: 'in' },
    ...{ as: '{name}', onExists: 'fail', verify: 'checksum', onFailure: { do: 'nothing' } },
    ...{ onSuccess: { do: 'delete' }, remoteOnSuccess: { do: 'rename', to: 'done-{name}' } },
  } as const,
]
const PULL: Step[] = [
  {
    ...{ do: 'pull', site: 'partner', from: 'out', pattern: '*', subfolders: false, to: { folder: '/in' } },
    ...{ as: '{name}', onExists: 'fail', verify: 'checksum', remember: 'name-size-time', quietSeconds: 0 },
    ...{
      onSuccess: { do: 'nothing' },
      remoteOnSuccess: { do: 'move', to: 'done' },
      remoteOnFailure: { do: 'nothing' },
    },
  } as const,
]

for (const [what, steps] of [
  ['push', PUSH],
  ['pull', PULL],
] as const)
  test(`a ${what} whose node dies at any of its writes is ended by another node, and moves its file once`, async () => {
    await using server = await startEmbedded()
    await using stand = await makeStand()
    const [here, there] = [
      join(stand.folder, what === 'push' ? 'out' : 'in'),
      join(server.home('partner'), what === 'push' ? 'in' : 'out'),
    ]
    await mkdir(here)
    await mkdir(there, { recursive: true })
    await stand.site('partner', { ...server.at(), protocol: 'ftp', user: 'partner' }, PASSWORD)
    await stand.transfer('move', { steps })
    let died = 0
    for (let at = 1; at <= 8; at++) {
      for (const writes of [false, true]) {
        const name = `${at}-${writes ? 'written' : 'lost'}.txt`
        await writeFile(join(what === 'push' ? here : there, name), CONTENT)
        const dying = dyingStore(stand.store, at, writes)
        const first = await stand.engine({ store: dying.store, node: `first ${name}` }, TIMING)
        const { id } = await first.request('move', { text: 'a test asks', properties: {} })
        const { runs } = stand.store.initiated
        await until(
          async () => dying.dead() || (await runs.get(id))?.endedAt !== undefined || 'neither dead nor over',
        )
        if (dying.dead()) died++
        await first[Symbol.asyncDispose]()
        const second = await stand.engine({ node: `second ${name}` }, TIMING)
        await until(async () => (await runs.get(id))?.endedAt !== undefined || 'not over')
        const run = await runs.get(id)
        await second[Symbol.asyncDispose]()
        assert.deepEqual([run?.state, run?.error], ['succeeded', undefined], name)
        const final = what === 'push' ? join(there, `done-${name}`) : join(here, name)
        assert.equal(await readFile(final, 'utf8'), CONTENT)
      }
    }
    assert.ok(died >= 8, `${died} nodes died`)
    const names = (folder: string) => readdir(folder).then(found => found.sort())
    const expected = Array.from({ length: 8 }, (_, at) => [`${at + 1}-lost.txt`, `${at + 1}-written.txt`])
      .flat()
      .sort()
    if (what === 'push') {
      assert.deepEqual(await names(here), [])
      assert.deepEqual(await names(there), expected.map(name => `done-${name}`).sort())
      // A reply overtakes the events, which the server tells a moment later, several at once.
      await server.events.wait('file', ({ to }) => to === `/in/done-${expected.at(-1)}`)
      const published = server.events.of('file').filter(({ to = '' }) => /^\/in\/\d/.test(to))
      assert.equal(published.length, 16)
    } else {
      assert.deepEqual(await names(here), expected)
      assert.deepEqual(await names(there), ['done'])
      assert.deepEqual(await names(join(there, 'done')), expected)
    }
  })
