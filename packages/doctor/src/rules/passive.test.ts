import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientOptions } from '@portolan/client'
import type { Evidence } from '../evidence.ts'
import { active, factsOf, GOOD, judged, moved, passive, ports, refusal, without } from '../testing.ts'
import { judge } from './rules.ts'

const CLOSED = ports({ 50002: 'timeout', 50003: 'timeout', 50004: 'timeout', 50009: 'timeout' })
const SHUT: Evidence = {
  ...GOOD,
  epsv: passive('EPSV', 'timeout'),
  pasv: passive('PASV', 'timeout'),
  ports: CLOSED,
}
const NOBODY = { outcome: 'waiting', strangers: [], text: 'nobody came so far' } as const
const other = (found: Omit<NonNullable<Evidence['other-way']>, 'channel' | 'login'>) => ({
  channel: 'tls' as const,
  login: 'ok' as const,
  ...found,
})
const underTls = { channel: 'tls' } as const

const cases: readonly [string, Evidence, readonly string[], Partial<ClientOptions>?][] = [
  ['everything works', GOOD, ['note ALL_GOOD certain']],
  ['no port answers', SHUT, ['error PASSIVE_RANGE_CLOSED likely']],
  [
    'no port answers, and the server saw nobody',
    { ...SHUT, epsv: passive('EPSV', 'timeout', { server: NOBODY }) },
    ['error PASSIVE_RANGE_CLOSED certain'],
  ],
  [
    'no port answers, in active mode',
    SHUT,
    ['note ALL_GOOD certain', 'note PASSIVE_RANGE_CLOSED likely'],
    { mode: 'active' },
  ],
  [
    'every port refuses',
    {
      ...GOOD,
      epsv: passive('EPSV', 'refused'),
      pasv: passive('PASV', 'refused'),
      ports: ports({ 50002: 'refused' }),
    },
    ['error PASSIVE_RANGE_CLOSED possible'],
  ],
  [
    'the upper ports are closed',
    { ...GOOD, ports: ports({ 50002: 'connected', 50011: 'timeout', 50013: 'timeout' }) },
    ['error PASSIVE_RANGE_PARTLY_OPEN certain'],
  ],
  [
    'ports are closed here and there',
    { ...GOOD, ports: ports({ 50002: 'timeout', 50003: 'connected', 50004: 'timeout', 50000: 'connected' }) },
    ['error PASSIVE_RANGE_PARTLY_OPEN likely'],
  ],
  [
    'one port is closed, which may be chance',
    { ...GOOD, ports: ports({ 50002: 'timeout', 50003: 'connected' }) },
    ['warning PASSIVE_RANGE_PARTLY_OPEN possible'],
  ],
  [
    'PASV tells a private address',
    { ...GOOD, pasv: passive('PASV', 'connected', { told: '10.0.0.5' }) },
    ['warning SERVER_ADVERTISES_PRIVATE certain'],
  ],
  [
    'PASV tells a private address that the client is set to believe',
    { ...GOOD, pasv: passive('PASV', 'connected', { told: '10.0.0.5' }) },
    ['error SERVER_ADVERTISES_PRIVATE certain'],
    { pasvAddress: 'server' },
  ],
  [
    'PASV tells 0.0.0.0',
    { ...GOOD, pasv: passive('PASV', 'connected', { told: '0.0.0.0' }) },
    ['warning SERVER_ADVERTISES_PRIVATE certain'],
  ],
  [
    'PASV tells another public address where nobody answers',
    { ...GOOD, pasv: passive('PASV', 'connected', { told: '8.8.4.4' }) },
    ['warning WRONG_EXTERNAL_ADDRESS likely'],
  ],
  [
    'PASV tells another address that works as well',
    { ...GOOD, pasv: passive('PASV', 'connected', { told: '8.8.4.4', toldOutcome: 'connected' }) },
    ['note ALL_GOOD certain'],
  ],
  [
    'data connections work at the address of PASV alone',
    {
      ...GOOD,
      epsv: passive('EPSV', 'refused'),
      pasv: passive('PASV', 'refused', { told: '8.8.4.4', toldOutcome: 'connected' }),
      ports: ports({ 50002: 'refused' }),
    },
    ['error SEPARATE_DATA_HOST certain'],
  ],
  [
    'data connections work at the address of PASV alone, which is believed',
    {
      ...GOOD,
      epsv: passive('EPSV', 'refused'),
      pasv: passive('PASV', 'refused', { told: '8.8.4.4', toldOutcome: 'connected' }),
      ports: ports({ 50002: 'refused' }),
    },
    ['note SEPARATE_DATA_HOST certain', 'note ALL_GOOD certain'],
    { pasvAddress: 'auto' },
  ],
  [
    'both commands are refused',
    { ...without(GOOD, 'ports'), epsv: refusal('EPSV'), pasv: refusal('PASV', '425 No port') },
    ['error PASSIVE_REFUSED certain'],
  ],
  [
    'EPSV alone is refused',
    { ...GOOD, epsv: refusal('EPSV', '502 Not implemented') },
    ['note ALL_GOOD certain'],
  ],
  [
    'EPSV alone is refused, and FEAT names it',
    { ...GOOD, epsv: refusal('EPSV'), 'features-clear': { channel: 'clear', after: ['EPSV'] } },
    ['warning ALG_BLOCKS_EPSV possible'],
  ],
  [
    'EPSV is refused in the clear and answered under TLS',
    { ...GOOD, epsv: refusal('EPSV'), 'other-way': other({ epsv: passive('EPSV', 'connected', underTls) }) },
    ['warning ALG_BLOCKS_EPSV certain'],
  ],
  [
    'ports of EPSV lead nowhere and those of PASV do',
    { ...GOOD, epsv: passive('EPSV', 'timeout'), ports: CLOSED },
    ['warning ALG_KNOWS_ONLY_PASV likely'],
  ],
  [
    'the port of PASV leads nowhere and those of EPSV do',
    { ...GOOD, pasv: passive('PASV', 'timeout') },
    ['warning ALG_REWRITES_PASV possible'],
  ],
  [
    'PASV was changed to something wrong, as the server’s own word shows',
    {
      ...GOOD,
      pasv: passive('PASV', 'connected', { told: '8.8.4.4' }),
      'probe-pasv': { channel: 'clear', sent: '227 (192,175,48,1,195,80)', received: '227 (8,8,4,4,195,80)' },
    },
    ['warning ALG_REWRITES_PASV certain'],
  ],
  [
    'PASV is right under TLS and wrong in the clear',
    {
      ...GOOD,
      pasv: passive('PASV', 'connected', { told: '8.8.4.4' }),
      'other-way': other({ pasv: passive('PASV', 'connected', underTls) }),
    },
    ['warning ALG_REWRITES_PASV certain'],
  ],
  [
    'the control connection is lost at PASV',
    { ...GOOD, pasv: { ...passive('PASV', 'timeout'), outcome: 'control-lost', candidates: [] } },
    ['warning ALG_DROPS likely'],
  ],
  [
    'the control connection is lost at both',
    {
      ...without(GOOD, 'ports'),
      epsv: { ...passive('EPSV', 'timeout'), outcome: 'control-lost', candidates: [] },
      pasv: { ...passive('PASV', 'timeout'), outcome: 'control-lost', candidates: [] },
    },
    ['error ALG_DROPS likely'],
  ],
  [
    'a helper corrects PASV and opens ports in the clear, and is blind under TLS',
    {
      ...GOOD,
      'other-way': other({
        epsv: passive('EPSV', 'timeout', underTls),
        pasv: passive('PASV', 'timeout', { told: '10.0.0.5', ...underTls }),
      }),
    },
    ['warning NAT_HELPER_NEEDED certain'],
  ],
  [
    'the same, asked for under TLS',
    {
      ...SHUT,
      epsv: passive('EPSV', 'timeout', underTls),
      pasv: passive('PASV', 'timeout', { told: '10.0.0.5', ...underTls }),
      'other-way': { channel: 'clear', login: 'ok', epsv: passive('EPSV'), pasv: passive('PASV') },
    },
    [
      'error NAT_HELPER_NEEDED certain',
      'error PASSIVE_RANGE_CLOSED likely',
      'warning SERVER_ADVERTISES_PRIVATE certain',
    ],
    { tls: 'explicit' },
  ],
  [
    'the same under TLS without a comparison',
    {
      ...SHUT,
      epsv: passive('EPSV', 'timeout', underTls),
      pasv: passive('PASV', 'timeout', { told: '10.0.0.5', ...underTls }),
    },
    [
      'error PASSIVE_RANGE_CLOSED likely',
      'warning SERVER_ADVERTISES_PRIVATE certain',
      'note NAT_HELPER_NEEDED possible',
    ],
    { tls: 'explicit' },
  ],
  [
    'a firewall without NAT opens the ports that it reads of',
    {
      ...GOOD,
      'other-way': other({
        epsv: passive('EPSV', 'timeout', underTls),
        pasv: passive('PASV', 'timeout', underTls),
      }),
    },
    ['warning NAT_HELPER_NEEDED certain'],
  ],
  [
    'PASV is corrected on its way, and TLS was not compared',
    {
      ...GOOD,
      'probe-pasv': {
        channel: 'clear',
        sent: '227 Entering (10,0,0,5,195,80).',
        received: '227 Entering (192,175,48,1,195,80).',
      },
    },
    ['warning NAT_HELPER_NEEDED likely'],
  ],
  [
    'connections are accepted and the server saw none',
    {
      ...without(GOOD, 'pasv'),
      epsv: passive('EPSV', 'connected', {
        outcome: 'not-moved',
        transfer: moved({ outcome: 'refused', code: 425, reply: '425 Nobody came', bytes: 0 }),
        server: NOBODY,
      }),
      pasv: passive('PASV', 'connected', { outcome: 'not-moved', server: NOBODY }),
    },
    ['error ANSWERED_BY_PROXY certain'],
  ],
  [
    'the folder may not be read',
    {
      ...without(GOOD, 'pasv'),
      epsv: passive('EPSV', 'connected', {
        outcome: 'not-moved',
        transfer: moved({ outcome: 'refused', code: 550, reply: '550 Permission denied', bytes: 0 }),
      }),
    },
    ['error LISTING_REFUSED certain'],
  ],
  [
    'a listing stalls after its first bytes',
    {
      ...without(GOOD, 'pasv'),
      epsv: passive('EPSV', 'connected', {
        outcome: 'not-moved',
        transfer: moved({ outcome: 'stalled', bytes: 1_200 }),
      }),
    },
    ['error MTU_BLACKHOLE possible'],
  ],
]

for (const [what, evidence, expected, options] of cases) {
  test(`when ${what}: ${expected.join(', ')}`, () => {
    assert.deepEqual(judged(evidence, options), expected)
  })
}

test('the ports that were seen are quoted, and where the rule of the firewall ends', () => {
  const half = { ...GOOD, ports: ports({ 50002: 'connected', 50011: 'timeout', 50013: 'timeout' }) }
  const [first] = judge(factsOf(half))
  assert.match(first?.text ?? '', /Open: 50001 and 50002\. Closed: 50011 and 50013/)
  assert.match(first?.text ?? '', /up to 50002 is open and everything from 50011 on is closed/)
  const [closed] = judge(factsOf(SHUT))
  assert.match(closed?.text ?? '', /None of 6 passive ports .* \(50001 to 50009\)/)
  assert.match(closed?.fixes.client ?? '', /--mode active/, 'active mode has worked')
})

test('that nothing was found is said, and never that all is well', () => {
  const begun = without(GOOD, 'epsv', 'pasv', 'ports', 'eprt', 'port')
  assert.deepEqual(judged(begun), ['error NO_WAY_FOUND certain'])
  assert.deepEqual(judged({}), ['error NO_WAY_FOUND certain'])
  assert.deepEqual(judged({ ...begun, port: active('PORT') }), ['error NO_WAY_FOUND certain'])
})

test('documentation addresses and others of no use are not taken for private ones', () => {
  const found = judged({ ...GOOD, pasv: passive('PASV', 'connected', { told: '192.0.2.99' }) })
  assert.equal(found[0], 'warning WRONG_EXTERNAL_ADDRESS likely')
})
