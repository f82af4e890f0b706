import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BenchError } from './errors.ts'
import { measureAll, type Plan, turned } from './runner.ts'
import type { Row } from './works/work.ts'

test('a turned list begins at another place and goes round', () => {
  assert.deepEqual(turned(['a', 'b', 'c'], 0), ['a', 'b', 'c'])
  assert.deepEqual(turned(['a', 'b', 'c'], 1), ['b', 'c', 'a'])
  assert.deepEqual(turned(['a', 'b', 'c'], 5), ['c', 'a', 'b'])
  assert.deepEqual(turned([], 3), [])
})

test('over as many rounds as there are servers each of them comes first once', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 9 }), fc.nat(50), (list, from) => {
      const first = list.map((_, i) => turned(list, from + i)[0])
      assert.deepEqual(first.toSorted(), list.toSorted())
    }),
  )
})

interface TestWork extends Row {
  readonly rounds?: number
  readonly together?: boolean
}

const kinds = ['a', 'b', 'c'].map(name => ({ name, label: name.toUpperCase() }))
const work = (name: string, more: Partial<TestWork> = {}): TestWork => ({
  name,
  title: name,
  unit: 'MB/s',
  ...more,
})

type TestPlan = Plan<(typeof kinds)[number], TestWork>

/** Runs a plan in which every measurement gives the number of its round. */
async function play(works: readonly TestWork[], rounds: number, more: Partial<TestPlan> = {}) {
  const order: string[] = []
  const figures = await measureAll({
    kinds,
    works,
    rounds,
    leavesOut: () => undefined,
    progress: () => {},
    async measure(one, kind, round) {
      order.push(`${one.name} ${kind.name} ${round}`)
      return { value: round, detail: {} }
    },
    ...more,
  })
  return { order, figures }
}

test('kinds take turns within a work, and the order moves on from round to round and from work to work', async () => {
  const { order, figures } = await play([work('w'), work('x', { rounds: 1 })], 2)
  assert.deepEqual(order, [
    ...['w a 0', 'w b 0', 'w c 0'],
    ...['x b 0', 'x c 0', 'x a 0'],
    ...['w b 1', 'w c 1', 'w a 1'],
  ])
  const figure = figures.get('w')?.get('a')
  assert.equal(figure?.kind === 'reached' && figure.value, 0.5, 'the median of both rounds')
})

test('a kind that takes no part is not measured and its reason is kept', async () => {
  const { order, figures } = await play([work('w')], 1, {
    leavesOut: (_, kind) => (kind.name === 'b' ? 'has none' : undefined),
  })
  assert.deepEqual(order, ['w a 0', 'w c 0'])
  assert.deepEqual(figures.get('w')?.get('b'), { kind: 'left out', reason: 'has none' })
})

test('a measurement that goes wrong spoils its own figure only', async () => {
  const { figures } = await play([work('w')], 1, {
    async measure(_, kind) {
      if (kind.name === 'b') throw new BenchError('short')
      return { value: 1, detail: {} }
    },
  })
  assert.deepEqual(
    ['a', 'b', 'c'].map(name => figures.get('w')?.get(name)?.kind),
    ['reached', 'failed', 'reached'],
  )
})

test('an error of the benchmark itself ends the run', async () => {
  const broken = play([work('w')], 1, { measure: () => Promise.reject(new TypeError('a mistake')) })
  await assert.rejects(broken, { name: 'TypeError' })
})

test('where kinds work together none waits for another', { timeout: 10_000 }, async () => {
  const everybody = Promise.withResolvers<void>()
  let begun = 0
  const { figures } = await play([work('w', { together: true })], 1, {
    async measure() {
      begun += 1
      if (begun === kinds.length) everybody.resolve()
      await everybody.promise
      return { value: 1, detail: {} }
    },
  })
  assert.equal(figures.get('w')?.size, kinds.length)
})
