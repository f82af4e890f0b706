import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { skipPostgres, startPostgres } from '@portolan/store/testing'
import { startServer } from './lab/servers/start.ts'
import { skipServer } from './lab/servers/workshop.ts'
import { type ApiClient, serveConsole, setUp, signIn } from './support/console.ts'
import { makeScratch } from './support/scratch.ts'
import { type Desk, openDesk } from './transfers/desk.ts'
import { type EngineProcessOptions, startEngine } from './transfers/engine-process.ts'
import { failuresOf, type KillLoad, makeKillLoad, RUNS } from './transfers/kill-load.ts'
import { askForRun, makeSite, makeTransfer } from './transfers/served.ts'

const skip = await skipServer('vsftpd')
/** Deaths at least; there are more until all runs are over. */
const DEATHS = 6
/** Milliseconds between two deaths of one node, beside its start. */
const SHORTEST_LIFE = 400
const LONGEST_LIFE = 1_800
const LIMIT_MS = 240_000
/** Of engines beside each other: what the dead had is taken over soon. */
const TIMING = { lease: 800, heartbeat: 200, poll: 150 }

/** A node that can die. */
interface Mortal {
  die(): Promise<void>
}

/** Kills nodes in turn, at random moments, and starts each again, until all runs are over. Answers how many died. */
async function killUntilOver(desk: Desk, starts: readonly (() => Promise<Mortal>)[]): Promise<number> {
  const alive: Mortal[] = []
  try {
    for (const start of starts) alive.push(await start())
    const end = performance.now() + LIMIT_MS
    let deaths = 0
    for (let turn = 0; !(await areOver(desk)); turn = (turn + 1) % starts.length) {
      const start = starts[turn]
      assert.ok(start && performance.now() < end, 'it takes too long')
      await pause(randomInt(SHORTEST_LIFE, LONGEST_LIFE) / starts.length)
      await alive[turn]?.die()
      deaths++
      alive[turn] = await start()
    }
    return deaths
  } finally {
    for (const node of alive) await node.die()
  }
}

async function areOver(desk: Desk): Promise<boolean> {
  const { succeeded, failed, cancelled } = await desk.store.initiated.runs.counts(0)
  return succeeded + failed + cancelled >= RUNS
}

/** Every run has succeeded, every file is where it belongs, and enough runs were gone on with after a death to prove something. */
async function assertDelivered(desk: Desk, load: KillLoad, deaths: number): Promise<void> {
  const { items } = await desk.store.initiated.runs.list({ limit: 500 })
  assert.equal(items.length, RUNS, 'a file has two runs, or none')
  assert.deepEqual(failuresOf(items), [])
  await load.check()
  const timelines = await Promise.all(items.map(({ id }) => desk.events(id)))
  const again = timelines.filter(lines => lines.some(({ kind }) => kind === 'taken-up')).length
  assert.ok(deaths >= DEATHS && again >= DEATHS, `only ${deaths} deaths, and ${again} runs were taken up`)
}

/** Pushes have a trigger that watches for their files; pulls are asked for. */
async function startByApi(api: ApiClient, load: KillLoad, password: string, out: string): Promise<void> {
  for (const site of load.sites) await makeSite(api, site, password)
  for (const { definition, files } of load.transfers) {
    const pattern = `${definition.name.replace('push-', '')}-*`
    const trigger = { on: 'watch' as const, place: { folder: out }, pattern, quietSeconds: 0 }
    await makeTransfer(api, { ...definition, ...(files.length > 0 && { trigger }) })
    if (files.length === 0) await askForRun(api, definition.name)
  }
}

async function queueByStore(desk: Desk, load: KillLoad, password: string): Promise<void> {
  for (const site of load.sites) await desk.site(site, password)
  for (const { definition, files } of load.transfers) {
    const properties = (index: number) => {
      const file = files[index]
      return file === undefined ? {} : { 'file.path': file }
    }
    await desk.queue(definition, Math.max(1, files.length), properties)
  }
}

describe(`${RUNS} runs with kill -9 at random moments`, { skip }, () => {
  it('of a node on SQLite deliver every file exactly once, byte by byte, and leave nothing behind', async () => {
    await using scratch = await makeScratch()
    await using partner = await startServer('vsftpd', { logsProtocol: true })
    const load = await makeKillLoad(join(scratch.path, 'here'), partner)
    const start = async () => {
      const node = await serveConsole([], { cwd: scratch.path })
      return { node, die: async () => void (await node.stop('SIGKILL')) }
    }
    const first = await start()
    const out = join(scratch.path, 'here', 'out')
    await startByApi(await setUp(first.node), load, partner.password, out).finally(first.die)
    await using desk = await openDesk({ folder: join(scratch.path, 'data') })
    await assertDelivered(desk, load, await killUntilOver(desk, [start]))
    const last = await start()
    const counts = await (await signIn(last.node.url)).must('GET', '/runs/counts').finally(last.die)
    assert.deepEqual(counts, {
      waiting: 0,
      running: 0,
      retrying: 0,
      succeeded: RUNS,
      failed: 0,
      cancelled: 0,
    })
  })

  it('of two engines on PostgreSQL, of which one lives while the other dies, do so, too', {
    skip: skipPostgres(),
  }, async () => {
    await using scratch = await makeScratch()
    await using postgres = await startPostgres({ durable: true })
    await using partner = await startServer('vsftpd', { logsProtocol: true })
    const load = await makeKillLoad(join(scratch.path, 'here'), partner)
    const place = { folder: join(scratch.path, 'data'), database: postgres.url }
    await using desk = await openDesk(place)
    await queueByStore(desk, load, partner.password)
    const starts = ['a', 'b'].map(node => async () => {
      const options: EngineProcessOptions = { place, node, folder: '/', timing: TIMING }
      const engine = await startEngine(options)
      return { die: () => engine.stop('SIGKILL') }
    })
    await assertDelivered(desk, load, await killUntilOver(desk, starts))
  })
})
