import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type TestContext, test } from 'node:test'
import { callWebhook, signatureOf } from './webhook.ts'

interface Received {
  readonly request: IncomingMessage
  readonly body: string
}

/** A receiver that answers with these codes in turn; 0: never. */
async function makeReceiver(t: TestContext, ...codes: readonly number[]) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      const code = codes[received.length] ?? 200
      received.push({ request, body })
      if (code !== 0) response.writeHead(code, code === 302 ? { location: '/elsewhere' } : {}).end('thanks')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { received, url: `http://127.0.0.1:${port}/hook/secret` }
}

const call = (url: string, fields: { key?: string; timeoutMs?: number } = {}) =>
  callWebhook({
    url,
    body: { event: 'run-ended' },
    id: 'run-1',
    now: 1_700_000_000_999,
    signal: new AbortController().signal,
    key: fields.key,
    timeoutMs: fields.timeoutMs ?? 5_000,
  })

test('a webhook is signed over its time and its body', async t => {
  const { received, url } = await makeReceiver(t)
  await call(url, { key: 'k' })
  const [first] = received
  assert.equal(first?.body, '{"event":"run-ended"}')
  assert.equal(first?.request.headers['x-portolan-id'], 'run-1')
  const hash = createHmac('sha256', 'k').update(`1700000000.${first?.body}`).digest('hex')
  assert.equal(first?.request.headers['x-portolan-signature'], `t=1700000000,v1=${hash}`)
  assert.equal(signatureOf(first?.body ?? '', 'k', 1_700_000_000_999), `t=1700000000,v1=${hash}`)
})

test('without a key there is no signature', async t => {
  const { received, url } = await makeReceiver(t)
  await call(url)
  assert.equal(received[0]?.request.headers['x-portolan-signature'], undefined)
})

for (const [code, transient] of [
  [500, true],
  [503, true],
  [429, true],
  [400, false],
  [404, false],
  [302, false],
] as const)
  test(`${code} is a failure that ${transient ? 'passes' : 'stays'}, and no path is told`, async t => {
    const { url } = await makeReceiver(t, code)
    await assert.rejects(call(url), (error: Error & { code?: string; transient?: boolean }) => {
      assert.deepEqual([error.code, error.transient], ['RUN_WEBHOOK', transient])
      assert.doesNotMatch(error.message, /secret/)
      return true
    })
  })

test('a receiver that is silent is not waited for', async t => {
  const { url } = await makeReceiver(t, 0)
  await assert.rejects(call(url, { timeoutMs: 200 }), { code: 'RUN_WEBHOOK', transient: true })
})
