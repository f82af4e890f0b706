import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSettings } from '@portolan/settings'
import type { PortInfo } from '../inspect.ts'
import { portsPicture } from './ports-picture.ts'

const settings = parseSettings({
  passive: { basePort: 61000, numberOfPorts: 100 },
  active: { basePort: 20000, numberOfPorts: 10 },
})

const port = (number: number, state: PortInfo['state'], about: Partial<PortInfo> = {}): PortInfo => ({
  port: number,
  state,
  waitingFor: [],
  sessions: [],
  ...about,
})

test('the ports of all workers stand in one picture, the lowest first', () => {
  const picture = portsPicture(settings, [
    { passive: [port(61002, 'reserved'), port(61001, 'failed')], active: [], waiting: 1 },
    { passive: [port(61000, 'resting')], active: [port(20001, 'in-use')], waiting: 2 },
  ])
  assert.deepEqual(
    picture.passive?.ports.map(one => one.port),
    [61000, 61001, 61002],
  )
  assert.deepEqual(
    [picture.passive?.basePort, picture.passive?.numberOfPorts, picture.waiting],
    [61000, 100, 3],
  )
  assert.deepEqual([picture.active?.basePort, picture.active?.numberOfPorts], [20000, 10])
})

test('of two workers that tell of a port the one that uses it says what it is', () => {
  const waits = port(61000, 'reserved', { waitingFor: ['192.0.2.1'] })
  const lacks = port(61000, 'failed', { text: 'not yet' })
  for (const pair of [
    [waits, lacks],
    [lacks, waits],
  ]) {
    const workers = pair.map(one => ({ passive: [one], active: [], waiting: 0 }))
    assert.deepEqual(portsPicture(settings, workers).passive?.ports, [waits])
  }
  const used = ['1-1', '2-2'].map(session => ({
    passive: [],
    active: [port(20000, 'in-use', { sessions: [session] })],
    waiting: 0,
  }))
  assert.deepEqual(portsPicture(settings, used).active?.ports[0]?.sessions, ['1-1', '2-2'])
})

test('what is switched off has no picture, and active ports of the system have no range', () => {
  const off = parseSettings({ passive: { enabled: false }, active: { enabled: false } })
  assert.deepEqual(portsPicture(off, []), { passive: undefined, active: undefined, waiting: 0 })
  const free = parseSettings({ active: { enabled: true } })
  assert.deepEqual(portsPicture(free, []).active, { ports: [] })
})
