import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type NewRun, type RunRow, StoreError } from '@portolan/store'
import { transfer } from '../model/index.ts'
import { TestClock } from '../schedule/testing-clock.ts'
import { newRun } from './new-run.ts'
import { RunWriter } from './run-writer.ts'
import { openTestPlan } from './testing-plan.ts'

const definition = transfer.parse({ name: 't', steps: [{ do: 'webhook', url: 'http://127.0.0.1/' }] })

const run = (occurrence: string): NewRun =>
  newRun(definition, { kind: 'request', text: occurrence, properties: {} }, 1, { occurrence })

const texts = (rows: readonly RunRow[]) => rows.map(({ cause }) => cause.text)

test('what is added together is one transaction, and each is told what became of its own', async () => {
  await using plan = await openTestPlan()
  const { runs } = plan.store.initiated
  const sizes: number[] = []
  const queued: string[] = []
  await using writer = new RunWriter({
    runs: {
      enqueue(batch, now) {
        sizes.push(batch.length)
        return runs.enqueue(batch, now)
      },
    },
    onQueued: rows => queued.push(...texts(rows)),
    warn: assert.fail,
  })
  const answers = await Promise.all([
    writer.add([run('a'), run('b')]),
    writer.add([run('b'), run('c')]),
    writer.add([run('a')]),
    writer.add([]),
  ])
  assert.deepEqual(answers.map(texts), [['a', 'b'], ['c'], [], []])
  assert.deepEqual(sizes, [5])
  assert.deepEqual(queued, ['a', 'b', 'c'])
  assert.deepEqual(texts(await writer.add([run('d')])), ['d'])
})

test('runs wait for a store that is away, and are let go when the node stops', async () => {
  await using plan = await openTestPlan()
  const { runs } = plan.store.initiated
  const clock = new TestClock(0)
  const warnings: string[] = []
  let isAway = true
  const options = {
    runs: {
      async enqueue(batch: readonly NewRun[], now: number) {
        if (isAway) throw new StoreError('STORE_UNAVAILABLE', 'The database is away.')
        return runs.enqueue(batch, now)
      },
    },
    clock,
    onQueued: () => {},
    warn: (code: string) => warnings.push(code),
  }
  const turn = async () => new Promise<void>(resolve => setImmediate(resolve))
  const writer = new RunWriter(options)
  const made = writer.add([run('a')])
  await turn()
  await clock.runTo(3000, turn)
  assert.deepEqual(warnings, ['runs-wait'])
  isAway = false
  await clock.runTo(4000, turn)
  assert.deepEqual(texts(await made), ['a'])
  isAway = true
  const lost = assert.rejects(writer.add([run('b')]), /away/)
  await turn()
  await writer[Symbol.asyncDispose]()
  await lost
  await assert.rejects(writer.add([run('c')]), /stops/)
})

test('what the store refuses is told to who added it, and the next are made', async () => {
  await using plan = await openTestPlan()
  const { runs } = plan.store.initiated
  let isBroken = true
  await using writer = new RunWriter({
    runs: {
      async enqueue(batch, now) {
        if (isBroken) throw new StoreError('STORE_CORRUPT', 'The database is damaged.')
        return runs.enqueue(batch, now)
      },
    },
    onQueued: () => {},
    warn: assert.fail,
  })
  await assert.rejects(writer.add([run('a')]), { code: 'STORE_CORRUPT' })
  isBroken = false
  assert.deepEqual(texts(await writer.add([run('a')])), ['a'])
})
