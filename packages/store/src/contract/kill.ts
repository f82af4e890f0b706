import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { describe, it } from 'node:test'
import { openStore, type StoreOptions } from '../open.ts'
import type { Store } from '../store.ts'
import { startChild } from '../testing/child.ts'
import type { Place } from './place.ts'

const WRITER = new URL('../testing/writer-program.ts', import.meta.url)
const WORKER = new URL('../testing/run-worker-program.ts', import.meta.url)

const KILLS = 10

/** What is promised to who was told that something is written. */
export function killContract(place: Place): void {
  describe('kill -9 of a process that writes', () => {
    it(`${KILLS} times at random loses nothing that was acknowledged`, async t => {
      const options = await place.fresh()
      const acknowledged: string[] = []
      for (let run = 0; run < KILLS; run++) {
        await killed(WRITER, options, run, acknowledged)
        await using store = await openStore(options)
        for (const line of acknowledged.slice(-60)) await demand(store, line)
      }
      await using store = await openStore(options)
      for (const line of acknowledged) await demand(store, line)
      t.diagnostic(`${acknowledged.length} writes`)
    })
  })

  describe('kill -9 of a node in the middle of its runs', () => {
    it(`${KILLS} times at random loses no run, and no run is half of one step and half of another`, async t => {
      const options = await place.fresh()
      const acknowledged: string[] = []
      for (let run = 1; run <= KILLS; run++) await killed(WORKER, options, run, acknowledged)
      await using store = await openStore(options)
      const { runs } = store.initiated
      const now = (KILLS + 1) * 1_000
      const left = await runs.lease({
        node: 'last',
        now,
        until: now + 1,
        limit: 100_000,
        perSite: EVERYTHING,
      })
      const leftIds = new Set(left.map(({ id }) => id))
      for (const line of acknowledged) {
        const [what, id = ''] = line.split(' ')
        const run = await runs.get(id)
        assert.ok(run, line)
        assert.equal(run.state === 'succeeded', !leftIds.has(id), 'it is over, or somebody can take it')
        if (what === 'done') assert.equal(run.state, 'succeeded', line)
        const events = await runs.events(id, { limit: 1_000 })
        const file = await runs.file(id, 'k')
        assert.equal(String(run.progress), events.at(-1)?.text ?? 'null')
        assert.equal(String(run.progress), String(file?.bytes ?? null))
      }
      const { succeeded, running, waiting } = await runs.counts(0)
      assert.deepEqual([running, waiting], [left.length, 0])
      t.diagnostic(`${succeeded} were run, ${left.length} were left`)
      assert.ok(succeeded > 0 && left.length > 0)
    })
  })
}

const EVERYTHING = Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`s${index}`, 100_000]))

/** Runs a program and kills it in the middle of something. What it printed until then is acknowledged. */
async function killed(
  program: URL,
  { folder, database }: StoreOptions,
  run: number,
  acknowledged: string[],
): Promise<void> {
  const child = startChild(program, [folder, String(run), ...(database === undefined ? [] : [database])])
  // The first line says that it has begun; the kill comes in the middle of something after that.
  const enough = acknowledged.length + randomInt(2, 30)
  while (acknowledged.length < enough) {
    const line = await child.lines.next()
    if (line.done === true) throw new Error('the program has ended by itself')
    acknowledged.push(line.value)
  }
  const dead = new Promise(resolve => setTimeout(resolve, randomInt(0, 5))).then(() => child.kill())
  // What it printed until it was dead counts as well.
  for (;;) {
    const line = await child.lines.next()
    if (line.done === true) break
    acknowledged.push(line.value)
  }
  await dead
}

/** Every field, and every row of a batch. */
async function demand(store: Store, line: string): Promise<void> {
  const [kind, number, name = ''] = line.split(' ')
  if (kind === 'settings') {
    assert.deepEqual((await store.settings.get(Number(number)))?.document, { name }, line)
  } else if (kind === 'user') {
    const user = await store.users.get(name)
    assert.deepEqual([user?.document, user?.password], [{ name }, name], line)
  } else {
    const at = Number(number)
    const { items } = await store.transfers.list({ limit: 100, from: at, to: at, search: name })
    assert.equal(items.length, 20, line)
  }
}
