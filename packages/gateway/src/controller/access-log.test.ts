import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, beforeEach, describe, it } from 'node:test'
import { type AccessStreamRow, openStore, type Store, StoreError } from '@portolan/store'
import type { Identity } from '../pki/types.ts'
import { StreamLog } from './stream-log.ts'
import {
  dialAsEdge,
  PATIENCE_MS,
  report,
  startTestController,
  type TestController,
  type TestEdge,
} from './testing-controller.ts'

const NOBODY = { type: 'connected', connectors: [], agents: [] } as const

const root = mkdtempSync(join(tmpdir(), 'portolan-access-log-'))
after(() => rm(root, { recursive: true, force: true }))

/** Looks until the row is as it should be. */
async function rowWhen(
  store: Store,
  connection: string,
  fits: (row: AccessStreamRow) => boolean,
): Promise<AccessStreamRow> {
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    const row = await store.access.streams.get(connection)
    if (row && fits(row)) return row
    if (Date.now() > until) assert.fail(`the row is ${JSON.stringify(row)}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

const isLost = (row: AccessStreamRow) => row.status === 'close' && row.code === 'EDG_LOST'
const isActive = (row: AccessStreamRow) => row.status === 'active'

describe('the log of streams', () => {
  let test: TestController
  let identity: Identity
  beforeEach(async () => {
    test = await startTestController({ settings: { grace: 0 } })
    identity = await test.member('edge', 'north')
  })
  afterEach(() => test[Symbol.asyncDispose]())

  const say = async (edge: TestEdge, ...streams: Parameters<typeof report>[0][]) => {
    edge.say({ type: 'streams', streams: streams.map(report) })
    await edge.link.ping(AbortSignal.timeout(PATIENCE_MS))
  }

  it('has what edges tell, each stream once, in its last state', async () => {
    const edge = await dialAsEdge(test.address, identity)
    await say(edge, { ConnectionID: 'a', SessionID: 's' }, { ConnectionID: 'b', ConnectionStatus: 'open' })
    await say(edge, {
      ConnectionID: 'a',
      SessionID: 's',
      ConnectionStatus: 'close',
      InternalReason: 'SRV_FINISHED',
      TimestampConnectionEnd: 99,
      ZENTotalBytesTxClient: 7,
    })
    const row = await rowWhen(test.store, 'a', ({ status }) => status === 'close')
    assert.deepEqual(
      [row.edge, row.session, row.user, row.segment, row.server, row.code, row.endedAt],
      [identity.id, 's', 'alice', 'ftp', 'ftp.test:21', 'SRV_FINISHED', 99],
    )
    assert.match(JSON.stringify(row.document), /"ClientZEN":"north".*"ZENTotalBytesTxClient":7/)
    assert.deepEqual(
      test.controller.streams().map(({ ConnectionID }) => ConnectionID),
      ['b'],
    )
    assert.equal((await rowWhen(test.store, 'b', () => true)).status, 'open')
  })

  it('closes what a lost edge left open, once: what comes afterwards changes nothing', async () => {
    const edge = await dialAsEdge(test.address, identity)
    await say(edge, { ConnectionID: 'a' })
    edge.link.destroy({ code: 'EDG_LOST', text: 'gone' })
    const { document, endedAt } = await rowWhen(test.store, 'a', isLost)
    assert.match(JSON.stringify(document), /"InternalReason":"EDG_LOST"/)
    const again = await dialAsEdge(test.address, identity)
    await say(
      again,
      { ConnectionID: 'a', ConnectionStatus: 'close', InternalReason: 'AGT_FINISHED' },
      { ConnectionID: 'b' },
    )
    await rowWhen(test.store, 'b', isActive)
    assert.deepEqual((await test.store.access.streams.get('a'))?.endedAt, endedAt)
    assert.equal((await test.store.access.streams.get('a'))?.code, 'EDG_LOST')
  })

  it('leaves open what an edge still has when it comes back within the grace, and closes what it does not know', async () => {
    test.settings = { ...test.settings, grace: 600_000 }
    const edge = await dialAsEdge(test.address, identity)
    await say(edge, { ConnectionID: 'kept' }, { ConnectionID: 'lost' }, { ConnectionID: 'ended' })
    await rowWhen(test.store, 'lost', isActive)
    edge.link.destroy({ code: 'EDG_LOST', text: 'gone' })
    await test.events.first(event => event.type === 'edge-lost')
    const again = await dialAsEdge(test.address, identity)
    again.say({ type: 'hello', version: '1', addresses: [] })
    await say(again, { ConnectionID: 'kept' })
    await say(again, { ConnectionID: 'ended', ConnectionStatus: 'close', InternalReason: 'AGT_FINISHED' })
    again.say(NOBODY)
    await rowWhen(test.store, 'lost', isLost)
    assert.equal((await test.store.access.streams.get('kept'))?.status, 'active')
    assert.equal((await test.store.access.streams.get('ended'))?.code, 'AGT_FINISHED')
  })

  it('closes nothing of another edge', async () => {
    const [north, south] = [
      await dialAsEdge(test.address, identity),
      await dialAsEdge(test.address, await test.member('edge', 'south')),
    ]
    await say(south, { ConnectionID: 's' })
    await say(north, { ConnectionID: 'n' })
    north.link.destroy({ code: 'EDG_LOST', text: 'gone' })
    await rowWhen(test.store, 'n', isLost)
    assert.equal((await test.store.access.streams.get('s'))?.status, 'active')
  })

  it('closes after a restart what the edge of before does not come back for', async () => {
    const store = await openStore({ folder: mkdtempSync(join(root, 'restart-')) })
    let back: Identity
    {
      await using first = await startTestController({ store })
      const [gone, kept] = [await first.member('edge', 'gone'), await first.member('edge', 'back')]
      for (const [name, who] of [
        ['of gone', gone],
        ['of back', kept],
      ] as const) {
        const edge = await dialAsEdge(first.address, who)
        edge.say({ type: 'hello', version: '1', addresses: [] })
        await say(edge, { ConnectionID: name })
      }
      await rowWhen(store, 'of gone', isActive)
      back = kept
    }
    assert.ok(isActive(await rowWhen(store, 'of back', () => true)))
    {
      await using second = await startTestController({ store, settings: { grace: 1_000 } })
      const edge = await dialAsEdge(second.address, back)
      edge.say({ type: 'hello', version: '1', addresses: [] })
      await say(edge, { ConnectionID: 'of back' })
      edge.say(NOBODY)
      await rowWhen(store, 'of gone', isLost)
      assert.ok(isActive(await rowWhen(store, 'of back', () => true)))
    }
    await store[Symbol.asyncDispose]()
  })
})

describe('two controllers on one store', () => {
  it('let in each other’s edges, know each other’s changes, and close an edge’s rows once, when nobody has it', async () => {
    const store = await openStore({ folder: mkdtempSync(join(root, 'two-')) })
    {
      const settings = { grace: 0 }
      await using a = await startTestController({ store, node: 'node-a', settings })
      await using b = await startTestController({ store, node: 'node-b', settings })
      assert.equal(a.controller.authority, b.controller.authority)
      const identity = await a.member('edge', 'north')
      // At once, before the other node can have heard of it.
      const atB = await dialAsEdge(b.address, identity)
      const other = await dialAsEdge(a.address, await b.member('edge', 'south'))
      await store.access.members.change(identity.id, { name: 'renamed' })
      for (const edge of [atB, other])
        await edge.said.first(
          said => said.type === 'members' && said.valid.some(({ name }) => name === 'renamed'),
        )

      atB.say({ type: 'hello', version: '1', addresses: [] })
      atB.say({ type: 'streams', streams: [report({ ConnectionID: 'x' })] })
      await rowWhen(store, 'x', isActive)
      // It goes to the other node, which is told that the edge is its own now.
      const atA = await dialAsEdge(a.address, identity)
      atA.say({ type: 'hello', version: '1', addresses: [] })
      atA.say({ type: 'streams', streams: [report({ ConnectionID: 'x' })] })
      atA.say(NOBODY)
      const isAtA = async () =>
        JSON.stringify((await store.access.members.get(identity.id))?.document).includes('node-a')
      while (!(await isAtA())) await new Promise(resolve => setTimeout(resolve, 10))
      atB.link.destroy({ code: 'EDG_LOST', text: 'gone' })
      await b.events.first(event => event.type === 'edge-lost')
      await atA.link.ping(AbortSignal.timeout(PATIENCE_MS))
      atA.say({ type: 'streams', streams: [report({ ConnectionID: 'y' })] })
      await rowWhen(store, 'y', isActive)
      assert.ok(
        isActive(await rowWhen(store, 'x', () => true)),
        'the node that lost it leaves it to the other',
      )
      atA.link.destroy({ code: 'EDG_LOST', text: 'gone' })
      await rowWhen(store, 'x', isLost)
    }
    await store[Symbol.asyncDispose]()
  })
})

describe('the log while the database is away', () => {
  /** A table of streams that fails as long as it is told to, and keeps what it was given. */
  const awayStore = () => {
    const saved: string[] = []
    const state = { away: true, saved }
    const save = async (rows: readonly { connection: string; code: string }[]) => {
      if (state.away) throw new StoreError('STORE_UNAVAILABLE', 'the database is away')
      for (const { connection, code } of rows) saved.push(`${connection} ${code}`)
    }
    return { state, save }
  }

  it('keeps the newest state of each stream, says so once, and writes it when it is back', async () => {
    const store = await openStore({ folder: mkdtempSync(join(root, 'away-')) })
    const { state, save } = awayStore()
    const streams = new Proxy(store.access.streams, {
      get: (target, name) => (name === 'save' ? save : Reflect.get(target, name)),
    })
    const warned: string[] = []
    const log = new StreamLog({
      store: { access: { ...store.access, streams } },
      warn: text => warned.push(text),
    })
    log.take('e', [report({ ConnectionID: 'a' }), report({ ConnectionID: 'b' })])
    assert.equal(await log.flush(), false)
    log.take('e', [report({ ConnectionID: 'a', ConnectionStatus: 'close', InternalReason: 'AGT_FINISHED' })])
    log.take('e', [report({ ConnectionID: 'a', InternalReason: 'late' })])
    assert.equal(await log.flush(), false)
    state.away = false
    assert.equal(await log.flush(), true)
    assert.deepEqual(state.saved.sort(), ['a AGT_FINISHED', 'b '])
    assert.equal(warned.length, 2)
    assert.match(warned[0] ?? '', /cannot be written: the database is away; rows wait in memory/)
    assert.match(warned[1] ?? '', /written again: no row was lost/)
    await log[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
  })

  it('has a bound, gives up what is not over first, and says how many rows were lost', async () => {
    const store = await openStore({ folder: mkdtempSync(join(root, 'bound-')) })
    const { state, save } = awayStore()
    const streams = new Proxy(store.access.streams, {
      get: (target, name) => (name === 'save' ? save : Reflect.get(target, name)),
    })
    const warned: string[] = []
    const log = new StreamLog({
      store: { access: { ...store.access, streams } },
      warn: text => warned.push(text),
    })
    const over = { ConnectionStatus: 'close', InternalReason: 'AGT_FINISHED' } as const
    log.take('e', [report({ ConnectionID: 'over', ...over }), report({ ConnectionID: 'running' })])
    await log.flush()
    for (let n = 0; n < 50; n++)
      log.take(
        'e',
        Array.from({ length: n === 0 ? 999 : 1_000 }, (_, m) =>
          report({ ConnectionID: `${n}-${m}`, ...over }),
        ),
      )
    state.away = false
    await log.flush()
    assert.equal(state.saved.length, 50_000)
    assert.ok(state.saved.includes('over AGT_FINISHED'))
    assert.ok(!state.saved.includes('running '))
    assert.match(warned.at(-1) ?? '', /1 row was lost/)
    await log[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
  })
})
