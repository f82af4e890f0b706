import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { RunRow } from '@portolan/store'
import { skipPostgres, startPostgres } from '@portolan/store/testing'
import { startServer } from './lab/servers/start.ts'
import { skipServer } from './lab/servers/workshop.ts'
import { makeScratch } from './support/scratch.ts'
import { type Desk, openDesk } from './transfers/desk.ts'
import { type EngineProcess, type EngineProcessOptions, startEngine } from './transfers/engine-process.ts'
import { failuresOf, type KillLoad, makeKillLoad, RUNS } from './transfers/kill-load.ts'

const skip = await skipServer('vsftpd')
/** Deaths at least; there are more until all runs are over. */
const DEATHS = 6
/** Milliseconds between two deaths of one engine, beside its start. */
const SHORTEST_LIFE = 400
const LONGEST_LIFE = 1_800
const LIMIT_MS = 120_000
/** So that what the dead had is taken over soon. */
const TIMING = { lease: 800, heartbeat: 200, poll: 150 }

async function queueAll(desk: Desk, load: KillLoad, password: string): Promise<readonly string[]> {
  for (const site of load.sites) await desk.site(site, password)
  const ids: string[] = []
  for (const { definition, files } of load.transfers) {
    ids.push(
      ...(await desk.queue(definition, Math.max(1, files.length), index => {
        const file = files[index]
        return file === undefined ? {} : { 'file.path': file }
      })),
    )
  }
  assert.equal(ids.length, RUNS)
  return ids
}

/** Kills engines in turn, at random moments, and starts each again, until all runs are over. Answers how many died. */
async function killUntilOver(
  desk: Desk,
  ids: readonly string[],
  nodes: readonly EngineProcessOptions[],
): Promise<number> {
  const alive: EngineProcess[] = []
  try {
    for (const node of nodes) alive.push(await startEngine(node))
    const end = performance.now() + LIMIT_MS
    let deaths = 0
    for (let turn = 0; !(await areOver(desk, ids)); turn = (turn + 1) % nodes.length) {
      const node = nodes[turn]
      assert.ok(node && performance.now() < end, 'it takes too long')
      await pause(randomInt(SHORTEST_LIFE, LONGEST_LIFE) / nodes.length)
      await alive[turn]?.stop('SIGKILL')
      deaths++
      alive[turn] = await startEngine(node)
    }
    return deaths
  } finally {
    for (const engine of alive) await engine.stop()
  }
}

async function areOver(desk: Desk, ids: readonly string[]): Promise<boolean> {
  const { waiting, running, retrying } = await desk.store.initiated.runs.counts(0)
  assert.ok(waiting + running + retrying <= ids.length)
  return waiting + running + retrying === 0
}

async function rowsOf(desk: Desk, ids: readonly string[]): Promise<readonly RunRow[]> {
  const rows = await Promise.all(ids.map(id => desk.store.initiated.runs.get(id)))
  return rows.flatMap(row => row ?? [])
}

/** Runs that were gone on with after a death: without any, the test would prove nothing. */
async function takenUp(desk: Desk, ids: readonly string[]): Promise<number> {
  const events = await Promise.all(ids.map(id => desk.events(id)))
  return events.filter(lines => lines.some(({ kind }) => kind === 'taken-up')).length
}

async function proveDelivery(
  desk: Desk,
  load: KillLoad,
  password: string,
  nodes: readonly EngineProcessOptions[],
): Promise<void> {
  const ids = await queueAll(desk, load, password)
  const deaths = await killUntilOver(desk, ids, nodes)
  assert.deepEqual(failuresOf(await rowsOf(desk, ids)), [])
  await load.check()
  assert.ok(deaths >= DEATHS, `only ${deaths} deaths`)
  const again = await takenUp(desk, ids)
  assert.ok(again >= DEATHS, `only ${again} runs were taken up`)
}

describe(`${RUNS} runs with kill -9 at random moments`, { skip }, () => {
  it('on SQLite deliver every file exactly once, byte by byte, and leave nothing behind', async () => {
    await using scratch = await makeScratch()
    await using partner = await startServer('vsftpd', { logsProtocol: true })
    const here = join(scratch.path, 'here')
    const load = await makeKillLoad(here, partner)
    const place = { folder: join(scratch.path, 'data') }
    await using desk = await openDesk(place)
    await proveDelivery(desk, load, partner.password, [{ place, node: 'a', folder: here, timing: TIMING }])
  })

  it('of two nodes on PostgreSQL, of which one lives while the other dies, too', {
    skip: skipPostgres(),
  }, async () => {
    await using scratch = await makeScratch()
    await using postgres = await startPostgres({ durable: true })
    await using partner = await startServer('vsftpd', { logsProtocol: true })
    const here = join(scratch.path, 'here')
    const load = await makeKillLoad(here, partner)
    const place = { folder: join(scratch.path, 'data'), database: postgres.url }
    await using desk = await openDesk(place)
    await proveDelivery(
      desk,
      load,
      partner.password,
      ['a', 'b'].map(node => ({ place, node, folder: here, timing: TIMING })),
    )
  })
})
