import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Candidate, chooseConnector } from './choose-connector.ts'

const candidate = (id: string, change: Partial<Candidate> = {}): Candidate => ({
  id,
  group: 'a',
  weight: 100,
  streams: 0,
  maxStreams: 10,
  draining: false,
  silentMs: 5,
  health: 'unknown',
  ...change,
})

const TABLE: readonly [string, readonly Candidate[], string | undefined][] = [
  ['nobody', [], undefined],
  ['one that drains is none', [candidate('x', { draining: true })], undefined],
  ['one that is full is none', [candidate('x', { streams: 10 })], undefined],
  ['up goes before unknown', [candidate('x'), candidate('y', { health: 'up' })], 'y'],
  ['unknown goes before down', [candidate('x', { health: 'down' }), candidate('y')], 'y'],
  ['down is better than none', [candidate('x', { health: 'down' })], 'x'],
  ['fewer streams', [candidate('x', { streams: 3 }), candidate('y', { streams: 2 })], 'y'],
  [
    'no weight, only when no other can',
    [candidate('x', { group: 'b', weight: 0, health: 'up' }), candidate('y')],
    'y',
  ],
  [
    'no weight, when the other drains',
    [candidate('x', { group: 'b', weight: 0 }), candidate('y', { draining: true })],
    'x',
  ],
  [
    'no weight, when the other sees the server down',
    [candidate('x', { group: 'b', weight: 0 }), candidate('y', { health: 'down' })],
    'x',
  ],
  [
    'one that is silent goes last of all',
    [candidate('x', { silentMs: 2_500, health: 'up' }), candidate('y', { health: 'down', weight: 0 })],
    'y',
  ],
  ['one that is silent is better than none', [candidate('x', { silentMs: 2_500 })], 'x'],
]
for (const [title, candidates, chosen] of TABLE) {
  test(`of connectors: ${title}`, () => {
    assert.equal(chooseConnector(candidates)?.id, chosen)
  })
}

test('groups are chosen as often as their weights say, however many connectors they have', () => {
  const candidates = [
    candidate('a1', { group: 'a', weight: 300 }),
    ...['b1', 'b2', 'b3', 'b4'].map(id => candidate(id, { group: 'b', weight: 100 })),
  ]
  const rounds = 4_000
  let at = 0
  // An even walk through 0 to 1 for the group, and another for the connector in it.
  const random = () => (at++ % 2 === 0 ? (at / 2 / rounds) % 1 : 0.5)
  let ofA = 0
  for (let round = 0; round < rounds; round++) if (chooseConnector(candidates, random)?.group === 'a') ofA++
  assert.ok(Math.abs(ofA / rounds - 0.75) < 0.01, `${ofA} of ${rounds}`)
})

test('whoever is chosen can take a stream, and nobody is chosen only when nobody can', () => {
  const arbitrary = fc.array(
    fc.record({
      id: fc.uuid(),
      group: fc.constantFrom('a', 'b', 'c'),
      weight: fc.constantFrom(0, 1, 100),
      streams: fc.nat(12),
      maxStreams: fc.constant(10),
      draining: fc.boolean(),
      silentMs: fc.constantFrom(0, 5_000),
      health: fc.constantFrom('up', 'down', 'unknown'),
    }),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(arbitrary, fc.double({ min: 0, max: 0.999, noNaN: true }), (candidates, random) => {
      const able = candidates.filter(({ draining, streams, maxStreams }) => !draining && streams < maxStreams)
      const chosen = chooseConnector(candidates, () => random)
      assert.equal(chosen !== undefined, able.length > 0)
      if (chosen) assert.ok(able.includes(chosen))
    }),
  )
})
