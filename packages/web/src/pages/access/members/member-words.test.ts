import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MemberView } from '@portolan/console/contract'
import { certificateTone, cpuText, healthOf, loadOf } from './member-words.ts'

type Connection = MemberView['connections'][number]

const connection = (change: Partial<Connection>): Connection => ({
  edge: 'e1',
  address: '192.0.2.1:40000',
  privateAddress: '10.0.0.4:40000',
  since: 0,
  streams: 0,
  bytesPerSecond: 0,
  cpu: 0,
  residentBytes: 0,
  health: [],
  ...change,
})

test('load is the sum over edges, and what the one process tells of itself', () => {
  const connections = [
    connection({ streams: 3, bytesPerSecond: 1_000, cpu: 0.5, residentBytes: 80 }),
    connection({ edge: 'e2', streams: 4, bytesPerSecond: 500, cpu: 0.4, residentBytes: 90 }),
  ]
  assert.deepEqual(loadOf({ connections }), {
    streams: 7,
    bytesPerSecond: 1_500,
    cpu: 0.5,
    residentBytes: 90,
  })
  assert.deepEqual(loadOf({ connections: [] }), {
    streams: 0,
    bytesPerSecond: 0,
    cpu: undefined,
    residentBytes: undefined,
  })
})

test('processor time is told as a share of a core', () => {
  for (const [cpu, text] of [
    [0, '0 %'],
    [0.0123, '1.2 %'],
    [0.5, '50 %'],
    [1.26, '126 %'],
  ] as const)
    assert.equal(cpuText(cpu), text)
})

test('a certificate that should have been renewed is seen before it ends', () => {
  const day = 86_400_000
  for (const [kind, expiresAt, tone] of [
    ['edge', 0, 'bad'],
    ['connector', 1 + day, 'warn'],
    ['edge', 10 * day, undefined],
    ['agent', 1 + day, undefined],
    ['agent', 1, 'bad'],
  ] as const)
    assert.equal(certificateTone({ kind, certificate: { serial: 'a', expiresAt } }, 1), tone)
})

test('of a server that several edges tell of, the latest report counts, and those that are down come first', () => {
  const report = (host: string, state: 'up' | 'down', at: number) => ({
    segment: 's',
    host,
    port: 21,
    state,
    at,
  })
  const connections = [
    connection({ health: [report('a', 'down', 1), report('b', 'up', 5)] }),
    connection({ edge: 'e2', health: [report('a', 'up', 2), report('c', 'down', 3)] }),
  ]
  assert.deepEqual(
    healthOf({ connections }).map(({ host, state }) => `${host} ${state}`),
    ['c down', 'a up', 'b up'],
  )
})
