import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compilePolicy } from './compile-policy.ts'
import {
  ALICE,
  allow,
  CONTROL,
  config,
  deny,
  forwarding,
  NOON,
  type Parts,
  seg,
  server,
  wide,
} from './testing-config.ts'
import { judge } from './testing-oracle.ts'

test('many segments of one address are told apart by their ports', () => {
  const segments = Array.from({ length: 1_000 }, (_, index) =>
    seg(`port ${index}`, ['10.1.0.9'], { ports: [{ from: 1_000 + index, to: 1_000 + index }] }),
  )
  const policy = compilePolicy(config({ segments: segments.toReversed(), access: [allow('a')] }))
  const at = (port: number) => policy.decide(ALICE, { host: '10.1.0.9', port }, NOON)
  assert.equal(at(1_000).segment, 'port 0')
  assert.equal(at(1_999).segment, 'port 999')
  assert.equal(at(2_000).status?.code, 'POL_WRONG_PORT')
})

test('of many segments that have the same address and port the first counts', () => {
  const segments = Array.from({ length: 20 }, (_, index) =>
    seg(`segment ${index}`, ['10.1.0.9'], { ports: [{ from: 20 - index, to: 60 + index }] }),
  )
  const policy = compilePolicy(config({ segments }))
  const at = (port: number) => policy.decide(ALICE, { host: '10.1.0.9', port }, NOON).segment
  assert.deepEqual(
    [at(20), at(60), at(61), at(19), at(1), at(79)],
    ['segment 0', 'segment 0', 'segment 1', 'segment 1', 'segment 19', 'segment 19'],
  )
})

test('connector groups of a server group are those that are there and enabled', () => {
  const group = (name: string, enabled: boolean) => ({ name, enabled, weight: 100, maxStreams: 10 })
  const policy = compilePolicy(
    config({
      serverGroups: [{ name: 'servers', connectorGroups: ['off', 'on', 'gone', 'on'] }],
      connectorGroups: [group('on', true), group('off', false), group('other', true)],
    }),
  )
  assert.deepEqual(
    policy.connectorGroupsOf('servers').map(({ name }) => name),
    ['on'],
  )
  assert.deepEqual(policy.connectorGroupsOf('gone'), [])
})

test('the next change is the nearest begin or end of a time of both policies', () => {
  const times = (from: string, to: string) => ({ times: [{ days: ['mon'], from, to, timeZone: 'UTC' }] })
  const policy = compilePolicy(
    config({
      forwarding: [
        forwarding('bypass', 'f', times('14:00', '15:00')),
        { ...forwarding('bypass', 'off', times('12:30', '12:31')), enabled: false },
      ],
      access: [allow('a', times('08:00', '13:00'))],
    }),
  )
  assert.equal(policy.nextChange(NOON), Date.UTC(2026, 5, 1, 13))
  assert.equal(policy.nextChange(Date.UTC(2026, 5, 1, 13)), Date.UTC(2026, 5, 1, 14))
  assert.equal(policy.nextChange(Date.UTC(2026, 5, 1, 15)), Date.UTC(2026, 5, 8, 8))
  assert.equal(compilePolicy(config({ access: [allow('a')] })).nextChange(NOON), undefined)
})

const UNREADABLE: readonly [path: string, parts: Parts][] = [
  ['segments[1].applications[0]', { segments: [server(), seg('bad', ['10.0.0.0/33'])] }],
  ['trustedNetworks[0]', { trustedNetworks: ['home'] }],
  [
    'access.rules[1].when.clientNetworks[0]',
    { access: [allow('a'), deny('b', { clientNetworks: ['10.0.0'] })] },
  ],
  ['access.rules[0].when.users[1]', { access: [deny('a', { users: ['bob', 'x,,y'] })] }],
  [
    'forwarding.rules[0].when.times[0].timeZone',
    {
      forwarding: [
        forwarding('bypass', 'f', {
          times: [{ days: ['mon'], from: '08:00', to: '09:00', timeZone: 'Mars/Base' }],
        }),
      ],
    },
  ],
]

for (const [path, parts] of UNREADABLE) {
  test(`a configuration that cannot be read at ${path} is refused, not passed over`, () => {
    assert.throws(
      () => compilePolicy(config(parts)),
      (error: { code?: string; problems?: { path: string }[] }) =>
        error.code === 'GATEWAY_INVALID' && error.problems?.[0]?.path === path,
    )
  })
}

test('labels of a machine cannot be written so that it is taken for another member of a group', () => {
  const policy = compilePolicy(config({ segments: [server()], access: [allow('a', { groups: ['ops'] })] }))
  const decide = (groups: string[], deviceLabels: string[]) =>
    policy.decide({ ...ALICE, groups, deviceLabels }, { host: '10.1.0.9', port: 21 }, NOON).action
  assert.equal(decide(['all', 'ops'], []), 'allow')
  for (const glue of ['', ',', '","', '"],["', '\0', '\0\0']) {
    const forged = [
      ['ops', glue],
      [`ops${glue}`],
      [`${glue}ops`],
      ['ops'],
      [glue, 'ops'],
      [`${glue}ops${glue}`],
    ]
    for (const labels of forged) assert.equal(decide(['all'], labels), 'deny', JSON.stringify(labels))
  }
})

const AROUND = [
  wide,
  seg('server', ['10.1.0.9'], { ports: CONTROL }),
  seg('corp', ['*.corp.example']),
  seg('ftp', ['*.ftp.corp.example']),
  seg('one', ['one.ftp.corp.example'], { ports: CONTROL }),
  seg('six', ['2001:db8::/32']),
]

test('whatever text is asked for, nothing is reached but what the specification says', () => {
  const made = config({
    segments: AROUND,
    access: [allow('a', { segments: ['server', 'one', 'ftp', 'six'] })],
  })
  const policy = compilePolicy(made)
  const pieces = [
    '10',
    '1',
    '0',
    '9',
    '.',
    ':',
    '::',
    '%',
    '[',
    ']',
    '/',
    '*',
    'ftp',
    'one',
    'corp',
    'example',
    'ffff',
    '2001',
    'db8',
    'İ',
    ' ',
    '\0',
    '0x0a',
  ]
  const text = fc.oneof(
    fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map(parts => parts.join('')),
    fc.string(),
  )
  fc.assert(
    fc.property(text, fc.constantFrom(21, 22), (host, port) => {
      const { action, segment: name } = policy.decide(ALICE, { host, port }, NOON)
      const expected = judge(made, ALICE, { host, port }, NOON)
      assert.deepEqual([action, name], [expected.action, expected.segment])
    }),
    { numRuns: 3_000 },
  )
})
