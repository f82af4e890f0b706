import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import type { ServerFigures } from '@portolan/server'
import { createMetrics, serveMetrics } from './metrics.ts'

const FIGURES: ServerFigures = {
  sessions: 3,
  transfers: 2,
  sent: 0,
  received: 0,
  passive: { listening: 10, reserved: 4, waiting: 1, refused: 5, strangers: 6 },
  workers: [],
}
const read = async () => FIGURES

const transfer = {
  type: 'transfer-ended',
  session: '1-1',
  address: '::1',
  command: 'RETR',
  path: '/a',
  direction: 'download',
  mode: 'passive',
  local: 'a:1',
  remote: 'b:2',
  because: { code: 'x', text: 'y' },
  bytes: 1_000,
  ms: 250,
  verdict: 'complete',
  reply: 226,
} as const

test('figures of the moment are read at every scrape', async () => {
  let sessions = 1
  const metrics = createMetrics(async () => ({ ...FIGURES, sessions: sessions++ }))
  assert.match(await metrics.text(), /^portolan_sessions 1$/m)
  const text = await metrics.text()
  assert.match(text, /^portolan_sessions 2$/m)
  assert.match(text, /^portolan_passive_ports{state="reserved"} 4$/m)
  assert.match(text, /^portolan_passive_strangers 6$/m)
})

test('events are counted', async () => {
  const metrics = createMetrics(read)
  metrics.count(transfer)
  metrics.count({ ...transfer, verdict: 'broken', bytes: 24 })
  metrics.count({ type: 'refused', address: '::1', listener: 'public', code: 'sessions', text: 'full' })
  const text = await metrics.text()
  assert.match(text, /^portolan_transfers_total{direction="download",mode="passive",verdict="complete"} 1$/m)
  assert.match(text, /^portolan_transfers_total{direction="download",mode="passive",verdict="broken"} 1$/m)
  assert.match(text, /^portolan_transfer_bytes_total{direction="download"} 1024$/m)
  assert.match(text, /^portolan_transfer_seconds_bucket{le="0.5",direction="download"} 2$/m)
  assert.match(text, /^portolan_connections_refused_total{listener="public",code="sessions"} 1$/m)
})

test('two servers in one process have figures of their own', async () => {
  const [one, other] = [createMetrics(read), createMetrics(read)]
  one.count(transfer)
  assert.match(await one.text(), /portolan_transfers_total{.*} 1/)
  assert.doesNotMatch(await other.text(), /portolan_transfers_total{.*} 1/)
})

test('figures are under /metrics by HTTP, and nothing else is', async () => {
  await using server = await serveMetrics(createMetrics(read), { host: '127.0.0.1', port: 0 })
  const answer = await fetch(server.url)
  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  assert.match(await answer.text(), /^portolan_transfers 2$/m)
  assert.equal((await fetch(new URL('/', server.url))).status, 404)
  assert.equal((await fetch(server.url, { method: 'POST' })).status, 405)
})

test('a server that cannot tell its figures any more is no internal error', async () => {
  const metrics = createMetrics(() => Promise.reject(new Error('closed')))
  await using server = await serveMetrics(metrics, { host: '127.0.0.1', port: 0 })
  assert.equal((await fetch(server.url)).status, 503)
})

test('a port that is taken is told in one sentence', async () => {
  const taken = createServer()
  await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
  const address = taken.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  try {
    await assert.rejects(serveMetrics(createMetrics(read), { host: '127.0.0.1', port }), {
      name: 'NodeError',
      message: `metrics cannot listen on 127.0.0.1:${port}: another program listens there already`,
    })
  } finally {
    taken.close()
  }
})
