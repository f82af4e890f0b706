import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ActiveEndpointAsk, checkActiveEndpoint } from './bounce.ts'
import { TrustedNetworks } from './trusted-networks.ts'

const ask = (address: string, port: number, more: Partial<ActiveEndpointAsk> = {}) =>
  checkActiveEndpoint({ endpoint: { address, port }, controlPeer: '192.0.2.1', ...more })

test('the client itself is dialled, on any port from 1024', () => {
  ask('192.0.2.1', 1024)
  ask('192.0.2.1', 65_535)
  ask('192.0.2.1', 5000, { controlPeer: '::ffff:192.0.2.1' })
  ask('2001:DB8:0::1', 5000, { controlPeer: '2001:db8::1' })
})

for (const address of ['192.0.2.2', '127.0.0.1', '0.0.0.0', '2001:db8::1']) {
  test(`${address} is not dialled for 192.0.2.1`, () => {
    assert.throws(() => ask(address, 5000), {
      code: 'CHANNEL_BOUNCE',
      message: /does not dial .*only to 192\.0\.2\.1.*use passive mode/,
    })
  })
}

for (const port of [1, 21, 25, 1023]) {
  test(`port ${port} is not dialled`, () => {
    assert.throws(() => ask('192.0.2.1', port), { code: 'CHANNEL_BOUNCE', message: /ports under 1024/ })
    ask('192.0.2.1', port, { allowLowPorts: true })
  })
}

test('another server is dialled where that is allowed, and its low ports are not', () => {
  const allowForeign = new TrustedNetworks(['198.51.100.0/24'])
  ask('198.51.100.7', 5000, { allowForeign })
  assert.throws(() => ask('198.51.101.7', 5000, { allowForeign }), { code: 'CHANNEL_BOUNCE' })
  assert.throws(() => ask('198.51.100.7', 25, { allowForeign }), { code: 'CHANNEL_BOUNCE' })
})
