import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientOptions } from '@portolan/client'
import { formatOutwardsOnlyReply } from '@portolan/protocol'
import type { ActiveEvidence, Evidence, SeenEvidence } from '../evidence.ts'
import { active, factsOf, GOOD, judged, LOCAL, SEEN } from '../testing.ts'
import { judge } from './rules.ts'

const OUTSIDE = '8.8.4.4'
const NATTED: SeenEvidence = { ...SEEN, seen: OUTSIDE, nat: 'address' }
const dialFailed = {
  outcome: 'dial-failed',
  strangers: [],
  text: 'nothing listens at 192.168.1.10:40001',
} as const

const both = (outcome: ActiveEvidence['outcome'], found: Partial<ActiveEvidence> = {}): Evidence => ({
  ...GOOD,
  eprt: active('EPRT', outcome, found),
  port: active('PORT', outcome, found),
})

const ACTIVE: Partial<ClientOptions> = { mode: 'active' }

const cases: readonly [string, Evidence, readonly string[]][] = [
  [
    'NAT, proved by the server',
    { ...both('refused'), seen: NATTED },
    ['error CLIENT_BEHIND_NAT certain', 'error ACTIVE_REFUSED_BY_SERVER certain'],
  ],
  [
    'NAT, by what STAT says',
    { ...both('refused'), seen: { ...NATTED, by: 'stat' } },
    ['error CLIENT_BEHIND_NAT likely', 'error ACTIVE_REFUSED_BY_SERVER certain'],
  ],
  [
    'NAT, and the server dials and does not arrive',
    { ...both('nobody-came', { ms: 2_000 }), seen: NATTED },
    ['error CLIENT_BEHIND_NAT certain', 'error INCOMING_FILTERED likely'],
  ],
  [
    'a connector that only goes outwards',
    { ...both('refused', { reply: formatOutwardsOnlyReply('PORT') }), seen: NATTED },
    ['error ACTIVE_REFUSED_BY_CONNECTOR certain'],
  ],
  ['a refusal without NAT', both('refused'), ['error ACTIVE_REFUSED_BY_SERVER certain']],
  ['a port that refuses', both('dial-failed', { reply: '425 No' }), ['error CLIENT_PORT_CLOSED likely']],
  [
    'a port that refuses, as the server says',
    both('dial-failed', { reply: '425 No', server: dialFailed }),
    ['error CLIENT_PORT_CLOSED certain'],
  ],
  ['nobody who comes', both('nobody-came', { ms: 2_000 }), ['error INCOMING_FILTERED likely']],
  [
    'somebody else who comes',
    both('wrong-source', { strangers: ['8.8.8.8'] }),
    ['error ACTIVE_WRONG_SOURCE likely'],
  ],
]

for (const [what, evidence, expected] of cases) {
  test(`active mode with ${what}: ${expected.join(', ')}`, () => {
    assert.deepEqual(judged(evidence, ACTIVE), expected)
  })
}

test('active mode that fails is good to know, and no failure, where passive mode is asked for and works', () => {
  const found = judged({ ...both('refused'), seen: NATTED })
  assert.deepEqual(found, [
    'note ALL_GOOD certain',
    'note CLIENT_BEHIND_NAT certain',
    'note ACTIVE_REFUSED_BY_SERVER certain',
  ])
})

test('without a word of the server, a private address at this end alone makes NAT possible', () => {
  const { seen: _unknown, ...rest } = both('refused')
  const local = {
    node: '26',
    addresses: [{ interface: 'eth0', address: LOCAL, class: 'private' as const }],
    proxyVariables: [],
  }
  assert.equal(judged({ ...rest, local }, ACTIVE)[0], 'error CLIENT_BEHIND_NAT possible')
})

test('PORT that arrives otherwise than it was sent was rewritten', () => {
  const server = {
    outcome: 'refused',
    strangers: [],
    text: 'refused',
    endpoint: { address: '192.0.2.99', port: 40_001 },
  } as const
  const evidence = { ...GOOD, port: active('PORT', 'refused', { server }) }
  const [first] = judge(factsOf(evidence))
  assert.deepEqual([first?.code, first?.confidence], ['ALG_REWRITES_PORT', 'certain'])
  assert.match(first?.text ?? '', /PORT was sent with 192\.168\.1\.10 .* received 192\.0\.2\.99/)
})

test('PORT that is refused where EPRT with the same address is not was probably rewritten', () => {
  const evidence = { ...GOOD, port: active('PORT', 'refused') }
  assert.equal(judged(evidence)[0], 'warning ALG_REWRITES_PORT likely')
})

test('a line that comes back changed proves it', () => {
  const echo = {
    channel: 'clear',
    sent: 'SITE PROBE ECHO PORT 10,1,2,3,4,5',
    received: 'SITE PROBE ECHO PORT 8,8,4,4,4,5',
  } as const
  assert.equal(judged({ ...GOOD, echo })[0], 'warning ALG_REWRITES_PORT certain')
  assert.equal(judged({ ...GOOD, echo: { ...echo, received: echo.sent } })[0], 'note ALL_GOOD certain')
})

test('active mode that works from a private address was helped, and under TLS it is not', () => {
  const helped = { ...GOOD, seen: NATTED }
  assert.deepEqual(judged(helped), ['note ALL_GOOD certain', 'note ALG_FIXES_PORT certain'])
  const compared: Evidence = {
    ...helped,
    'other-way': { channel: 'tls', login: 'ok', port: active('PORT', 'refused', { channel: 'tls' }) },
  }
  assert.equal(judged(compared, ACTIVE)[0], 'warning ALG_FIXES_PORT certain')
  const set = {
    ...GOOD,
    seen: NATTED,
    port: active('PORT', 'moved', { announced: { address: OUTSIDE, port: 1 } }),
  }
  assert.deepEqual(judged(set), ['note ALL_GOOD certain'], 'the outer address was announced and forwarded')
})
