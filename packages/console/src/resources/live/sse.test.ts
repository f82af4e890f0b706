import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { EventStream, frameOf } from './sse.ts'

test('an event is one line of data, with an id of its own', () => {
  const [first, second] = [frameOf('sample', { text: 'a\nb\r\n\u2028' }), frameOf('sample', {})]
  assert.match(first, /^id: \d+\nevent: sample\ndata: [^\r\n]+\n\n$/)
  const idOf = (frame: string) => Number(/^id: (\d+)/.exec(frame)?.[1])
  assert.equal(idOf(second), idOf(first) + 1)
})

test('a client that does not read is dropped, and what waits for it has a bound', async () => {
  const frame = frameOf('sessions', { all: 'x'.repeat(100_000) })
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const client = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1')
  client.pause()
  client.on('error', () => {})
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  const [, response] = await once(server, 'request')
  const events = new EventStream(response)
  let most = 0
  for (let sent = 0; sent < 2_000 && !response.destroyed; sent++) {
    events.send(frame)
    most = Math.max(most, response.writableLength)
    if (sent % 10 === 0) await new Promise(resolve => setImmediate(resolve))
  }
  assert.ok(response.destroyed)
  assert.ok(most <= 1024 * 1024)
  // To a client that is gone nothing more is sent, and nothing is thrown.
  events.send(frame)
  events.end()
  client.destroy()
  server.close()
})
