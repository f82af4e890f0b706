import assert from 'node:assert/strict'
import type { NetworkInterfaceInfo } from 'node:os'
import { test } from 'node:test'
import { reachableAddress } from './reachable-address.ts'

const rest = { netmask: '', mac: '', cidr: null }
const loopback: NetworkInterfaceInfo = { ...rest, family: 'IPv4', address: '127.0.0.1', internal: true }
const wide: NetworkInterfaceInfo = { ...rest, family: 'IPv4', address: '192.0.2.2', internal: false }
const six: NetworkInterfaceInfo = {
  ...rest,
  family: 'IPv6',
  address: '2001:db8::1',
  internal: false,
  scopeid: 0,
}

test('the address for other machines is the first of IPv4 that is not loopback', () => {
  assert.equal(
    reachableAddress(() => ({ lo: [loopback], eth0: [six, wide] })),
    '192.0.2.2',
  )
  assert.equal(
    reachableAddress(() => ({ lo: [loopback], eth0: [six] })),
    undefined,
  )
})
