import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { openStore } from '../open.ts'
import type { RunRow, Runs } from '../store-runs.ts'
import type { Place } from './place.ts'
import { newRun } from './rows.ts'

const RUNS = 500
const SITES = ['a', 'b', 'c', 'd', 'e']
const PER_SITE = { a: 1, b: 2, c: 3, d: 4 }

/** One of so many runs has a text that others have, too. */
const EXCLUSIVES = 6

/** One of so many leases is left by its node without a word. */
const LOST = 9

const WORKERS = 4

/** More than are needed, so that the test ends also when a run never comes. */
const MAX_LEASES = 20_000

/** Who has what at the moment, as the nodes know it; fails when it is what must not be. */
class History {
  readonly holders = new Map<
    string,
    { readonly node: string; readonly until: number; readonly run: RunRow }
  >()
  readonly done = new Set<string>()
  readonly leases = new Map<string, number>()
  readonly #most = new Map<string, number>()
  readonly #exclusives: ReadonlyMap<string, string>

  constructor(exclusives: ReadonlyMap<string, string>) {
    this.#exclusives = exclusives
  }

  /** @param until - undefined when the lease has run out already */
  lease(run: RunRow, node: string, now: number, until: number | undefined): void {
    this.leases.set(run.id, (this.leases.get(run.id) ?? 0) + 1)
    if (until === undefined) return
    const before = this.holders.get(run.id)
    assert.ok(
      before === undefined || before.until <= now,
      `${run.id} of ${before?.node} was given to ${node}`,
    )
    assert.ok(!this.done.has(run.id), `${run.id} is over`)
    this.holders.set(run.id, { node, until, run })
    const held = [...this.holders.values()].map(holder => holder.run)
    for (const [site, most] of SITES.map(name => [name, { e: 2, ...PER_SITE }[name] ?? 0] as const)) {
      const count = held.filter(({ sites }) => sites.includes(site)).length
      assert.ok(count <= most, `${count} at ${site}`)
      this.#most.set(site, Math.max(count, this.#most.get(site) ?? 0))
    }
    const texts = held.map(({ id }) => this.#exclusives.get(id)).filter(text => text !== undefined)
    assert.equal(texts.length, new Set(texts).size, `two of one text: ${texts}`)
  }

  /** Before the store is told: from then on somebody else may have its place. */
  end(id: string): void {
    this.holders.delete(id)
    this.done.add(id)
  }

  get most(): readonly (number | undefined)[] {
    return SITES.map(site => this.#most.get(site))
  }
}

/** What the queue promises to nodes that take from it at the same time. */
export function runsTogetherContract(place: Place): void {
  describe('two nodes at one queue', () => {
    it(`run each of ${RUNS} runs, never more at a site than it allows, never two of one text, and nothing twice`, async () => {
      const options = await place.fresh()
      await using one = await openStore(options)
      await using two = await place.beside(options)
      const asked = Array.from({ length: RUNS }, (_, index) =>
        newRun({
          sites: index % 50 === 0 ? ['a', 'e'] : [SITES[index % SITES.length] ?? 'a'],
          dueAt: index % 7,
          ...(index % EXCLUSIVES === 0 && { exclusive: `file ${index % 10}` }),
        }),
      )
      const made = await one.initiated.runs.enqueue(asked, 1)
      const exclusives = new Map(
        made.flatMap(({ id }, index) => {
          const text = asked[index]?.exclusive
          return text === undefined ? [] : [[id, text] as const]
        }),
      )
      const history = new History(exclusives)
      const clock = { now: 1_000, leases: 0, taken: 0 }
      const lost: { id: string; node: string; runs: Runs }[] = []
      const work = async (runs: Runs, node: string) => {
        while (history.done.size < RUNS) {
          assert.ok(++clock.leases < MAX_LEASES, `${history.done.size} of ${RUNS} are done`)
          const now = ++clock.now
          const short = clock.taken % LOST === LOST - 1
          const until = short ? now + 20 : now + 1_000_000
          const leased = await runs.lease({ node, now, until, limit: 5, perSite: PER_SITE })
          // By the time of an answer that was slow somebody else may have taken over what it tells of.
          const late = until <= clock.now
          for (const run of leased) history.lease(run, node, now, late ? undefined : until)
          if (leased.length > 0) clock.taken++
          // A call of SQLite's never leaves the turn.
          await turn()
          if (short || late) {
            lost.push(...leased.map(({ id }) => ({ id, node, runs })))
            continue
          }
          for (const { id } of leased) history.end(id)
          const saved = await runs.saveAll(
            node,
            leased.map(({ id }) => ({ id, state: 'succeeded', endedAt: now })),
          )
          assert.equal(saved.length, leased.length)
        }
      }
      await Promise.all(
        Array.from({ length: WORKERS }, (_, index) => [
          work(one.initiated.runs, `one-${index}`),
          work(two.initiated.runs, `two-${index}`),
        ]).flat(),
      )
      assert.ok(lost.length > 10, 'some were lost')
      for (const { id, node, runs } of lost) {
        assert.equal(
          await runs.save(id, node, { state: 'failed', bytes: 9 }),
          false,
          'a lost lease writes nothing',
        )
      }
      const { succeeded, failed, waiting, running } = await two.initiated.runs.counts(0)
      assert.deepEqual([succeeded, failed, waiting, running], [RUNS, 0, 0, 0])
      const lostOnce = new Map<string, number>()
      for (const { id } of lost) lostOnce.set(id, (lostOnce.get(id) ?? 0) + 1)
      for (const { id } of made) assert.equal(history.leases.get(id), 1 + (lostOnce.get(id) ?? 0))
      assert.deepEqual(history.most, [1, 2, 3, 4, 2], 'and each site was used as far as it allows')
    })

    it('make a run of one occurrence once, whoever is first', async () => {
      const options = await place.fresh()
      await using one = await openStore(options)
      await using two = await place.beside(options)
      const names = Array.from({ length: 60 }, (_, index) => `o${index}`)
      const make = (runs: Runs, order: readonly string[]) =>
        runs.enqueue(
          order.map(occurrence => newRun({ occurrence })),
          1,
        )
      const made = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          make((index % 2 === 0 ? one : two).initiated.runs, index % 3 === 0 ? names : names.toReversed()),
        ),
      )
      assert.equal(made.flat().length, names.length)
      assert.equal((await one.initiated.runs.list({ limit: 500 })).items.length, names.length)
    })

    it('are told of new runs and cancels of the other one', async () => {
      const options = await place.fresh()
      await using one = await openStore(options)
      await using two = await place.beside(options)
      const { promise, resolve } = Promise.withResolvers<unknown>()
      two.changes.subscribe(({ topic, key }) => {
        if (topic === 'runs') resolve(key)
      })
      const [run] = await one.initiated.runs.enqueue([newRun()], 1)
      assert.equal(await promise, run?.id)
    })
  })
}
