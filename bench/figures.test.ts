import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Figure, figureOf, median, type Sample, type Verdict, verdictOf } from './figures.ts'
import type { Target, Unit } from './works/work.ts'

const measured = (value: number): Sample => ({ kind: 'measured', round: 0, value, detail: {} })
const reached = (value: number): Figure => ({ kind: 'reached', value, samples: [] })
const failed: Figure = { kind: 'failed', reason: 'it broke', samples: [] }

test('the median is the middle of the sorted values, or the mean of the two in the middle', () => {
  assert.equal(median([3]), 3)
  assert.equal(median([10, 2, 9]), 9)
  assert.equal(median([1, 4, 2, 3]), 2.5)
  assert.throws(() => median([]), RangeError)
})

test('half of the values are not above the median and half are not below', () => {
  const values = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 })
  fc.assert(
    fc.property(values, list => {
      const middle = median(list)
      assert.ok(list.filter(value => value <= middle).length * 2 >= list.length)
      assert.ok(list.filter(value => value >= middle).length * 2 >= list.length)
    }),
  )
})

test('a figure is the median of its rounds, whatever their order', () => {
  assert.deepEqual(figureOf([measured(5), measured(90), measured(7)]), {
    kind: 'reached',
    value: 7,
    samples: [measured(5), measured(90), measured(7)],
  })
  assert.equal(figureOf([]).kind, 'left out')
})

test('one broken round spoils the figure, however fast the others were', () => {
  const broken: Sample = { kind: 'failed', round: 1, reason: 'short by a byte' }
  const figure = figureOf([measured(9e9), broken, measured(9e9)])
  assert.equal(figure.kind, 'failed')
})

const ratio = (atLeast: number): Target => ({ kind: 'ratio', atLeast })
const value = (atMost: number): Target => ({ kind: 'value', atMost })
const floor = (atLeast: number, of?: string): Target => ({ kind: 'floor', atLeast, ...(of && { of }) })
const times = (atMost: number, of: string): Target => ({ kind: 'times', atMost, of })

const verdicts: {
  name: string
  unit: Unit
  target?: Target
  subject: Figure
  peers: Figure[]
  verdict: Verdict
}[] = [
  {
    name: 'a speed above the best peer reaches 1.0',
    unit: 'MB/s',
    target: ratio(1),
    subject: reached(300),
    peers: [reached(100), reached(200)],
    verdict: { best: 'peer1', ratio: 1.5, reached: true },
  },
  {
    name: 'a speed below the best peer misses even when it beats the others',
    unit: 'MB/s',
    target: ratio(1),
    subject: reached(150),
    peers: [reached(100), reached(200)],
    verdict: { best: 'peer1', ratio: 0.75, reached: false },
  },
  {
    name: 'a peer that failed is no one to beat',
    unit: 'MB/s',
    target: ratio(1.1),
    subject: reached(220),
    peers: [failed, reached(200)],
    verdict: { best: 'peer1', ratio: 1.1, reached: true },
  },
  {
    name: 'a memory figure is held against its own bound, and the ratio is the other way round',
    unit: 'KB',
    target: value(40),
    subject: reached(20),
    peers: [reached(10)],
    verdict: { best: 'peer0', ratio: 0.5, reached: true },
  },
  {
    name: 'a memory figure above its bound misses although every peer needs more',
    unit: 'KB',
    target: value(40),
    subject: reached(50),
    peers: [reached(100)],
    verdict: { best: 'peer0', ratio: 2, reached: false },
  },
  {
    name: 'a subject that failed has missed',
    unit: 'MB/s',
    target: ratio(1),
    subject: failed,
    peers: [reached(1)],
    verdict: { best: 'peer0', reached: false },
  },
  {
    name: 'a cost is held against one peer by name, whatever the others need',
    unit: 's',
    target: times(1.3, 'peer1'),
    subject: reached(2.6),
    peers: [reached(0.1), reached(2)],
    verdict: { best: 'peer1', ratio: 1.3, reached: true },
  },
  {
    name: 'a cost above its share of that peer misses although others need more',
    unit: 's',
    target: times(1.3, 'peer0'),
    subject: reached(1.4),
    peers: [reached(1), reached(9)],
    verdict: { best: 'peer0', ratio: 1.4, reached: false },
  },
  {
    name: 'without that one peer a cost is neither reached nor missed',
    unit: 's',
    target: times(1.3, 'peer0'),
    subject: reached(1.4),
    peers: [failed, reached(9)],
    verdict: { best: 'peer0' },
  },
  {
    name: 'a subject that failed to cost anything has missed',
    unit: 's',
    target: times(1.3, 'peer0'),
    subject: failed,
    peers: [reached(1)],
    verdict: { best: 'peer0', reached: false },
  },
  {
    name: 'a floor is a bound of its own and one peer, whatever the others reach',
    unit: 'MB/s',
    target: floor(300, 'peer0'),
    subject: reached(300),
    peers: [reached(200), reached(900)],
    verdict: { best: 'peer0', ratio: 1.5, reached: true },
  },
  {
    name: 'a floor is missed below its bound although that peer is slower',
    unit: 'MB/s',
    target: floor(300, 'peer0'),
    subject: reached(299),
    peers: [reached(100)],
    verdict: { best: 'peer0', ratio: 2.99, reached: false },
  },
  {
    name: 'a floor is missed above its bound where that peer is faster',
    unit: 'MB/s',
    target: floor(300, 'peer0'),
    subject: reached(400),
    peers: [reached(500)],
    verdict: { best: 'peer0', ratio: 0.8, reached: false },
  },
  {
    name: 'a floor without a peer stands by itself',
    unit: 'streams/s',
    target: floor(1_000),
    subject: reached(1_000),
    peers: [reached(9_000)],
    verdict: { reached: true },
  },
  {
    name: 'without a target nothing is missed, not even by a failure',
    unit: 'MB',
    subject: failed,
    peers: [reached(1)],
    verdict: { best: 'peer0' },
  },
  {
    name: 'without any peer a ratio is neither reached nor missed',
    unit: 'MB/s',
    target: ratio(1),
    subject: reached(1),
    peers: [],
    verdict: {},
  },
]

for (const { name, unit, target, subject, peers, verdict } of verdicts) {
  test(name, () => {
    const named = new Map(peers.map((figure, i) => [`peer${i}`, figure]))
    assert.deepEqual(verdictOf({ unit, ...(target && { target }) }, subject, named), verdict)
  })
}

test('a ratio that is printed as the target counts as reached', () => {
  const peers = new Map([['peer', reached(1000)]])
  assert.equal(verdictOf({ unit: 'MB/s', target: ratio(1) }, reached(996), peers).reached, true)
  assert.equal(verdictOf({ unit: 'MB/s', target: ratio(1) }, reached(994), peers).reached, false)
})
