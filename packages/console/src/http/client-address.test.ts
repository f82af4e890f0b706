import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientAddress } from './client-address.ts'
import { defineRoute } from './route.ts'
import { startTestApp } from './testing-app.ts'

const where = defineRoute({
  method: 'GET',
  path: '/where',
  access: 'public',
  summary: 'Where',
  tag: 'test',
  handle: async ({ request }) => ({ address: clientAddress(request) }),
})

test('who calls is the other end, or whom a trusted proxy names; nonsense names nobody', async () => {
  const settings = { console: { trustedProxies: ['192.0.2.0/24', 'fe80::/10'] } }
  await using it = await startTestApp({ routes: () => [where], settings })
  const cases: [remote: string, forwarded: string | undefined, address: string][] = [
    ['203.0.113.5', undefined, '203.0.113.5'],
    ['::ffff:203.0.113.5', undefined, '203.0.113.5'],
    ['fe80::1%eth0', undefined, 'fe80::1'],
    ['203.0.113.5', '198.51.100.1', '203.0.113.5'],
    ['192.0.2.1', '198.51.100.1', '198.51.100.1'],
    ['192.0.2.1', '198.51.100.9, 198.51.100.1', '198.51.100.1'],
    ['192.0.2.1', '198.51.100.1, 192.0.2.7', '198.51.100.1'],
    ['192.0.2.1', '127.0.0.1, 203.0.113.7', '203.0.113.7'],
    ['192.0.2.1', 'unknown', '192.0.2.1'],
    ['fe80::1%eth0', '2001:DB8::1', '2001:db8::1'],
  ]
  for (const [remoteAddress, forwarded, address] of cases) {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
    const answer = await it.app.inject({ method: 'GET', url: '/api/v1/where', remoteAddress, headers })
    assert.deepEqual(answer.json(), { address }, `${remoteAddress} ${forwarded}`)
  }
})
