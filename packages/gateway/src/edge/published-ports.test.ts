import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { publication } from '../model/index.ts'
import { advertised, publishedPorts } from './published-ports.ts'
import { testConfig } from './testing-config.ts'

const made = (change: object = {}) =>
  publication.parse({
    name: 'dmz',
    host: '192.0.2.1',
    listeners: [
      { port: 21, serverPort: 2121 },
      { port: 990, serverPort: 2990 },
    ],
    passive: { basePort: 50_000, numberOfPorts: 3, serverBasePort: 30_000 },
    server: '10.0.0.5',
    serverGroup: 'servers',
    ...change,
  })
const portsOf = (publications: ReturnType<typeof made>[], edge = 'Edge One') => {
  const { ports, taken } = publishedPorts(testConfig({ publications }), edge)
  return { ports: [...ports.values()].map(({ port, role, serverPort }) => [port, role, serverPort]), taken }
}

test('an edge listens on the control ports, and on as many passive ports as the server has', () => {
  assert.deepEqual(portsOf([made()]).ports, [
    [21, 'control', 2121],
    [990, 'control', 2990],
    [50_000, 'data', 30_000],
    [50_001, 'data', 30_001],
    [50_002, 'data', 30_002],
  ])
})

const ABSENT: readonly [string, object][] = [
  ['is disabled', { enabled: false }],
  ['is for other edges', { edges: ['Edge Two'] }],
]
for (const [title, change] of ABSENT) {
  test(`a publication that ${title} has no ports`, () => assert.deepEqual(portsOf([made(change)]).ports, []))
}

test('of two publications that want a port the first has it', () => {
  const other = made({ name: 'other', listeners: [{ port: 50_001, serverPort: 9 }] })
  const { ports, taken } = portsOf([made(), other])
  assert.equal(ports.length, 5)
  assert.deepEqual(
    taken.map(({ publication: { name }, port }) => [name, port]),
    [
      ['other', 50_001],
      ['other', 50_000],
      ['other', 50_001],
      ['other', 50_002],
    ],
  )
})

const RULES = [
  { clients: '198.51.100.0/24', address: '203.0.113.9', enabled: false },
  { clients: '198.51.100.0/24', address: '203.0.113.1', enabled: true },
  { clients: '2001:db8::/32', address: '2001:db8::1', enabled: true },
  { clients: '10.0.0.0/8', address: 'control', enabled: true },
]
const ADDRESSES: readonly [string, string][] = [
  ['198.51.100.77', '203.0.113.1'],
  ['2001:db8:5::9', '2001:db8::1'],
  ['10.1.2.3', '192.0.2.1'],
  ['192.0.2.200', '192.0.2.1'],
]
for (const [client, address] of ADDRESSES) {
  test(`a client at ${client} is told ${address}`, () => {
    assert.equal(advertised(made({ addressRules: RULES }), client, '192.0.2.1'), address)
  })
}

test('each passive port leads to the server’s port that is told to clients as that one', () => {
  const range = fc.record({
    basePort: fc.integer({ min: 1, max: 60_000 }),
    numberOfPorts: fc.integer({ min: 1, max: 200 }),
    serverBasePort: fc.integer({ min: 1, max: 60_000 }),
  })
  fc.assert(
    fc.property(range, passive => {
      const { ports } = portsOf([made({ passive, listeners: [{ port: 65_000, serverPort: 21 }] })])
      for (const [port, role, serverPort] of ports) {
        if (role === 'data')
          assert.equal(Number(serverPort) + passive.basePort - passive.serverBasePort, port)
      }
      assert.equal(ports.filter(([, role]) => role === 'data').length, passive.numberOfPorts)
    }),
  )
})
