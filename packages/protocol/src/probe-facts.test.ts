import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { normaliseAddress } from './address.ts'
import {
  decodeProbeAddress,
  decodeProbeEndpoint,
  decodeProbePort,
  encodeProbeAddress,
  encodeProbeEndpoint,
  encodeProbePort,
  endpointFacts,
  formatProbeFacts,
  parseProbeFacts,
  type Rewritten,
  takeEndpoint,
} from './probe-facts.ts'

const addresses = [
  ['192.0.2.1', 'bjc-a-c-b'],
  ['0.0.0.0', 'a-a-a-a'],
  ['2001:db8::9af', 'caab_nli__jkp'],
  ['::', '__'],
] as const

for (const [address, encoded] of addresses) {
  test(`${address} is ${encoded}`, () => {
    assert.equal(encodeProbeAddress(address), encoded)
    assert.equal(decodeProbeAddress(encoded), address)
  })
}

test('an address is written in its one form, without its zone', () => {
  assert.equal(encodeProbeAddress('::ffff:192.0.2.1'), 'bjc-a-c-b')
  assert.equal(encodeProbeAddress('2001:DB8:0::1'), encodeProbeAddress('2001:db8::1'))
  assert.equal(encodeProbeAddress('fe80::1%eth0'), encodeProbeAddress('fe80::1'))
})

for (const text of [
  '',
  'bjc-a-c',
  'bjc-a-c-b-b',
  'cfg-a-a-a',
  '192.0.2.1',
  'BJC-A-C-B',
  'bjc-a-c-b ',
  '___',
  'q',
  'a-'.repeat(10_000),
]) {
  test(`${JSON.stringify(text.slice(0, 20))} is refused as an encoded address`, () => {
    assert.throws(() => decodeProbeAddress(text), { code: 'PROTOCOL_BAD_ADDRESS' })
  })
}

test('a port is letters too, and only what is a port is read', () => {
  assert.equal(encodeProbePort(50123), 'fabcd')
  assert.equal(decodeProbePort('fabcd'), 50123)
  for (const text of ['', 'a', 'aa', 'gffdg', 'fffff-', '21', 'aaaaab', 'k']) {
    assert.equal(decodeProbePort(text), undefined, text)
  }
})

const endpoints = fc
  .tuple(fc.oneof(fc.ipV4(), fc.ipV6()).map(normaliseAddress), fc.integer({ min: 1, max: 65_535 }))
  .map(([address, port]) => ({ address, port }))

test('every endpoint is read as it was written, and has nothing that looks like an address', () => {
  fc.assert(
    fc.property(endpoints, endpoint => {
      const text = encodeProbeEndpoint(endpoint)
      assert.match(text, /^[a-p_-]+$/)
      assert.deepEqual(decodeProbeEndpoint(text), endpoint)
    }),
  )
})

for (const text of ['', 'fabcd', 'bjc-a-c-b', 'bjc-a-c-b_', 'bjc-a-c-b_a', '_cb', 'bjc-a-c-b:cb']) {
  test(`${JSON.stringify(text)} is refused as an encoded endpoint`, () => {
    assert.throws(() => decodeProbeEndpoint(text), { code: 'PROTOCOL_BAD_ADDRESS' })
  })
}

test('a readable form that was changed on the way is told, and the encoded one believed', () => {
  const line = formatProbeFacts(endpointFacts('seen', { address: '10.0.0.5', port: 4711 }), 'Words.')
  assert.equal(line, 'seen=ba-a-a-f_ehbb;seen-text=10.0.0.5:4711; Words.')
  const cases: [string, Rewritten[]][] = [
    [line, []],
    [
      line.replace('10.0.0.5', '192.0.2.1'),
      [{ fact: 'seen', sent: '10.0.0.5:4711', received: '192.0.2.1:4711' }],
    ],
    [line.replace(/seen-text=[^;]*;/, ''), [{ fact: 'seen', sent: '10.0.0.5:4711', received: '' }]],
  ]
  for (const [received, expected] of cases) {
    const rewritten: Rewritten[] = []
    const { facts, words } = parseProbeFacts(received)
    assert.deepEqual(takeEndpoint(facts, 'seen', rewritten), { address: '10.0.0.5', port: 4711 })
    assert.deepEqual(rewritten, expected)
    assert.equal(words, 'Words.')
  }
})

test('a zone is left out of both forms, so that it is no change', () => {
  const rewritten: Rewritten[] = []
  const line = formatProbeFacts(endpointFacts('seen', { address: 'fe80::1%eth0', port: 21 }), '')
  assert.deepEqual(takeEndpoint(parseProbeFacts(line).facts, 'seen', rewritten), {
    address: 'fe80::1',
    port: 21,
  })
  assert.deepEqual(rewritten, [])
})

test('any line at all is facts or the one typed error', () => {
  const pieces = fc.constantFrom('a=', ';', ' ', 'b', '=', 'seen=ba-a-a-f_ehbb;', '\n', 'ü', 'A', '-')
  fc.assert(
    fc.property(
      fc.array(pieces).map(chosen => chosen.join('')),
      line => {
        try {
          assert.ok(parseProbeFacts(line).facts.size > 0)
        } catch (error) {
          assert.equal(error instanceof Error && 'code' in error && error.code, 'PROTOCOL_BAD_REPLY')
        }
      },
    ),
  )
})
