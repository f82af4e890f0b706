import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunRow, RunState } from '@portolan/store'
import { openTestPlan, type TestPlan } from './testing-plan.ts'

const MINUTE = 60_000

/** A run of a transfer that has ended. */
async function endedRun(plan: TestPlan, transfer: string, state: RunState): Promise<RunRow> {
  const { runs } = plan.store.initiated
  const now = Date.now() + 1
  const cause = { kind: 'request', text: 'asked', properties: {} } as const
  const [made] = await runs.enqueue([{ transfer, sites: [], cause, definition: {}, dueAt: now }], now)
  assert.ok(made)
  await runs.lease({ node: 'n', now, until: now + MINUTE, limit: 10, perSite: {} })
  assert.ok(await runs.save(made.id, 'n', { state, endedAt: now, filesDone: 3, bytes: 70 }))
  const row = await runs.get(made.id)
  assert.ok(row)
  return row
}

const ofCause = async (plan: TestPlan, kind: string) =>
  (await plan.runs()).filter(run => run.cause.kind === kind)

const STATES: readonly [wanted: 'succeeded' | 'failed' | 'any', state: RunState, begins: boolean][] = [
  ['succeeded', 'succeeded', true],
  ['succeeded', 'failed', false],
  ['failed', 'failed', true],
  ['failed', 'cancelled', false],
  ['any', 'cancelled', true],
]

for (const [wanted, state, begins] of STATES) {
  test(`a transfer that follows ${wanted} ${begins ? 'begins' : 'does not begin'} behind a run that was ${state}, told or found`, async () => {
    await using plan = await openTestPlan()
    await plan.define({ name: 'next', trigger: { on: 'run-ended', transfer: 'first', state: wanted } })
    const node = await plan.node()
    const told = await endedRun(plan, 'first', state)
    node.ended(told)
    await node.settled()
    const lost = await endedRun(plan, 'first', state)
    await plan.clock.runTo(plan.clock.now() + MINUTE, () => node.settled())
    const runs = await ofCause(plan, 'run-ended')
    const ids = runs.map(run => run.cause.properties['run.id'])
    assert.deepEqual(ids, begins ? [told.id, lost.id] : [])
    if (begins)
      assert.partialDeepStrictEqual(runs[0]?.cause.properties ?? {}, {
        'run.state': state,
        'run.files': 3,
        'run.bytes': 70,
      })
  })
}

test('runs that ended before the transfer was made begin nothing', async () => {
  await using plan = await openTestPlan()
  const { endedAt = 0 } = await endedRun(plan, 'first', 'succeeded')
  while (Date.now() <= endedAt) await new Promise(setImmediate)
  await plan.define({ name: 'next', trigger: { on: 'run-ended', transfer: 'first' } })
  await plan.node()
  assert.deepEqual(await ofCause(plan, 'run-ended'), [])
})

test('a circle of transfers that begin each other comes to an end', async () => {
  await using plan = await openTestPlan()
  await plan.define({ name: 'a', trigger: { on: 'run-ended', transfer: 'b', state: 'any' } })
  await plan.define({ name: 'b', trigger: { on: 'run-ended', transfer: 'a', state: 'any' } })
  const node = await plan.node()
  let ended: RunRow | undefined = await endedRun(plan, 'a', 'failed')
  let begun = 0
  for (; ended && begun < 200; begun++) {
    node.ended(ended)
    await node.settled()
    const open: RunRow | undefined = (await plan.runs()).find(run => run.endedAt === undefined)
    if (open) await plan.store.initiated.runs.cancel(open.id, Date.now())
    ended = open && (await plan.store.initiated.runs.get(open.id))
  }
  assert.ok(begun > 10 && begun < 100, String(begun))
  assert.match(plan.warnings.join('\n'), /chain-too-long/)
})

test('data connections that fail begin one run at once, and one a minute that says how many', async () => {
  await using plan = await openTestPlan()
  const conditions = [{ property: 'data.code', is: 'not', value: 'aborted' } as const]
  await plan.define({ name: 'alert', trigger: { on: 'data-failed' }, conditions })
  const node = await plan.node()
  const failure = { user: 'alice', address: '192.0.2.7', code: 'timeout', text: 'Nobody came.' }
  node.dataFailed({ ...failure, code: 'aborted' })
  for (let round = 0; round < 30; round++) node.dataFailed(failure)
  await node.settled()
  const counts = async () => (await plan.runs()).map(run => run.cause.properties['data.count'])
  assert.deepEqual(await counts(), [1])
  await plan.clock.runTo(plan.clock.now() + MINUTE, () => node.settled())
  // The timer queues its run by itself, behind the callback.
  while ((await counts()).length < 2) await new Promise(setImmediate)
  assert.deepEqual(await counts(), [1, 29])
  assert.match((await plan.runs())[1]?.cause.text ?? '', /alice at 192\.0\.2\.7 failed \(timeout\).*28 more/)
  await plan.clock.runTo(plan.clock.now() + 10 * MINUTE, () => node.settled())
  assert.deepEqual(await counts(), [1, 29])
  node.dataFailed(failure)
  await node.settled()
  assert.deepEqual(await counts(), [1, 29, 1])
})

test('a definition that cannot be understood is left out and told, and the others run', async () => {
  await using plan = await openTestPlan()
  await plan.store.initiated.definitions.create('broken', { name: 'broken', steps: 7 }, { by: 'test' })
  await plan.define({ name: 'good', trigger: { on: 'run-ended', transfer: 'first' } })
  const node = await plan.node()
  node.ended(await endedRun(plan, 'first', 'succeeded'))
  await node.settled()
  assert.equal((await ofCause(plan, 'run-ended')).length, 1)
  assert.match(plan.warnings.join('\n'), /definition-invalid: The transfer broken/)
})

test('a change of a definition is followed without being told', async () => {
  await using plan = await openTestPlan()
  const node = await plan.node()
  const { promise, resolve } = Promise.withResolvers<void>()
  using _listener = node.definitions.onLoad(() => {
    if (node.definitions.get('next')) resolve()
  })
  const document = { name: 'next', steps: [{ do: 'webhook', url: 'http://127.0.0.1/' }] }
  await plan.store.initiated.definitions.create('next', document, { by: 'test' })
  await promise
})
