import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatEndpoint } from './endpoint.ts'

test('an IPv6 endpoint is written in brackets, an IPv4 endpoint without', () => {
  assert.equal(formatEndpoint({ address: '192.0.2.1', port: 21 }), '192.0.2.1:21')
  assert.equal(formatEndpoint({ address: '2001:db8::1', port: 21 }), '[2001:db8::1]:21')
})
