import assert from 'node:assert/strict'
import { link, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { StatusCode } from '@portolan/gateway'
import { type LinkRelay, startLinkRelay } from './gateway/link-relay.ts'
import { CONNECTORS, SERVER, USER } from './gateway/network.ts'
import type { Part } from './gateway/part.ts'
import { type AccessStand, startStand } from './gateway/stand.ts'
import { type Direction, sizeOf, startTransfer, type Target, type Transfer } from './gateway/transfer.ts'
import { endOf, startTwoServers, untilOver } from './gateway/two-servers.ts'
import { skipNetwork } from './lab/network/namespaces.ts'
import { skipServer } from './lab/servers/workshop.ts'
import { mustSucceed } from './support/programs.ts'
import { makeScratch } from './support/scratch.ts'
import { until } from './support/within.ts'

const skip = skipNetwork() || (await skipServer('vsftpd'))
const BREAK_OFF = fileURLToPath(new URL('./gateway/break-off.py', import.meta.url))
/** Far more than all buffers on the way take, and a whole transfer lasts far longer than until the fault. */
const CONTENT = Buffer.alloc(64_000_000, 'All of it, or none. ')
const SLOWLY = 4_000_000
const BEGUN = 300_000
const EDGE = { listen: 8444, edge: 8443 }
/** The kernel ends both sides of each, as a server does that breaks off. */
const DATA_CONNECTIONS_AWAY = ['-Ktn', 'state', 'established', 'sport >= :50000 and sport <= :51099']
/** What is downloaded is put beside what was uploaded first, so that an upload is seen by how all of it grows. */
const DIRECTIONS: readonly Direction[] = ['download', 'upload']

describe('the end of a stream', { skip, timeout: 240_000 }, () => {
  const stack = new AsyncDisposableStack()
  let stand: AccessStand
  let relay: LinkRelay
  let edge: Part
  let connector: Part
  let agent: Part
  let targets: readonly Target[]
  let folder: string

  const startEdge = async () => {
    edge = await stand.startEdge('edge1', EDGE.edge, EDGE.listen)
  }
  const startConnector = async () => {
    connector = await stand.startConnector('con1')
  }
  const startAgent = async () => {
    agent = await stand.startAgent({ flags: ['--transparent'] })
  }

  before(async () => {
    folder = stack.use(await makeScratch()).path
    await writeFile(join(folder, 'whole.bin'), CONTENT)
    stand = stack.use(await startStand([]))
    ;({ targets } = await startTwoServers(stand, stack, { 'whole.bin': CONTENT }))
    relay = stack.use(await startLinkRelay(stand.network.dmz, EDGE))
    await startEdge()
    await startConnector()
    await startAgent()
  })
  after(() => stack.disposeAsync())

  /** Starts an upload and a download at each server, and waits until bytes of each have come through. */
  const startAll = async (title: string, running: DisposableStack, bytesPerSecond: number) => {
    const transfers: Transfer[] = []
    for (const target of targets)
      for (const direction of DIRECTIONS) {
        const name = `${direction}-${title.replaceAll(' ', '-')}.bin`
        if (direction === 'download') await link(join(target.files, 'whole.bin'), join(target.files, name))
        const local = join(folder, direction === 'upload' ? 'whole.bin' : `${title} ${target.label}`)
        const options = { target, direction, name, local, bytesPerSecond }
        transfers.push(running.use(await startTransfer(stand.network.user, options)))
      }
    for (const transfer of transfers)
      await until(async () => {
        const arrived = await transfer.arrived()
        if (transfer.errors() !== '') throw new Error(`${transfer.errors()}${agent.tail()}`)
        const told = `${transfer.direction} of ${transfer.target.label}: ${arrived} bytes`
        return arrived >= BEGUN || told
      })
    return transfers
  }

  /** The controller has heard of all: what it has not, no log can have when the edge is gone. */
  const untilTold = () =>
    until(async () => {
      const { items } = await stand.store.access.streams.list({ limit: 100, status: 'active' })
      return items.length === 8 || `${items.length} rows`
    })

  it('that ends in order is whole at both ends', async () => {
    using running = new DisposableStack()
    const from = Date.now()
    for (const transfer of await startAll('in order', running, 0)) {
      const { code, stderr } = await transfer.ended
      assert.equal(code, 0, stderr)
      assert.deepEqual(await readFile(transfer.file), CONTENT)
      assert.deepEqual((await transfer.target.replies(transfer.name)).slice(-1), [226])
    }
    const ends = (await untilOver(stand, from, 8)).map(endOf).sort()
    assert.deepEqual(ends.slice(-4), [
      ...['data AGT_FINISHED', 'data AGT_FINISHED', 'data SRV_FINISHED', 'data SRV_FINISHED'],
    ])
  })

  const CASES: readonly {
    readonly title: string
    readonly code: StatusCode
    /** Whether control connections end of the same. */
    readonly all?: boolean
    readonly fault: () => Promise<unknown>
    readonly repair: () => Promise<unknown>
  }[] = [
    {
      title: 'the edge is killed',
      code: 'EDG_LOST',
      fault: async () => {
        await untilTold()
        await edge.stop('SIGKILL')
      },
      repair: async () => {
        await startEdge()
        await Promise.all([backOf(agent), backOf(connector)])
      },
    },
    {
      title: 'the server breaks data connections off',
      code: 'SRV_RESET',
      all: false,
      fault: async () => mustSucceed('ss', await stand.network.server.run('ss', DATA_CONNECTIONS_AWAY)),
      repair: async () => {},
    },
    {
      title: 'the link of the agent ends with FIN and no word of TLS',
      code: 'AGT_LOST',
      fault: async () => relay.cut('fin', USER),
      repair: () => backOf(agent),
    },
    {
      title: 'the link of the agent ends with RST',
      code: 'AGT_LOST',
      fault: async () => relay.cut('reset', USER),
      repair: () => backOf(agent),
    },
    {
      title: 'the link of the connector ends with FIN and no word of TLS',
      code: 'CON_LOST',
      fault: async () => relay.cut('fin', CONNECTORS[0]),
      repair: () => backOf(connector),
    },
    {
      title: 'the link of the connector ends with RST',
      code: 'CON_LOST',
      fault: async () => relay.cut('reset', CONNECTORS[0]),
      repair: () => backOf(connector),
    },
    {
      title: 'the agent is killed',
      code: 'AGT_LOST',
      fault: () => agent.stop('SIGKILL'),
      repair: startAgent,
    },
    {
      title: 'the connector is killed',
      code: 'CON_LOST',
      fault: () => connector.stop('SIGKILL'),
      repair: startConnector,
    },
  ]
  for (const { title, code, all = true, fault, repair } of CASES) {
    it(`is a break for client and server, and ${code} in the log, when ${title}`, async () => {
      using running = new DisposableStack()
      const from = Date.now()
      const transfers = await startAll(title, running, SLOWLY)
      await fault()
      try {
        for (const transfer of transfers) await demandBroken(transfer)
      } finally {
        await repair()
      }
      const ends = (await untilOver(stand, from, 8)).map(endOf).sort()
      const data = [...Array(4)].map(() => `data ${code}`)
      if (all) assert.deepEqual(ends, [...[...Array(4)].map(() => `control ${code}`), ...data])
      else assert.deepEqual(ends.slice(-4), data)
    })
  }

  it('is a break for the server, and AGT_CLIENT_RESET in the log, when the client breaks off', async () => {
    for (const { port, user, password, replies } of targets)
      for (const verb of ['STOR', 'RETR']) {
        const from = Date.now()
        const name = verb === 'STOR' ? 'reset.bin' : 'whole.bin'
        const args = [BREAK_OFF, 'reset', SERVER, `${port}`, user, password, verb, name]
        const { stdout } = mustSucceed('python3', await stand.network.user.run('python3', args))
        assert.match(stdout, /^4/)
        assert.notEqual((await replies(name)).at(-1), 226)
        const ends = (await untilOver(stand, from, 2)).map(endOf).sort()
        assert.equal(ends[1], 'data AGT_CLIENT_RESET')
        assert.match(ends[0] ?? '', /^control (AGT|SRV)_FINISHED$/)
      }
  })
})

/** Neither side takes it for whole: not the client, by its exit code; not the server, by its log. */
async function demandBroken({ ended, target, direction, name, file }: Transfer): Promise<void> {
  const what = `${direction} of ${target.label}`
  const { code, stderr } = await ended
  assert.notEqual(code, 0, what)
  assert.ok((await sizeOf(file)) < CONTENT.length, `${what}: ${stderr}`)
  await until(async () => (await target.replies(name)).length > 0 || `no end of ${name} in the log`)
  for (const reply of await target.replies(name)) assert.ok(reply >= 400, `${what}: ${reply}`)
}

/** Waits until a part has an edge again. */
async function backOf(part: Part): Promise<void> {
  const isEdge = (state: string) => (line: Record<string, unknown>) =>
    line.event === 'edge' && line.state === state
  await until(
    async () => {
      const log = part.log()
      return log.findLastIndex(isEdge('connected')) > log.findLastIndex(isEdge('lost')) || part.tail()
    },
    { limitMs: 20_000 },
  )
}
