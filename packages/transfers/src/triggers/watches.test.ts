import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Planner } from './planner.ts'
import { openTestPlan, type TestPlan } from './testing-plan.ts'

const MINUTE = 60_000

async function watched(plan: TestPlan, more: Record<string, unknown> = {}): Promise<string> {
  const folder = join(plan.folder, 'watched')
  mkdirSync(folder)
  await plan.define({ name: 'w', trigger: { on: 'watch', place: { folder }, quietSeconds: 10, ...more } })
  return folder
}

const pass = (plan: TestPlan, node: Planner, ms: number) =>
  plan.clock.runTo(plan.clock.now() + ms, () => node.settled())

const names = async (plan: TestPlan) => (await plan.runs()).map(run => run.cause.properties['file.name'])

test('a file that stands in a folder begins one run once two looks have seen it the same', async () => {
  await using plan = await openTestPlan()
  const folder = await watched(plan)
  writeFileSync(join(folder, 'a'), 'text')
  const node = await plan.node()
  assert.deepEqual(await names(plan), [])
  await pass(plan, node, 9_000)
  assert.deepEqual(await names(plan), [])
  await pass(plan, node, 1_000)
  assert.deepEqual(await names(plan), ['a'])
  await pass(plan, node, 10 * MINUTE)
  assert.deepEqual(await names(plan), ['a'])
})

test('a file that grows is left alone until it stops', async () => {
  await using plan = await openTestPlan()
  const folder = await watched(plan)
  writeFileSync(join(folder, 'a'), 'text')
  const node = await plan.node()
  for (let round = 0; round < 4; round++) {
    await pass(plan, node, 9_000)
    appendFileSync(join(folder, 'a'), 'more')
  }
  assert.deepEqual(await names(plan), [])
  await pass(plan, node, MINUTE)
  assert.deepEqual(await names(plan), ['a'])
  assert.equal((await plan.runs())[0]?.cause.properties['file.size'], 20)
})

test('another content is another run, and a restart makes none', async () => {
  await using plan = await openTestPlan()
  const folder = await watched(plan)
  writeFileSync(join(folder, 'a'), 'text')
  const first = await plan.node()
  await pass(plan, first, MINUTE)
  await first[Symbol.asyncDispose]()
  const second = await plan.node()
  await pass(plan, second, MINUTE)
  assert.equal((await plan.runs()).length, 1)
  utimesSync(join(folder, 'a'), 1, 1)
  await pass(plan, second, MINUTE)
  assert.equal((await plan.runs()).length, 2)
})

test('what was taken is known even when its run is long forgotten', async () => {
  await using plan = await openTestPlan()
  const folder = await watched(plan)
  writeFileSync(join(folder, 'a'), 'text')
  const first = await plan.node()
  await pass(plan, first, MINUTE)
  await first[Symbol.asyncDispose]()
  const { runs } = plan.store.initiated
  const [run] = await plan.runs()
  assert.ok(run)
  await runs.cancel(run.id, plan.clock.now())
  const later = plan.clock.now() + 1000 * 24 * 60 * MINUTE
  await runs.prune({ age: 0, rows: 0 }, later)
  await runs.prune({ age: 0, rows: 0 }, later + MINUTE)
  assert.deepEqual(await plan.runs(), [])
  plan.clock.set(later)
  const second = await plan.node()
  await pass(plan, second, MINUTE)
  assert.deepEqual(await plan.runs(), [])
})

test('without a quiet time the first look is enough; pattern, subfolders and drafts count as ever', async () => {
  await using plan = await openTestPlan()
  const folder = await watched(plan, { quietSeconds: 0, subfolders: true, pattern: '*.csv' })
  mkdirSync(join(folder, 'sub'))
  for (const name of ['a.csv', 'b.txt', 'sub/c.csv', '.portolan-x.csv']) writeFileSync(join(folder, name), '')
  await plan.node()
  assert.deepEqual((await names(plan)).toSorted(), ['a.csv', 'c.csv'])
})

test('a file that the conditions hold back begins its run when they do not any more', async () => {
  await using plan = await openTestPlan(Date.parse('2040-01-02T06:00:00Z'))
  const folder = await watched(plan)
  await plan.define({
    name: 'w',
    trigger: { on: 'watch', place: { folder }, quietSeconds: 10 },
    conditions: [{ property: 'time.hour', is: 'within', value: '7-17' }],
  })
  writeFileSync(join(folder, 'a'), 'text')
  const node = await plan.node()
  await pass(plan, node, 59 * MINUTE)
  assert.deepEqual(await names(plan), [])
  await pass(plan, node, 2 * MINUTE)
  assert.deepEqual(await names(plan), ['a'])
})
