import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { connect } from 'node:tls'
import { readProxyHeader } from './proxy-header.ts'
import { SERVER_CERTIFICATE } from './test-certificates.ts'
import { loopback } from './testing.ts'
import { SessionTls } from './tls.ts'

const HEADER = 'PROXY TCP4 192.0.2.1 198.51.100.1 56324 21\r\n'
const signal = new AbortController().signal

test('what follows the header is left in the socket, which is paused', async () => {
  await using pair = await loopback()
  pair.client.write(`${HEADER}USER x\r\n`)
  assert.deepEqual(await readProxyHeader(pair.server, { signal }), {
    source: { address: '192.0.2.1', port: 56_324 },
    destination: { address: '198.51.100.1', port: 21 },
  })
  assert.equal(pair.server.isPaused(), true)
  pair.client.write('PASS y\r\n')
  let text = ''
  pair.server.on('data', chunk => {
    text += chunk
  })
  pair.server.resume()
  while (text !== 'USER x\r\nPASS y\r\n') await once(pair.server, 'data')
})

test('a header that comes in pieces is read', async () => {
  await using pair = await loopback({ noDelay: true })
  const read = readProxyHeader(pair.server, { signal })
  for (const piece of ['PRO', 'XY TCP4 192.0.2.1 198.51.', '100.1 56324 21\r', '\nUSER']) {
    pair.client.write(piece)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  assert.ok('source' in (await read))
  const rest: unknown = pair.server.read()
  assert.equal(String(rest), 'USER')
})

test('TLS that follows the header at once succeeds', async () => {
  await using pair = await loopback()
  pair.client.write(HEADER)
  const tls = connect({ socket: pair.client, rejectUnauthorized: false })
  tls.on('error', () => {})
  await new Promise(resolve => setTimeout(resolve, 20))
  await readProxyHeader(pair.server, { signal })
  assert.ok(pair.server.readableLength > 0, 'the ClientHello was to be read with the header')
  const session = new SessionTls({ contextOptions: SERVER_CERTIFICATE })
  await session.wrapControl(pair.server, AbortSignal.timeout(5000))
  assert.ok(tls.getProtocol())
})

const failures: readonly {
  name: string
  act: (client: import('node:net').Socket) => void
  message: RegExp
}[] = [
  { name: 'no header', act: client => client.write('USER x\r\n'), message: /does not begin with/ },
  { name: 'an end before the header', act: client => client.end(), message: /ended before/ },
  { name: 'an end within the header', act: client => client.end('PROXY TCP4'), message: /ended before/ },
  { name: 'a reset', act: client => client.resetAndDestroy(), message: /broke before|ended before/ },
  { name: 'silence', act: () => {}, message: /no complete header within 0\.05 seconds/ },
]
for (const { name, act, message } of failures) {
  test(`${name} is refused, and the socket is left to the caller`, async () => {
    await using pair = await loopback()
    const read = readProxyHeader(pair.server, { signal, timeoutMs: name === 'silence' ? 50 : 5000 })
    act(pair.client)
    await assert.rejects(read, { code: 'CHANNEL_PROXY_HEADER', message })
  })
}

test('the signal ends the wait', async () => {
  await using pair = await loopback()
  const abort = new AbortController()
  const read = readProxyHeader(pair.server, { signal: abort.signal })
  abort.abort()
  await assert.rejects(read, { code: 'CHANNEL_ABORTED' })
})

test('no listener is left behind on the socket', async () => {
  await using pair = await loopback()
  const events = ['readable', 'end', 'error', 'close'] as const
  const before = events.map(event => pair.server.listenerCount(event))
  pair.client.write(HEADER)
  await readProxyHeader(pair.server, { signal })
  assert.deepEqual(
    events.map(event => pair.server.listenerCount(event)),
    before,
  )
})
