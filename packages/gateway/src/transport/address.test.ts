import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatAddress, parseAddress, plainAddress } from './address.ts'

describe('an address of a part', () => {
  it('is read and written the same way', () => {
    for (const text of ['example.com:8443', '192.0.2.1:1', '[2001:db8::1]:65535'])
      assert.equal(formatAddress(parseAddress(text)), text)
  })

  for (const text of [
    '',
    'x',
    'x:0',
    'x:65536',
    ':1',
    '2001:db8::1:443',
    '[x]:1',
    '[1.2.3.4]:1',
    'a b:1',
    'x:1/',
  ])
    it(`is refused when it is ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseAddress(text), { code: 'GATEWAY_INVALID', message: /HOST:PORT/ })
    })

  it('is plain IPv4 when it came so to an IPv6 socket', () => {
    assert.equal(plainAddress('::ffff:192.0.2.1'), '192.0.2.1')
    assert.equal(plainAddress('::1'), '::1')
    assert.equal(plainAddress(undefined), '')
  })
})
