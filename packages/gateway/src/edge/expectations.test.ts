import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createExpectations, type Expectation } from './expectations.ts'
import { testSegment } from './testing-config.ts'

const segment = testSegment()
const expectation = (change: Partial<Expectation> = {}): Omit<Expectation, 'until'> => ({
  user: 'anna',
  device: 'laptop',
  hosts: ['10.0.0.9', 'ftp.corp.example'],
  port: 40_001,
  server: '10.0.0.9',
  control: 'control-1',
  controlTarget: { host: 'ftp.corp.example', port: 21 },
  segment,
  rule: 'anna',
  connector: 'con-1',
  session: 'control-1',
  ...change,
})
const clock = () => {
  let now = 1_000
  return { now: () => now, pass: (ms: number) => (now += ms) }
}

const TABLE: readonly [string, readonly [string, string, string, number], boolean][] = [
  ['the address that the server named', ['anna', 'laptop', '10.0.0.9', 40_001], true],
  ['the server as the user asked for it', ['anna', 'laptop', 'FTP.corp.example.', 40_001], true],
  ['the same address, written otherwise', ['anna', 'laptop', '::ffff:10.0.0.9', 40_001], true],
  ['another user', ['bert', 'laptop', '10.0.0.9', 40_001], false],
  ['another device', ['anna', 'phone', '10.0.0.9', 40_001], false],
  ['another address', ['anna', 'laptop', '10.0.0.8', 40_001], false],
  ['another port', ['anna', 'laptop', '10.0.0.9', 40_002], false],
]
for (const [title, asked, isTaken] of TABLE) {
  test(`an expectation is ${isTaken ? '' : 'not '}for ${title}`, () => {
    const expectations = createExpectations(clock().now)
    expectations.add(expectation(), 30)
    assert.equal(expectations.take(...asked) !== undefined, isTaken)
    assert.equal(expectations.size, isTaken ? 0 : 1)
  })
}

test('an expectation is good once, under whichever of its names', () => {
  const expectations = createExpectations(clock().now)
  expectations.add(expectation(), 30)
  assert.ok(expectations.take('anna', 'laptop', '10.0.0.9', 40_001))
  assert.equal(expectations.take('anna', 'laptop', 'ftp.corp.example', 40_001), undefined)
})

test('an expectation ends with its seconds, and none lives longer than two minutes', () => {
  const { now, pass } = clock()
  const expectations = createExpectations(now)
  expectations.add(expectation(), 30)
  expectations.add(expectation({ port: 40_002 }), 100_000)
  pass(30_000)
  assert.equal(expectations.take('anna', 'laptop', '10.0.0.9', 40_001), undefined)
  pass(90_000)
  assert.equal(expectations.take('anna', 'laptop', '10.0.0.9', 40_002), undefined)
  expectations.sweep()
  assert.equal(expectations.size, 0)
})

test('expectations die with their control stream', () => {
  const expectations = createExpectations(clock().now)
  expectations.add(expectation(), 30)
  expectations.add(expectation({ control: 'control-2', port: 40_002 }), 30)
  expectations.forget('control-1')
  assert.equal(expectations.take('anna', 'laptop', '10.0.0.9', 40_001), undefined)
  assert.ok(expectations.take('anna', 'laptop', '10.0.0.9', 40_002))
})

test('a control stream has 64 at once: the oldest goes', () => {
  const expectations = createExpectations(clock().now)
  for (let port = 1; port <= 1_000; port++) expectations.add(expectation({ port }), 30)
  assert.equal(expectations.size, 64)
  assert.equal(expectations.take('anna', 'laptop', '10.0.0.9', 936), undefined)
  assert.ok(expectations.take('anna', 'laptop', '10.0.0.9', 937))
})
