import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AddressClass, classifyAddress } from './address-class.ts'

const table: Readonly<Record<AddressClass, readonly string[]>> = {
  global: [
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '198.51.99.255',
    '203.0.114.0',
    '223.255.255.255',
    '::ffff:8.8.8.8',
    '2001:4860:4860::8888',
    '64:ff9b::808:808',
    'fbff::1',
    'fe00::1',
  ],
  private: [
    '10.0.0.0',
    '10.255.255.255',
    '172.16.0.0',
    '172.31.255.255',
    '192.168.0.0',
    '192.168.255.255',
    '::ffff:10.0.0.5',
    '::FFFF:c0a8:0101',
    'fc00::1',
    'fdff:ffff::1',
    'fec0::1',
  ],
  cgnat: ['100.64.0.0', '100.127.255.255', '::ffff:100.64.0.5'],
  'link-local': ['169.254.0.0', '169.254.255.255', 'fe80::1', 'fe80::1%eth0', 'febf::1'],
  loopback: ['127.0.0.0', '127.0.0.1', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'],
  unusable: [
    '0.0.0.0',
    '0.255.255.255',
    '192.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.7',
    '203.0.113.5',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.0',
    '252.253.254.255',
    '255.255.255.255',
    '::',
    '::c000:201',
    '::ffff:0.0.0.0',
    '100::1',
    '2001:db8::1',
    '3fff:fff::1',
    'ff02::1',
    '',
    'localhost',
    '256.1.1.1',
    '10.0.0',
    '010.0.0.1',
  ],
}

for (const [name, addresses] of Object.entries(table)) {
  for (const address of addresses) {
    test(`${JSON.stringify(address)} is ${name}`, () => assert.equal(classifyAddress(address), name))
  }
}

test('an IPv4 address and its mapped form are of one class', () => {
  fc.assert(
    fc.property(fc.ipV4(), address => {
      assert.equal(classifyAddress(`::ffff:${address}`), classifyAddress(address))
    }),
    { numRuns: 500 },
  )
})

test('every text has a class', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.ipV6()), text => {
      assert.ok(Object.hasOwn(table, classifyAddress(text)))
    }),
  )
})
