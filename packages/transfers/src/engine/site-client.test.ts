import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveOptions } from '@portolan/client'
import { type SiteInput, site, zone } from '../model/index.ts'
import { clientOptionsFor } from './site-client.ts'

const ZONE = {
  zone: zone.parse({ name: 'dmz', proxy: { kind: 'socks5', host: 'proxy', port: 1080, user: 'p' } }),
  password: 's',
}
const PORTS = { basePort: 10_000, numberOfPorts: 24 }
const make = (fields: Partial<SiteInput>) =>
  site.parse({ name: 'partner', host: 'ftp.example.com', ...fields })

test('each protocol has its TLS and its port', () => {
  for (const [protocol, tls, port] of [
    ['ftp', 'off', 21],
    ['ftps-explicit', 'explicit', 21],
    ['ftps-implicit', 'implicit', 990],
  ] as const) {
    const resolved = resolveOptions(clientOptionsFor(make({ protocol }), {}, undefined, undefined))
    assert.deepEqual([resolved.tls, resolved.port], [tls, port])
  }
})

test('active mode listens on the active ports of the FTP Settings, and on any where there are none', () => {
  const active = make({ enableActiveMode: true, externalAddress: '192.0.2.1' })
  const options = clientOptionsFor(active, {}, undefined, PORTS)
  assert.deepEqual(
    [options.mode, options.activePorts, options.externalAddress],
    ['active', PORTS, '192.0.2.1'],
  )
  assert.equal(clientOptionsFor(active, {}, undefined, undefined).activePorts, undefined)
  assert.equal(clientOptionsFor(make({}), {}, undefined, PORTS).activePorts, undefined)
})

test('active mode through a zone is refused before anything is dialled', () => {
  assert.throws(() => clientOptionsFor(make({ enableActiveMode: true }), {}, ZONE, PORTS), {
    code: 'TRANSFER_ACTIVE_ZONE',
  })
})

test('a zone is the proxy of every connection, with its login', () => {
  assert.deepEqual(clientOptionsFor(make({}), {}, ZONE, undefined).proxy, {
    kind: 'socks5',
    host: 'proxy',
    port: 1080,
    user: 'p',
    password: 's',
  })
})

test('times of a site are seconds, those of the client milliseconds', () => {
  const { timeouts } = resolveOptions(
    clientOptionsFor(
      make({ timeouts: { connect: 3, reply: 4, idle: 5, completion: 6 } }),
      {},
      undefined,
      undefined,
    ),
  )
  const { connect, tls, dataConnect, accept, reply, dataIdle, completion } = timeouts
  assert.deepEqual(
    [connect, tls, dataConnect, accept, reply, dataIdle, completion],
    [3000, 3000, 3000, 3000, 4000, 5000, 6000],
  )
})

test('the client certificate needs its key, and authorities come beside those of the system', () => {
  const tls = { ca: 'PEM', certificate: 'CERT', pinned: 'ab' }
  const without = clientOptionsFor(make({ tls }), {}, undefined, undefined).tlsOptions
  assert.equal(without?.cert, undefined)
  const options = clientOptionsFor(make({ tls }), { key: 'KEY', password: null }, undefined, undefined)
  assert.deepEqual([options.tlsOptions?.cert, options.tlsOptions?.key], ['CERT', 'KEY'])
  assert.deepEqual(options.tlsOptions?.pins, ['ab'])
  assert.ok(Array.isArray(options.tlsOptions?.ca) && options.tlsOptions.ca.at(-1) === 'PEM')
  assert.equal(options.password, undefined)
})
