import assert from 'node:assert/strict'
import { BlockList, isIP } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { addressFamily, isAddress, normaliseAddress } from './address.ts'

// RFC 5952 section 4.
const normal: { from: string; to: string }[] = [
  { from: '192.0.2.1', to: '192.0.2.1' },
  { from: '2001:0DB8:0:0:0:0:0:1', to: '2001:db8::1' },
  { from: '2001:db8:0:1:1:1:1:1', to: '2001:db8:0:1:1:1:1:1' },
  { from: '2001:0:0:1:0:0:0:1', to: '2001:0:0:1::1' },
  { from: '2001:db8:0:0:1:0:0:1', to: '2001:db8::1:0:0:1' },
  { from: '0:0:0:0:0:0:0:0', to: '::' },
  { from: '::1', to: '::1' },
  { from: '1::', to: '1::' },
  { from: '::ffff:192.0.2.1', to: '192.0.2.1' },
  { from: '0:0:0:0:0:FFFF:c000:0201', to: '192.0.2.1' },
  { from: '64:ff9b::192.0.2.1', to: '64:ff9b::c000:201' },
  { from: '::192.0.2.1', to: '::c000:201' },
  { from: 'FE80:0::1%eth0', to: 'fe80::1%eth0' },
]

for (const { from, to } of normal) {
  test(`normaliseAddress: ${from}`, () => assert.equal(normaliseAddress(from), to))
}

const none = [
  '',
  ' ',
  'localhost',
  '1.2.3',
  '1.2.3.4.5',
  '01.2.3.4',
  '256.1.1.1',
  '1.2.3.-4',
  '1.2.3.4 ',
  ':',
  ':::',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1::2::3',
  '1:2:3:4:5:6:7::8',
  '12345::',
  'g::',
  '::1.2.3',
  '1.2.3.4::',
  '::1.2.3.4:1',
  '[::1]',
  '::1/64',
  '٣.2.3.4',
]

for (const text of none) {
  test(`${JSON.stringify(text)} is no address`, () => {
    assert.equal(isAddress(text), false)
    assert.throws(() => normaliseAddress(text), { code: 'PROTOCOL_BAD_ADDRESS' })
  })
}

test('nothing and an address with a zone are no addresses to tell anybody', () => {
  assert.equal(isAddress(undefined), false)
  assert.equal(isAddress('fe80::1%eth0'), false)
})

test('what an address is, is what the system says', () => {
  const piece = fc.constantFrom(
    '::',
    ':',
    '.',
    '0',
    '1',
    'ffff',
    'FFFF',
    '255',
    '256',
    '01',
    '10',
    '192.0.2.1',
    'g',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece, { maxLength: 16 }).map(pieces => pieces.join('')),
        fc.ipV6(),
        fc.ipV4(),
      ),
      text => {
        assert.equal(isAddress(text), isIP(text) !== 0)
      },
    ),
    { numRuns: 2000 },
  )
})

test('an address and its normal form are the same host, and normalising again changes nothing', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.ipV6(),
        fc.ipV4().map(ipv4 => `::ffff:${ipv4}`),
        fc.ipV4(),
      ),
      address => {
        const normalised = normaliseAddress(address)
        const list = new BlockList()
        list.addAddress(normalised, addressFamily(normalised) === 4 ? 'ipv4' : 'ipv6')
        assert.ok(list.check(address, addressFamily(address) === 4 ? 'ipv4' : 'ipv6'))
        assert.equal(normaliseAddress(normalised), normalised)
        assert.equal(normalised, normalised.toLowerCase())
      },
    ),
    { numRuns: 500 },
  )
})
