import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StatusCode } from '../codes.ts'
import { compilePolicy } from '../policy/index.ts'
import { type Allowed, authorise } from './authorise.ts'
import { createExpectations } from './expectations.ts'
import { createPinTable } from './pins.ts'
import { roleOf } from './role.ts'
import { inspectedSegment, testConfig, testSegment } from './testing-config.ts'

const NOW = Date.UTC(2026, 10, 25, 12)
const ftp = testSegment()
const inspected = inspectedSegment()
const who = { user: 'anna', groups: [], clientAddress: '192.0.2.7', deviceLabels: [] }

const setup = (config = testConfig({ segments: [inspected] })) => {
  const expectations = createExpectations(() => NOW)
  const ask = (host: string, port: number, isRead = false, user = 'anna') =>
    authorise(
      compilePolicy(config),
      expectations,
      { who: { ...who, user }, device: 'laptop', host, port, isRead },
      NOW,
    )
  expectations.add(
    {
      ...{
        user: 'anna',
        device: 'laptop',
        hosts: ['203.0.113.1', '10.0.0.9'],
        port: 40_001,
        server: '10.0.0.9',
      },
      ...{ control: 'c', controlTarget: { host: '10.0.0.9', port: 21 }, segment: inspected, rule: 'anna' },
      ...{ connector: 'con-1', session: 'c' },
    },
    30,
  )
  return { ask, expectations }
}

test('what a rule allows is asked of a connector as the user asked for it, and read where the segment says so', () => {
  const verdict = setup().ask('10.0.0.9', 21)
  assert.ok(verdict.allowed)
  assert.deepEqual(
    [verdict.host, verdict.port, verdict.inspect, verdict.rule],
    ['10.0.0.9', 21, true, 'anna'],
  )
})

test('a port that the server named leads to the server, by whatever address it was named, and is not read', () => {
  for (const host of ['10.0.0.9', '203.0.113.1']) {
    const verdict = setup().ask(host, 40_001)
    assert.ok(verdict.allowed && verdict.expectation)
    assert.deepEqual([verdict.host, verdict.port, verdict.inspect], ['10.0.0.9', 40_001, false])
  }
})

const REFUSALS: readonly [string, Parameters<ReturnType<typeof setup>['ask']>, StatusCode][] = [
  ['an address that no segment has', ['10.0.0.8', 21], 'POL_NO_SEGMENT'],
  ['a port that the segment does not have', ['10.0.0.9', 40_002], 'POL_WRONG_PORT'],
  [
    'a port that the server did not name on a control connection that is read',
    ['10.0.0.9', 40_002, true],
    'POL_NOT_EXPECTED',
  ],
  ['a port that was named to another user', ['10.0.0.9', 40_001, false, 'bert'], 'POL_WRONG_PORT'],
  ['a user whom no rule allows', ['10.0.0.9', 21, false, 'bert'], 'POL_NO_RULE'],
]
for (const [title, ask, code] of REFUSALS) {
  test(`${title} is refused with ${code}`, () => {
    const verdict = setup().ask(...ask)
    assert.equal(verdict.allowed ? 'allowed' : verdict.status.code, code)
  })
}

test('a second use of a port that was named is refused', () => {
  const { ask } = setup()
  assert.ok(ask('10.0.0.9', 40_001).allowed)
  assert.equal(ask('10.0.0.9', 40_001).allowed, false)
})

test('a port that was named is of no use when the control connection would not be allowed any more', () => {
  const { ask } = setup(testConfig({ segments: [inspected], access: { rules: [] } }))
  const verdict = ask('10.0.0.9', 40_001)
  assert.equal(verdict.allowed ? 'allowed' : verdict.status.code, 'POL_NO_RULE')
})

test('a refusal says the message of its rule, and where nothing is forwarded, that it is so', () => {
  const rules = [{ name: 'no', enabled: true, when: {}, action: 'deny', message: 'Ask Bert.' } as const]
  const denied = setup(testConfig({ access: { rules } })).ask('10.0.0.9', 21)
  assert.deepEqual(denied.allowed ? undefined : denied.status, { code: 'POL_DENIED', text: 'Ask Bert.' })
  assert.equal(denied.rule, 'no')
  const bypassed = setup(testConfig({ segments: [{ ...ftp, bypass: 'always' }] })).ask('10.0.0.9', 21)
  assert.equal(bypassed.allowed ? '' : bypassed.status.code, 'POL_BYPASSED')
})

const allowed = (change: Partial<Allowed> = {}): Allowed => ({
  ...{ allowed: true, segment: ftp, rule: 'anna', host: '10.0.0.9', port: 40_001, inspect: false },
  ...change,
})
const other = { ...ftp, name: 'other' }
const ROLES: readonly [string, Allowed, readonly number[], string][] = [
  ['the first connection to another server at the address', allowed({ segment: other }), [21], 'control'],
  ['the first connection to an FTP server', allowed(), [], 'control'],
  ['another port beside a control connection', allowed(), [21], 'data'],
  ['port 21 beside a control connection', allowed({ port: 21 }), [21], 'control'],
  ['port 990 beside a control connection', allowed({ port: 990 }), [21], 'control'],
  ['the port of a control connection that is open', allowed({ port: 2121 }), [2121], 'control'],
  ['what the connector reads', allowed({ inspect: true }), [21], 'control'],
  ['what is no FTP', allowed({ segment: { ...ftp, protocol: 'other' } }), [], 'other'],
]
for (const [title, verdict, ports, role] of ROLES) {
  test(`${title} has the role ${role}`, () => {
    const pin = createPinTable(() => NOW).join('key')
    for (const port of ports)
      pin.controls.push({ session: 'c', port, segment: ftp.name, isRead: false, isEncrypted: false })
    assert.equal(roleOf(verdict, pin), role)
  })
}
