import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { AccessStreamRow } from '@portolan/store'
import { CONNECTORS_SEEN, SERVER } from './gateway/network.ts'
import type { Part } from './gateway/part.ts'
import { type AccessStand, startStand } from './gateway/stand.ts'
import { sizeOf, startTransfer, type Transfer } from './gateway/transfer.ts'
import { bytesOf, endOf, startTwoServers, type TwoServers, untilOver } from './gateway/two-servers.ts'
import { skipNetwork } from './lab/network/namespaces.ts'
import { skipServer } from './lab/servers/workshop.ts'
import { makeScratch } from './support/scratch.ts'
import { until } from './support/within.ts'

const skip = skipNetwork() || (await skipServer('vsftpd'))
const CONTENT = Buffer.alloc(1_500_000, 'Whole, or known to be broken. ')
/** A transfer takes a second and a half, so that a kill comes into several. */
const BYTES_PER_SECOND = 1_000_000
const AT_ONCE = 4
/** So slow that they last until both planes have been asked. */
const SLOWLY = 100_000
/** What an administrator waits for at most after a kill, in milliseconds. */
const TAKEN_OVER_MS = 3_000
const SMALL = 'small.txt'
const SMALL_CONTENT = 'small\n'
const VICTIMS = ['edge1', 'edge2', 'con1', 'con2'] as const

describe('two edges and two connectors, killed at random under load', { skip, timeout: 180_000 }, () => {
  const stack = new AsyncDisposableStack()
  const parts = new Map<string, Part>()
  let stand: AccessStand
  let servers: TwoServers
  let folder: string

  const start = async (name: (typeof VICTIMS)[number]) => {
    const { startEdge, startConnector } = stand
    const starts = {
      edge1: () => startEdge('edge1', 8443),
      edge2: () => startEdge('edge2', 8444),
      con1: () => startConnector('con1', 0),
      con2: () => startConnector('con2', 1),
    }
    parts.set(name, await starts[name]())
  }
  /** Everybody is connected to both edges. */
  const untilWhole = () =>
    until(
      async () => {
        const counts = ['edge1', 'edge2'].map(name => connectedTo(parts.get(name)))
        return counts.every(({ agent, connector }) => agent >= 1 && connector >= 2) || JSON.stringify(counts)
      },
      { limitMs: 20_000 },
    )

  before(async () => {
    folder = stack.use(await makeScratch()).path
    await writeFile(join(folder, 'whole.bin'), CONTENT)
    stand = stack.use(await startStand([]))
    servers = await startTwoServers(stand, stack, {
      'whole.bin': CONTENT,
      [SMALL]: Buffer.from(SMALL_CONTENT),
    })
    await Promise.all([start('edge1'), start('edge2')])
    await Promise.all([start('con1'), start('con2'), stand.startAgent({ flags: ['--transparent'] })])
    await untilWhole()
  })
  after(() => stack.disposeAsync())

  const active = async () =>
    (await stand.store.access.streams.list({ limit: 500, status: 'active' })).items.map(endOf)

  /** Moves files until it is told to stop. @returns the transfers that curl took for whole */
  const load = async (worker: number, isOver: () => boolean): Promise<readonly Transfer[]> => {
    const whole: Transfer[] = []
    for (let round = 0; !isOver(); round++) {
      const target = servers.targets[(worker + round) % servers.targets.length]
      if (target === undefined) break
      const title = `${worker}-${round}.bin`
      const where =
        worker % 2 === 0
          ? ({ direction: 'upload', name: title, local: join(folder, 'whole.bin') } as const)
          : ({ direction: 'download', name: 'whole.bin', local: join(folder, title) } as const)
      using transfer = await startTransfer(stand.network.user, {
        ...{ target, bytesPerSecond: BYTES_PER_SECOND },
        ...where,
      })
      if ((await transfer.ended).code === 0) whole.push(transfer)
    }
    return whole
  }

  /** A new session, from login to logout. */
  const untilNewSession = async (killed: string) => {
    const [target] = servers.targets
    const url = `ftp://${target?.user}:${target?.password}@${SERVER}/${SMALL}`
    await until(
      async () => {
        const { stdout, stderr } = await stand.network.user.run('curl', ['-sS', '--max-time', '3', url])
        return stdout === SMALL_CONTENT || `no new session after ${killed} was killed: ${stderr}`
      },
      { limitMs: TAKEN_OVER_MS },
    )
  }

  /** What the log has open is what the connectors have open. */
  const demandSame = async () => {
    using running = new DisposableStack()
    for (const target of servers.targets) {
      const where = { direction: 'download', name: 'whole.bin', local: join(folder, target.label) } as const
      running.use(await startTransfer(stand.network.user, { target, bytesPerSecond: SLOWLY, ...where }))
    }
    await until(async () => {
      const [rows, connections] = [(await active()).length, await connectionsToServer()]
      return (rows === 4 && connections === 4) || `${rows} rows, ${connections} connections`
    })
  }
  const connectionsToServer = async () => {
    let count = 0
    for (const connector of stand.network.connectors) {
      const { stdout } = await connector.run('ss', ['-Htn', `dst ${SERVER}`])
      count += stdout.split('\n').length - 1
    }
    return count
  }

  it('leave no open row without a stream, close each once, and go on within three seconds', async () => {
    const from = Date.now()
    let over = false
    const loads = Array.from({ length: AT_ONCE }, (_, worker) => load(worker, () => over))
    const seen = new Map<string, AccessStreamRow>()
    for (const victim of shuffled(VICTIMS)) {
      await until(async () => {
        const data = (await active()).filter(end => end.startsWith('data'))
        return data.length >= AT_ONCE / 2 || `${data.length} transfers`
      })
      await parts.get(victim)?.stop('SIGKILL')
      await untilNewSession(victim)
      for (const row of (await stand.store.access.streams.list({ limit: 500, from })).items)
        if (row.endedAt !== undefined && !seen.has(row.connection)) seen.set(row.connection, row)
      await start(victim)
      await untilWhole()
    }
    over = true
    const whole = (await Promise.all(loads)).flat()

    // The data plane: what was taken for whole is whole, and nothing stands any more.
    assert.ok(whole.length > 0)
    for (const { file, name, direction, target } of whole)
      assert.equal(await sizeOf(file), CONTENT.length, `${direction} of ${name}, ${target.label}`)
    await until(async () => {
      const connections = await connectionsToServer()
      return connections === 0 || `${connections} connections`
    })

    // The control plane says the same.
    const rows = await untilOver(stand, from, whole.length)
    for (const { connection, code, endedAt } of rows) {
      const before = seen.get(connection)
      if (before) assert.deepEqual([code, endedAt], [before.code, before.endedAt])
    }
    assert.equal(new Set(rows.map(({ connection }) => connection)).size, rows.length)
    for (const row of rows.filter(one => /^data (AGT|SRV)_FINISHED$/.test(endOf(one)))) {
      const bytes = bytesOf(row)
      // Double encryption adds its own.
      const isWhole = row.segment === 'own' ? bytes > CONTENT.length : bytes === CONTENT.length
      assert.ok(isWhole || bytes === SMALL_CONTENT.length, `${bytes} bytes of ${row.segment}`)
    }
    // Not every victim carried something just then.
    const codes = new Set(rows.map(({ code }) => code))
    assert.ok(codes.has('CON_LOST') || codes.has('EDG_LOST'), [...codes].join())
    demandOneConnector(rows)
    const transfers = servers.own.log().filter(({ event }) => event === 'transfer-ended')
    assert.ok(transfers.length > 0)
    for (const { address, remote } of transfers) {
      assert.ok(CONNECTORS_SEEN.some(one => one === address))
      assert.equal(String(remote).replace(/:\d+$/, ''), address)
    }
    await demandSame()
    await untilOver(stand, from, rows.length)
  })
})

/** Control and data of a session leave by one connector. */
function demandOneConnector(rows: readonly AccessStreamRow[]): void {
  const connectors = new Map<string, string>()
  for (const { session, connector } of rows) {
    if (connector === '') continue
    assert.equal(connectors.get(session) ?? connector, connector)
    connectors.set(session, connector)
  }
}

/** Members that are connected to an edge, by its log. */
function connectedTo(edge: Part | undefined): { agent: number; connector: number } {
  const counts = { agent: 0, connector: 0 }
  for (const { event, kind } of edge?.log() ?? [])
    if ((kind === 'agent' || kind === 'connector') && (event === 'connected' || event === 'gone'))
      counts[kind] += event === 'connected' ? 1 : -1
  return counts
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map(value => ({ value, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ value }) => value)
}
