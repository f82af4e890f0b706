import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunRow } from '@portolan/store'
import { openTestPlan, type TestPlan } from '../triggers/testing-plan.ts'
import { TestClock } from './testing-clock.ts'
import { timesBetween } from './times.ts'

const HOUR = 3_600_000
const at = (text: string) => Date.parse(text)

/** The times of the schedule that runs were made for. */
const timesOf = (runs: readonly RunRow[]) =>
  runs.map(({ cause: { text } }) => text.replace(/^Its schedule: /, '').replace(/ UTC\.$/, ''))

/** The store notes when definitions were changed by the clock of the machine, so days of tests are days to come. */
const DAY = at('2040-01-02T00:00:00Z')

async function planAt(now: number): Promise<TestPlan> {
  return openTestPlan(now)
}

const DAYS: readonly [title: string, timeZone: string, from: string][] = [
  ['into the summer in Berlin', 'Europe/Berlin', '2040-03-24T12:00:00Z'],
  ['out of the summer in Berlin', 'Europe/Berlin', '2040-10-27T12:00:00Z'],
  ['out of the summer in New York', 'America/New_York', '2040-11-03T12:00:00Z'],
  ['out of the summer of Lord Howe', 'Australia/Lord_Howe', '2040-03-31T02:00:00Z'],
]

for (const [title, timeZone, begin] of DAYS) {
  test(`a day makes each run of its schedules once, on two nodes: ${title}`, async () => {
    await using plan = await planAt(at(begin))
    const crons = ['*/20 * * * *', '30 1,2,3 * * *', '*/15 2 * * *', '15 1 * * *']
    for (const [index, cron] of crons.entries()) {
      await plan.define({ name: `t${index}`, schedule: { cron, timeZone } })
    }
    const nodes = [await plan.node(), await plan.node()]
    const before = (await plan.runs()).length
    const until = at(begin) + 30 * HOUR
    await plan.clock.runTo(until, async () => {
      for (const node of nodes) await node.settled()
    })
    const runs = (await plan.runs()).slice(before)
    for (const [index, cron] of crons.entries()) {
      const due = runs.filter(run => run.transfer === `t${index}`).map(run => run.dueAt)
      assert.deepEqual(due, timesBetween({ cron, timeZone, except: [] }, at(begin), until, 1000), cron)
    }
  })
}

test('what was missed while no node was up runs once or not at all, as is set', async () => {
  await using plan = await planAt(DAY)
  await plan.define({ name: 'once', schedule: { cron: '0 * * * *' } })
  await plan.define({ name: 'skip', schedule: { cron: '0 * * * *', missed: 'skip' } })
  const first = await plan.node()
  const before = (await plan.runs()).length
  await plan.clock.runTo(DAY + 1.5 * HOUR, () => first.settled())
  await first[Symbol.asyncDispose]()
  plan.clock.set(DAY + 5.5 * HOUR)
  const second = await plan.node()
  await plan.clock.runTo(DAY + 6 * HOUR, () => second.settled())
  const runs = (await plan.runs()).slice(before)
  const times = (name: string) => timesOf(runs.filter(run => run.transfer === name))
  assert.deepEqual(times('once'), [
    '2040-01-02 01:00:00',
    '2040-01-02 05:00:00 UTC; that time was missed, and is made up for.',
    '2040-01-02 06:00:00',
  ])
  assert.deepEqual(times('skip'), ['2040-01-02 01:00:00', '2040-01-02 06:00:00'])
})

test('a schedule that was saved or changed while it waited makes no runs of the time before', async () => {
  const now = Date.now()
  await using plan = await planAt(now)
  const node = await plan.node()
  await plan.define({ name: 'new', schedule: { cron: '* * * * * *' } })
  await node.settled()
  await plan.clock.runTo(now + 3000, () => node.settled())
  const due = (await plan.runs()).map(run => run.dueAt)
  assert.ok(due.length >= 2 && due.every(time => time > now - 1000), JSON.stringify(due))
})

test('a clock that is set back makes no second run', async () => {
  await using plan = await planAt(DAY)
  await plan.define({ name: 'often', schedule: { cron: '*/10 * * * *' } })
  const node = await plan.node()
  const before = (await plan.runs()).length
  await plan.clock.runTo(DAY + HOUR, () => node.settled())
  assert.equal((await plan.runs()).length - before, 6)
  plan.clock.set(DAY + 0.5 * HOUR + 1)
  await plan.clock.runTo(DAY + HOUR, () => node.settled())
  assert.equal((await plan.runs()).length - before, 6)
  await plan.clock.runTo(DAY + 2 * HOUR, () => node.settled())
  assert.equal((await plan.runs()).length - before, 12)
})

test('a clock that was wrong by a day and is set right does not hold the schedules up', async () => {
  await using plan = await planAt(DAY)
  await plan.define({ name: 'often', schedule: { cron: '*/10 * * * *' } })
  const wrong = await plan.node(new TestClock(DAY + 24 * HOUR))
  await wrong[Symbol.asyncDispose]()
  const node = await plan.node()
  const before = (await plan.runs()).length
  await plan.clock.runTo(DAY + HOUR, () => node.settled())
  assert.equal((await plan.runs()).length - before, 6)
})

test('a clock that jumps ahead has missed what lies between', async () => {
  await using plan = await planAt(DAY)
  await plan.define({ name: 'once', schedule: { cron: '*/10 * * * *' } })
  await plan.define({ name: 'skip', schedule: { cron: '*/10 * * * *', missed: 'skip' } })
  const node = await plan.node()
  const before = (await plan.runs()).length
  await plan.clock.runTo(DAY + 1000, () => node.settled())
  plan.clock.set(DAY + 2.01 * HOUR)
  await plan.clock.runTo(DAY + 2.1 * HOUR, () => node.settled())
  const runs = (await plan.runs()).slice(before)
  assert.deepEqual(timesOf(runs), ['2040-01-02 02:00:00 UTC; that time was missed, and is made up for.'])
})

test('a clock that jumped ahead and is set right goes on with the times that come then', async () => {
  await using plan = await planAt(DAY)
  await plan.define({ name: 'often', schedule: { cron: '*/10 * * * *' } })
  const node = await plan.node()
  const before = (await plan.runs()).length
  plan.clock.set(DAY + 24 * HOUR)
  await plan.clock.runTo(DAY + 24.01 * HOUR, () => node.settled())
  assert.equal((await plan.runs()).length - before, 1, 'the one that was missed')
  // Timers of the system go on by time that passes; here the reading of the definitions makes it look.
  plan.clock.set(DAY + 1)
  await node.definitions.load()
  await plan.clock.runTo(DAY + HOUR, () => node.settled())
  assert.equal((await plan.runs()).length - before, 7)
})

test('a time that was looked at is not missed by a restart, however long its run is forgotten', async () => {
  await using plan = await planAt(DAY)
  await plan.define({ name: 'daily', schedule: { cron: '0 1 * * *' } })
  const first = await plan.node()
  await plan.clock.runTo(DAY + 2 * HOUR, () => first.settled())
  await first[Symbol.asyncDispose]()
  const { runs } = plan.store.initiated
  for (const run of await plan.runs()) await runs.cancel(run.id, DAY + 2 * HOUR)
  await runs.prune({ age: 0, rows: 0 }, DAY + 3 * HOUR)
  await runs.prune({ age: 0, rows: 0 }, DAY + 4 * HOUR)
  assert.deepEqual(await plan.runs(), [])
  plan.clock.set(DAY + 5 * HOUR)
  await plan.node()
  assert.deepEqual(await plan.runs(), [])
})

test('conditions are asked with the time of the schedule in its zone', async () => {
  await using plan = await planAt(DAY)
  const schedule = { cron: '0 * * * *', timeZone: 'Asia/Tokyo' }
  const conditions = [{ property: 'time.hour', is: 'within', value: '10-11' } as const]
  await plan.define({ name: 'office', schedule, conditions })
  const node = await plan.node()
  await plan.clock.runTo(DAY + 6 * HOUR, () => node.settled())
  const runs = (await plan.runs()).filter(run => run.dueAt > DAY)
  assert.deepEqual(
    runs.map(run => (run.dueAt - DAY) / HOUR),
    [1, 2],
  )
  assert.equal(runs[0]?.cause.properties['time.hour'], 10)
})

test('a transfer that is disabled or removed makes no more runs', async () => {
  await using plan = await planAt(DAY)
  await plan.define({ name: 'off', schedule: { cron: '0 * * * *' } })
  await plan.define({ name: 'gone', schedule: { cron: '0 * * * *' } })
  const node = await plan.node()
  await plan.clock.runTo(DAY + HOUR, () => node.settled())
  const before = (await plan.runs()).length
  await plan.define({ name: 'off', enabled: false, schedule: { cron: '0 * * * *' } })
  await plan.store.initiated.definitions.remove('gone')
  await node.definitions.load()
  await plan.clock.runTo(DAY + 3 * HOUR, () => node.settled())
  assert.equal((await plan.runs()).length, before)
})
