import assert from 'node:assert/strict'
import { test } from 'node:test'
import { segmentView } from '@portolan/console/contract'
import fc from 'fast-check'
import { keyed } from '../../../components/keyed.ts'
import { PORT_PRESETS, portCount, portsOfRows, portsText, rowsOfPorts } from './port-rows.ts'

test('ranges that are not touched are sent as they came', () => {
  const ports = [
    { from: 21, to: 21 },
    { from: 61_000, to: 62_023 },
  ]
  assert.deepEqual(portsOfRows(rowsOfPorts(ports)), ports)
})

test('a row whose end is empty is one port', () => {
  assert.deepEqual(portsOfRows([keyed({ from: 21, to: '' }), keyed({ from: '990', to: '991' })]), [
    { from: 21, to: 21 },
    { from: 990, to: 991 },
  ])
})

test('ranges are written as people write them', () => {
  assert.equal(
    portsText([
      { from: 21, to: 21 },
      { from: 61_000, to: 62_023 },
    ]),
    '21, 61000–62023',
  )
})

test('every preset is made of ranges that the API takes', () => {
  for (const { ports } of PORT_PRESETS) assert.ok(segmentView.shape.ports.safeParse(ports).success)
})

test('a port of two ranges is counted once', () => {
  const range = fc
    .tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }))
    .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }))
  fc.assert(
    fc.property(fc.array(range, { maxLength: 8 }), ranges => {
      const every = new Set<number>()
      for (const { from, to } of ranges) for (let port = from; port <= to; port++) every.add(port)
      assert.equal(portCount(ranges), every.size)
    }),
  )
})
