import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LiveEdge } from '@portolan/gateway'
import { Registry } from 'prom-client'
import { streamReport } from '../routes/gateway/testing-access.ts'
import { accessFigures } from './access-figures.ts'

const line = async (registry: Registry, name: string) =>
  (await registry.metrics())
    .split('\n')
    .filter(one => one.startsWith(`portolan_access_${name}`))
    .sort()

const connector = {
  id: 'c1',
  address: '',
  privateAddress: '',
  since: 0,
  version: '',
  streams: 0,
  bytesPerSecond: 0,
  cpu: 0,
  residentBytes: 0,
  health: [],
}
const agent = {
  id: 'a1',
  user: 'alice',
  device: '',
  address: '',
  privateAddress: '',
  since: 0,
  version: '',
  platform: '',
  streams: 1,
  signInExpiresAt: 0,
}
const edge = (name: string, change: Partial<LiveEdge> = {}): LiveEdge => ({
  ...{ id: name, name, address: '', since: 0, version: '', bytesPerSecond: 0, cpu: 0, residentBytes: 0 },
  streams: 3,
  refusedLinks: 7,
  connectors: [connector],
  agents: [agent],
  ...change,
})

test('what is connected is counted once, though it is connected to several edges', async () => {
  const registry = new Registry()
  const figures = accessFigures(registry)
  figures.update([edge('e1'), edge('e2', { streams: 0 })])
  assert.deepEqual(await line(registry, 'edges'), ['portolan_access_edges 2'])
  assert.deepEqual(await line(registry, 'connectors'), ['portolan_access_connectors 1'])
  assert.deepEqual(await line(registry, 'agents'), ['portolan_access_agents 1'])
  assert.deepEqual(await line(registry, 'streams{'), [
    'portolan_access_streams{edge="e1"} 3',
    'portolan_access_streams{edge="e2"} 0',
  ])
  figures.update([])
  assert.deepEqual(await line(registry, 'edges'), ['portolan_access_edges 0'])
  assert.deepEqual(await line(registry, 'refused_links'), [], 'an edge that has gone has no figure')
})

test('streams are counted by their end, once, and so are their bytes', async () => {
  const registry = new Registry()
  const figures = accessFigures(registry)
  const ended = streamReport({ ConnectionStatus: 'close', InternalReason: 'AGT_FINISHED' })
  const refused = streamReport({
    ConnectionID: 'x',
    ConnectionStatus: 'refused',
    InternalReason: 'POL_DENIED',
    ZENTotalBytesRxClient: 0,
    ZENTotalBytesTxClient: 0,
  })
  figures.count({ type: 'streams', streams: [streamReport(), ended] })
  figures.count({ type: 'streams', streams: [ended, refused] })
  assert.deepEqual(await line(registry, 'streams_ended_total'), [
    'portolan_access_streams_ended_total{code="AGT_FINISHED"} 1',
    'portolan_access_streams_ended_total{code="POL_DENIED"} 1',
  ])
  assert.deepEqual(await line(registry, 'bytes_total'), [
    'portolan_access_bytes_total{direction="to-client"} 300',
    'portolan_access_bytes_total{direction="to-server"} 100',
  ])
  figures.count({ type: 'sign-in-refused', who: 'alice', address: '', text: '' })
  assert.deepEqual(await line(registry, 'members_total'), [
    'portolan_access_members_total{what="sign-in",outcome="refused"} 1',
  ])
})
