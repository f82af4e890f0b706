import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TrustedNetworks } from './trusted-networks.ts'

const cases: readonly (readonly [string, string, boolean])[] = [
  ['192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1', '192.0.2.2', false],
  ['10.0.0.0/8', '10.255.255.255', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['::ffff:10.0.0.0/104', '10.1.2.3', true],
  ['::ffff:192.0.2.1', '192.0.2.1', true],
  ['2001:db8::/32', '2001:db8:ffff::1', true],
  ['2001:db8::/32', '2001:DB8:0:0:0:0:0:1', true],
  ['2001:db8::/32', '2001:db9::1', false],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['::/0', '203.0.113.9', false],
  ['::1', '::1', true],
  [' 127.0.0.0/8 ', '127.3.2.1', true],
  ['10.0.0.0/8', 'localhost', false],
  ['10.0.0.0/8', '', false],
]
for (const [network, address, inside] of cases) {
  test(`"${address}" is ${inside ? '' : 'not '}in ${network}`, () => {
    assert.equal(new TrustedNetworks([network]).has(address), inside)
  })
}

for (const network of [
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  '10.0.0',
  'example.com',
  '',
  '::/129',
  '10.0.0.0/',
  'fe80::1%eth0',
  '10.0.0.0/08x',
]) {
  test(`"${network}" is refused by name`, () => {
    assert.throws(() => new TrustedNetworks(['192.0.2.0/24', network]), {
      code: 'CHANNEL_SETTING',
      message: new RegExp(`^"${network.replaceAll(/[.]/g, '\\.')}" is neither`),
    })
  })
}

test('nobody is in an empty set', () => {
  assert.equal(new TrustedNetworks([]).has('127.0.0.1'), false)
})
