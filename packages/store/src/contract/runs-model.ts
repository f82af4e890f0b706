import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { openStore } from '../open.ts'
import type { Store } from '../store.ts'
import type { RunChange, RunRow, RunState } from '../store-runs.ts'
import type { Place } from './place.ts'
import { newRun } from './rows.ts'

const PER_SITE: Readonly<Record<string, number>> = { a: 1, b: 2 }
const NODES = ['n', 'm'] as const
const LEASE = 10

interface ModelRun {
  readonly id: string
  readonly sites: readonly string[]
  readonly exclusive: string | undefined
  readonly occurrence: string | undefined
  dueAt: number
  state: RunState
  lease: { node: string; until: number } | undefined
  cancelAsked: boolean
  endedAt: number | undefined
}

/** The queue as its documentation has it, with nothing but a list. */
class Model {
  now = 1_000
  runs: ModelRun[] = []
  /** When the run was pruned; undefined while it is there. */
  readonly occurrences = new Map<string, number | undefined>()

  /** Whether a run of this occurrence would be made. */
  isNew(occurrence: string | undefined): boolean {
    return occurrence === undefined || !this.occurrences.has(occurrence)
  }

  lease(node: string, limit: number): readonly string[] {
    const { now } = this
    const at = (site: string, counts: (run: ModelRun) => boolean) =>
      this.runs.filter(run => run.state === 'running' && counts(run) && run.sites.includes(site)).length
    const bound = (site: string) => PER_SITE[site] ?? 2
    const isLive = (run: ModelRun) => (run.lease?.until ?? 0) > now
    const taken: string[] = []
    const order = this.runs.toSorted((a, b) => a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1))
    for (const run of order) {
      if (taken.length === limit) break
      if (run.state === 'running') {
        if (isLive(run) || run.sites.some(site => at(site, isLive) >= bound(site))) continue
      } else {
        if (!isWaiting(run) || run.dueAt > now) continue
        if (run.sites.some(site => at(site, () => true) >= bound(site))) continue
        const same = (other: ModelRun) => other.state === 'running' && other.exclusive === run.exclusive
        if (run.exclusive !== undefined && this.runs.some(same)) continue
      }
      run.state = 'running'
      run.lease = { node, until: now + LEASE }
      taken.push(run.id)
    }
    return taken
  }

  save(run: ModelRun, node: string, change: RunChange): boolean {
    if (run.state !== 'running' || run.lease?.node !== node) return false
    run.dueAt = change.dueAt ?? run.dueAt
    const released = change.release === true || (change.state ?? 'running') !== 'running'
    if (!released) return true
    run.lease = undefined
    const wanted = change.state === undefined || change.state === 'running' ? 'waiting' : change.state
    run.state = run.cancelAsked && (wanted === 'waiting' || wanted === 'retrying') ? 'cancelled' : wanted
    run.endedAt = isWaiting(run) ? undefined : change.endedAt
    return true
  }

  cancel(run: ModelRun): boolean {
    if (run.state !== 'running' && !isWaiting(run)) return false
    run.cancelAsked = true
    if (run.state === 'running' && (run.lease?.until ?? 0) > this.now) return true
    run.state = 'cancelled'
    run.lease = undefined
    run.endedAt = this.now
    return true
  }

  prune(age: number, rows: number): number {
    const over = this.runs
      .filter(({ endedAt }) => endedAt !== undefined)
      .toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))
    const gone = over.filter(
      (run, index) => (run.endedAt ?? 0) < this.now - age || index < over.length - rows,
    )
    for (const { occurrence } of gone)
      if (occurrence !== undefined) this.occurrences.set(occurrence, this.now)
    for (const [occurrence, at] of this.occurrences) {
      if (at !== undefined && at < this.now - age) this.occurrences.delete(occurrence)
    }
    this.runs = this.runs.filter(run => !gone.includes(run))
    return gone.length
  }
}

const isWaiting = ({ state }: ModelRun) => state === 'waiting' || state === 'retrying'

type Real = readonly Store[]
type Command = fc.AsyncCommand<Model, Real>

/** A step, and afterwards the question whether everything is as the model has it. */
function command(name: string, step: (model: Model, stores: Real) => Promise<void>): Command {
  return {
    check: () => true,
    async run(model, stores) {
      await step(model, stores)
      await compare(model, stores)
    },
    toString: () => name,
  }
}

const runsOf = (stores: Real, which: number) => (stores[which] ?? assert.fail()).initiated.runs

async function compare(model: Model, stores: Real): Promise<void> {
  const runs = runsOf(stores, 0)
  const { items } = await runs.list({ limit: 500 })
  const plain = (run: ModelRun | RunRow) => ({
    id: run.id,
    state: run.state,
    dueAt: run.dueAt,
    lease: run.lease,
    cancelAsked: run.cancelAsked,
    endedAt: run.endedAt,
  })
  assert.deepEqual(items.map(plain), model.runs.map(plain).reverse())
  const due = model.runs.filter(isWaiting).map(({ dueAt }) => dueAt)
  assert.equal(await runs.nextDue(), due.length === 0 ? undefined : Math.min(...due))
  for (const [state, count] of Object.entries(await runs.counts(0))) {
    assert.equal(count, model.runs.filter(run => run.state === state).length, state)
  }
}

const which = fc.nat({ max: 1 })
const pick = fc.nat({ max: 30 })

const enqueue = fc
  .tuple(
    which,
    fc.array(
      fc.record({
        sites: fc.subarray(['a', 'b', 'c']),
        dueIn: fc.integer({ min: -5, max: 15 }),
        exclusive: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
        occurrence: fc.option(fc.constantFrom('o', 'p', 'q'), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  )
  .map(([store, asked]) =>
    command(`enqueue ${store} ${JSON.stringify(asked)}`, async (model, stores) => {
      // A millisecond later, so that the order of ids does not hang on which store made them.
      model.now++
      const fresh: typeof asked = []
      for (const one of asked) {
        if (!model.isNew(one.occurrence)) continue
        if (one.occurrence !== undefined) model.occurrences.set(one.occurrence, undefined)
        fresh.push(one)
      }
      const made = await runsOf(stores, store).enqueue(
        asked.map(({ sites, dueIn, exclusive, occurrence }) =>
          newRun({
            sites,
            dueAt: model.now + dueIn,
            ...(exclusive !== undefined && { exclusive }),
            ...(occurrence !== undefined && { occurrence }),
          }),
        ),
        model.now,
      )
      assert.equal(made.length, fresh.length)
      for (const [index, { sites, exclusive, occurrence, dueIn }] of fresh.entries()) {
        model.runs.push({
          id: made[index]?.id ?? '',
          sites,
          exclusive,
          occurrence,
          dueAt: model.now + dueIn,
          state: 'waiting',
          lease: undefined,
          cancelAsked: false,
          endedAt: undefined,
        })
      }
    }),
  )

const lease = fc.tuple(which, fc.integer({ min: 1, max: 5 })).map(([store, limit]) =>
  command(`lease ${store} ${limit}`, async (model, stores) => {
    const node = NODES[store] ?? 'n'
    const ask = { node, now: model.now, until: model.now + LEASE, limit, perSite: PER_SITE }
    const leased = await runsOf(stores, store).lease(ask)
    assert.deepEqual(
      leased.map(({ id }) => id),
      model.lease(node, limit),
    )
  }),
)

const renew = which.map(store =>
  command(`renew ${store}`, async ({ runs, now }, stores) => {
    const node = NODES[store] ?? 'n'
    const ids = runs.map(({ id }) => id)
    const renewed = await runsOf(stores, store).renew(ids, { node, now, until: now + LEASE })
    const mine = runs.filter(run => run.lease?.node === node && run.lease.until > now)
    for (const run of mine) run.lease = { node, until: now + LEASE }
    assert.deepEqual(
      renewed.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      mine.map(({ id, cancelAsked }) => ({ id, cancelAsked })),
    )
  }),
)

const states: readonly (RunState | undefined)[] = [
  undefined,
  'running',
  'waiting',
  'retrying',
  'succeeded',
  'failed',
  'cancelled',
]

const save = fc
  .tuple(
    which,
    pick,
    fc.constantFrom(...states),
    fc.boolean(),
    fc.option(fc.nat({ max: 9 }), { nil: undefined }),
  )
  .map(([store, nth, state, release, dueIn]) =>
    command(`save ${store} ${nth} ${state} ${release} ${dueIn}`, async (model, stores) => {
      const node = NODES[store] ?? 'n'
      const running = model.runs.filter(run => run.state === 'running')
      const run = running[nth % running.length] ?? model.runs[nth % model.runs.length]
      if (run === undefined) return
      const change: RunChange = {
        endedAt: model.now,
        ...(release && { release }),
        ...(state !== undefined && { state }),
        ...(dueIn !== undefined && { dueAt: model.now + dueIn }),
      }
      assert.equal(await runsOf(stores, store).save(run.id, node, change), model.save(run, node, change))
    }),
  )

const cancel = fc.tuple(which, pick).map(([store, nth]) =>
  command(`cancel ${store} ${nth}`, async (model, stores) => {
    const run = model.runs[nth % model.runs.length]
    if (run === undefined) return
    assert.equal(await runsOf(stores, store).cancel(run.id, model.now), model.cancel(run))
  }),
)

const wait = fc.integer({ min: 1, max: 12 }).map(ms =>
  command(`wait ${ms}`, async model => {
    model.now += ms
  }),
)

const prune = fc.tuple(which, fc.nat({ max: 20 })).map(([store, age]) =>
  command(`prune ${store} ${age}`, async (model, stores) => {
    const removed = await runsOf(stores, store).prune({ age, rows: 1_000 }, model.now)
    assert.equal(removed, model.prune(age, 1_000))
  }),
)

/** What the queue promises, whatever happens to it. */
export function runsModelContract(place: Place, runs: number): void {
  describe('the queue of runs', () => {
    it('does what a list of runs would do, whatever two nodes ask of it', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.commands([enqueue, lease, lease, renew, save, save, cancel, wait, prune], {
            maxCommands: 60,
            size: 'max',
          }),
          async commands => {
            const options = await place.fresh()
            await using one = await openStore(options)
            await using two = await place.beside(options)
            await fc.asyncModelRun(() => ({ model: new Model(), real: [one, two] }), commands)
          },
        ),
        { numRuns: runs, endOnFailure: true },
      )
    })
  })
}
