import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Port } from '@portolan/console/contract'
import fc from 'fast-check'
import {
  busyPorts,
  columnsFor,
  countPorts,
  describePort,
  PORT_STATES,
  portAfterKey,
  portMap,
  rowsOf,
  stateOf,
  stateOfCode,
  stretches,
} from './port-map.ts'

const port = (number: number, state: Port['state'], more: Partial<Port> = {}): Port => ({
  port: number,
  state,
  waitingFor: [],
  sessions: [],
  ...more,
})

const range = fc
  .record({
    basePort: fc.integer({ min: 1024, max: 65_535 }),
    numberOfPorts: fc.integer({ min: 1, max: 64_512 }),
  })
  .filter(({ basePort, numberOfPorts }) => basePort + numberOfPorts <= 65_536)
  .chain(({ basePort, numberOfPorts }) =>
    fc.record({
      basePort: fc.constant(basePort),
      numberOfPorts: fc.constant(numberOfPorts),
      ports: fc.uniqueArray(
        fc.record({
          port: fc.integer({ min: basePort, max: basePort + numberOfPorts - 1 }),
          state: fc.constantFrom(...PORT_STATES),
          waitingFor: fc.constant<string[]>([]),
          sessions: fc.constant<string[]>([]),
        }),
        { selector: entry => entry.port, maxLength: 50 },
      ),
    }),
  )

test('a range that the system chooses has no map', () => {
  assert.equal(portMap({ ports: [] }), undefined)
  assert.equal(portMap(undefined), undefined)
})

test('every port of a range is counted once, and the stretches together count as the whole', () => {
  fc.assert(
    fc.property(range, given => {
      const map = portMap(given)
      assert.ok(map)
      const whole = countPorts(map)
      assert.equal(
        PORT_STATES.reduce((sum, state) => sum + whole[state], 0),
        given.numberOfPorts,
      )
      const parts = stretches(map).map(({ first, count }) => countPorts(map, first, count))
      for (const state of PORT_STATES) {
        assert.equal(
          parts.reduce((sum, part) => sum + part[state], 0),
          whole[state],
        )
      }
    }),
  )
})

test('the rows of a stretch hold each of its ports at its place', () => {
  fc.assert(
    fc.property(range, fc.constantFrom(8, 16, 50), (given, columns) => {
      const map = portMap(given)
      const [stretch] = map ? stretches(map) : []
      assert.ok(map && stretch)
      const drawn = rowsOf(map, stretch, columns).flatMap(row =>
        [...row.states].map((code, offset) => [row.first + offset, stateOfCode(code)] as const),
      )
      assert.equal(drawn.length, stretch.count)
      for (const [number, state] of drawn) assert.equal(state, stateOf(map, number))
    }),
  )
})

test('keys lead from port to port and never out of the picture', () => {
  const stretch = { first: 61_000, count: 45 }
  for (const [key, from, to] of [
    ['ArrowRight', 61_000, 61_001],
    ['ArrowLeft', 61_000, 61_000],
    ['ArrowDown', 61_003, 61_013],
    ['ArrowDown', 61_038, 61_038],
    ['ArrowUp', 61_003, 61_003],
    ['Home', 61_027, 61_020],
    ['End', 61_042, 61_044],
    ['PageDown', 61_002, 61_042],
    ['PageDown', 61_008, 61_038],
    ['PageUp', 61_042, 61_002],
    ['a', 61_000, undefined],
  ] as const) {
    assert.equal(portAfterKey(key, from, 10, stretch), to, `${key} from ${from}`)
  }
})

test('a narrow view has fewer columns', () => {
  assert.equal(columnsFor(1000, 18), 50)
  assert.equal(columnsFor(330, 18), 16)
  assert.equal(columnsFor(0, 18), 8)
})

test('ports with something to tell are listed by number', () => {
  const listed = busyPorts([
    port(3, 'in-use'),
    port(1, 'free'),
    port(2, 'free', { waitingFor: ['192.0.2.1'] }),
  ])
  assert.deepEqual(
    listed.map(entry => entry.port),
    [2, 3],
  )
})

test('a port is described in words', () => {
  assert.equal(describePort(61_000, undefined), '61000: free')
  assert.equal(
    describePort(61_001, port(61_001, 'reserved', { waitingFor: ['192.0.2.1'], sessions: ['7'] })),
    '61001: reserved; waits for 192.0.2.1; session 7',
  )
  assert.equal(
    describePort(61_002, port(61_002, 'failed', { text: 'EADDRINUSE' })),
    '61002: refused by the system; EADDRINUSE',
  )
})
