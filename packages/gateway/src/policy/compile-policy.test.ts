import assert from 'node:assert/strict'
import { test } from 'node:test'
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
import type { AccessDecision } from './types.ts'

/** `ACTION CODE SEGMENT RULE-PLACE`, with a dash for what there is not. */
function shown({ action, status, segment: name, rule }: AccessDecision): string {
  return [
    action,
    status?.code ?? '-',
    name ?? '-',
    rule ? `${rule.policy}:${rule.place ?? rule.name}` : '-',
  ].join(' ')
}

const NESTED = [
  seg('anywhere', ['0.0.0.0/0']),
  seg('site', ['10.1.0.0/16']),
  seg('server', ['10.1.0.9'], { ports: CONTROL }),
  seg('corp', ['*.corp.example']),
  seg('ftp', ['*.ftp.corp.example']),
  seg('one', ['one.ftp.corp.example'], { ports: CONTROL }),
  seg('six', ['2001:db8::/32']),
]

const SEGMENTS: readonly [host: string, port: number, segment: string][] = [
  ['192.0.2.1', 80, 'anywhere'],
  ['10.1.2.3', 80, 'site'],
  ['10.1.0.9', 21, 'server'],
  ['::ffff:10.1.0.9', 21, 'server'],
  ['[::FFFF:0A01:0009]', 21, 'server'],
  ['10.1.0.9', 22, 'site'],
  ['a.corp.example', 21, 'corp'],
  ['A.B.Corp.Example.', 21, 'corp'],
  ['a.ftp.corp.example', 21, 'ftp'],
  ['ftp.corp.example', 21, 'corp'],
  ['one.ftp.corp.example', 21, 'one'],
  ['ONE.ftp.corp.example.', 21, 'one'],
  ['one.ftp.corp.example', 22, 'ftp'],
  ['corp.example', 21, '-'],
  ['evilcorp.example', 21, '-'],
  ['2001:DB8:0::9', 21, 'six'],
  ['[2001:db8::9]', 21, 'six'],
  ['2001:db9::9', 21, '-'],
]

for (const [host, port, name] of SEGMENTS) {
  test(`${host} port ${port} belongs to ${name === '-' ? 'no segment' : name}`, () => {
    const policy = compilePolicy(config({ segments: NESTED, access: [allow('everybody')] }))
    assert.equal(policy.decide(ALICE, { host, port }, NOON).segment ?? '-', name)
  })
}

const DECISIONS: readonly [title: string, parts: Parts, decision: string][] = [
  ['no rule at all denies', { segments: [server()] }, 'deny POL_NO_RULE server -'],
  [
    'a rule without conditions allows everybody',
    { segments: [server()], access: [allow('a')] },
    'allow - server access:1',
  ],
  [
    'the first rule that fits decides',
    { segments: [server()], access: [allow('a', { users: ['bob'] }), deny('b'), allow('c')] },
    'deny POL_DENIED server access:2',
  ],
  [
    'a disabled rule keeps its place and never fits',
    { segments: [server()], access: [{ ...deny('a'), enabled: false }, allow('b')] },
    'allow - server access:2',
  ],
  [
    'a rule for a wider segment does not cover a narrower one',
    { segments: [wide, server()], access: [allow('a', { segments: ['wide'] })] },
    'deny POL_NO_RULE server -',
  ],
  [
    'a narrower segment that is disabled does not open the wider one',
    { segments: [wide, server({ enabled: false })], access: [allow('a')] },
    'deny POL_SEGMENT_DISABLED server -',
  ],
  [
    'a narrower segment without the port leaves it to the wider one',
    { segments: [wide, server({ ports: [{ from: 80, to: 80 }] })], access: [allow('a')] },
    'allow - wide access:1',
  ],
  [
    'a port that no segment of the host has',
    { segments: [server({ ports: [{ from: 80, to: 80 }] })], access: [allow('a')] },
    'deny POL_WRONG_PORT server -',
  ],
  [
    'a host that no segment has',
    { segments: [seg('other', ['10.1.0.8'])], access: [allow('a')] },
    'deny POL_NO_SEGMENT - -',
  ],
  [
    'a group that is disabled',
    { segments: [server()], segmentGroups: [{ name: 'all', enabled: false }], access: [allow('a')] },
    'deny POL_SEGMENT_DISABLED server -',
  ],
  [
    'a group that is not there',
    { segments: [server()], segmentGroups: [], access: [allow('a')] },
    'deny POL_SEGMENT_DISABLED server -',
  ],
  [
    'bypass always',
    { segments: [server({ bypass: 'always' })], access: [deny('a')] },
    'bypass POL_BYPASSED server segment:server',
  ],
  [
    'bypass on-net, in a trusted network',
    { segments: [server({ bypass: 'on-net' })], trustedNetworks: ['192.0.2.0/24'] },
    'bypass POL_BYPASSED server segment:server',
  ],
  [
    'bypass on-net elsewhere leaves it to the forwarding policy',
    {
      segments: [server({ bypass: 'on-net' })],
      trustedNetworks: ['192.0.3.0/24'],
      forwarding: [forwarding('bypass', 'f')],
    },
    'bypass POL_BYPASSED server forwarding:1',
  ],
  [
    'bypass never asks no forwarding rule',
    {
      segments: [server({ bypass: 'never' })],
      forwarding: [forwarding('bypass', 'f')],
      access: [allow('a')],
    },
    'allow - server access:1',
  ],
  [
    'a forwarding rule bypasses what would be denied',
    { segments: [server()], forwarding: [forwarding('bypass', 'f')], access: [deny('a')] },
    'bypass POL_BYPASSED server forwarding:1',
  ],
  [
    'forward denies what is not allowed',
    { segments: [server()], forwarding: [forwarding('forward', 'f')] },
    'deny POL_NO_RULE server -',
  ],
  [
    'only forward allowed: what is allowed is forwarded',
    { segments: [server()], forwarding: [forwarding('forward-allowed', 'f')], access: [allow('a')] },
    'allow - server access:1',
  ],
  [
    'only forward allowed: what is denied goes directly and is not blocked',
    { segments: [server()], forwarding: [forwarding('forward-allowed', 'f')], access: [deny('a')] },
    'bypass POL_BYPASSED server forwarding:1',
  ],
  [
    'conditions have to hold together',
    { segments: [server()], access: [allow('a', { users: ['alice'], groups: ['ops'] })] },
    'deny POL_NO_RULE server -',
  ],
  [
    'of a condition one value has to',
    { segments: [server()], access: [allow('a', { users: ['bob', 'al*'], groups: ['ops', 'finance'] })] },
    'allow - server access:1',
  ],
  [
    'segments and segment groups have to hold together',
    { segments: [server()], access: [allow('a', { segments: ['server'], segmentGroups: ['none'] })] },
    'deny POL_NO_RULE server -',
  ],
  [
    'a list of users may stand in one text',
    { segments: [server()], access: [allow('a', { users: ['bob, ali?e'] })] },
    'allow - server access:1',
  ],
  [
    'user names have case',
    { segments: [server()], access: [allow('a', { users: ['Alice'] })] },
    'deny POL_NO_RULE server -',
  ],
  [
    'a network of clients',
    { segments: [server()], access: [allow('a', { clientNetworks: ['192.0.2.0/29'] })] },
    'allow - server access:1',
  ],
  [
    'a label of the device',
    {
      segments: [server()],
      access: [deny('a', { deviceLabels: ['lab'] }), allow('b', { deviceLabels: ['managed'] })],
    },
    'allow - server access:2',
  ],
  [
    'a time that holds',
    {
      segments: [server()],
      access: [allow('a', { times: [{ days: ['mon'], from: '12:00', to: '12:01', timeZone: 'UTC' }] })],
    },
    'allow - server access:1',
  ],
  [
    'a time that does not',
    {
      segments: [server()],
      access: [allow('a', { times: [{ days: ['mon'], from: '11:00', to: '12:00', timeZone: 'UTC' }] })],
    },
    'deny POL_NO_RULE server -',
  ],
]

for (const [title, parts, decision] of DECISIONS) {
  test(`decide: ${title}`, () => {
    const made = compilePolicy(config(parts)).decide(ALICE, { host: '10.1.0.9', port: 21 }, NOON)
    assert.equal(shown(made), decision)
    assert.equal(made.status?.text, made.status && made.because.at(-1))
  })
}

test('every step is told in its order, with the rules by name and place', () => {
  const policy = compilePolicy(
    config({
      segments: [seg('paris', ['10.1.0.0/16'], { bypass: 'on-net' })],
      trustedNetworks: ['198.51.100.0/24'],
      forwarding: [forwarding('forward-allowed', 'staff only')],
      access: [
        allow('ops', { groups: ['ops'] }),
        deny('finance stays out', { groups: ['finance'] }, 'Ask the desk.'),
      ],
    }),
  )
  const decision = policy.decide(ALICE, { host: '10.1.0.9', port: 21 }, NOON)
  assert.deepEqual(decision.because, [
    '10.1.0.9 port 21 belongs to segment “paris” by 10.1.0.0/16.',
    'The bypass of segment “paris” is on-net, and 192.0.2.7 is in no trusted network.',
    'Forwarding rule 1 “staff only” forwards it if it is allowed.',
    'Access rule 2 “finance stays out” denies it.',
    'Forwarding rule 1 “staff only” forwards only what is allowed: agents connect directly.',
  ])
  assert.equal(decision.message, undefined)
})

test('the message of a rule goes to those whom it denies', () => {
  const policy = compilePolicy(
    config({ segments: [server()], access: [deny('closed', {}, 'Closed until Monday.')] }),
  )
  const decision = policy.decide(ALICE, { host: '10.1.0.9', port: 21 }, NOON)
  assert.equal(decision.message, 'Closed until Monday.')
  assert.equal(decision.application, '10.1.0.9')
})

test('a wrong port is told with the ports that there are', () => {
  const ports = [21, 990, 2_121, 2_122, 2_123, 2_124].map(from => ({ from, to: from }))
  const policy = compilePolicy(config({ segments: [server({ ports })] }))
  assert.deepEqual(policy.decide(ALICE, { host: '10.1.0.9', port: 22 }, NOON).because, [
    'Segment “server” has 10.1.0.9, but not port 22: it has 21, 990, 2121, 2122, 2123 and 1 more.',
  ])
})
