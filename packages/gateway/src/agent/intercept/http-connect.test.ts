import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import type { Status } from '../../codes.ts'
import type { Ask } from '../reach.ts'
import { readBytes } from '../testing-socks.ts'
import { serveHttpConnect } from './http-connect.ts'
import { readHttpHead } from './http-wire.ts'
import { echoReach } from './testing-reach.ts'

const LIMIT = { timeout: 20_000 }

async function start(refuse?: (ask: Ask) => Status | undefined, headMs?: number) {
  const reach = echoReach(refuse)
  const server = await serveHttpConnect({
    ...{ host: '127.0.0.1', port: 0, reach: reach.reach },
    ...(headMs !== undefined && { headMs }),
  })
  return {
    asks: reach.asks,
    async say(text: string, count = 10_000): Promise<string> {
      const socket = connect({ host: '127.0.0.1', port: server.port, allowHalfOpen: true })
      socket.on('error', () => {}).write(text)
      const answer = await readBytes(socket, count)
      socket.destroy()
      return answer.toString()
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

const CONNECT = 'CONNECT 10.0.0.9:21 HTTP/1.1\r\nHost: 10.0.0.9:21\r\n\r\n'
const GOOD = 'HTTP/1.1 200 Connection established\r\n\r\n'

describe('a proxy for HTTP CONNECT', LIMIT, () => {
  it('answers 200 and passes on what follows the head', async () => {
    await using server = await start()
    assert.equal(await server.say(`${CONNECT}early`, GOOD.length + 5), `${GOOD}early`)
    assert.deepEqual(server.asks[0]?.target, { host: '10.0.0.9', port: 21 })
  })

  const refusals = [
    { code: 'POL_DENIED', line: '403 Forbidden' },
    { code: 'AGT_SIGN_IN_EXPIRED', line: '403 Forbidden' },
    { code: 'SRV_REFUSED', line: '502 Bad Gateway' },
    { code: 'EDG_NO_CONNECTOR', line: '502 Bad Gateway' },
    { code: 'SRV_TIMEOUT', line: '504 Gateway Timeout' },
  ] as const
  for (const { code, line } of refusals) {
    it(`answers ${line} with the sentence for ${code}`, async () => {
      await using server = await start(() => ({ code, text: 'It is “so”.' }))
      const answer = await server.say(CONNECT)
      assert.ok(answer.startsWith(`HTTP/1.1 ${line}\r\n`), answer)
      assert.ok(answer.includes(`\r\nX-Portolan-Status: ${code}\r\n`), answer)
      assert.ok(answer.endsWith('\r\n\r\nIt is “so”.\n'), answer)
    })
  }

  it('refuses other methods with what to do', async () => {
    await using server = await start()
    const answer = await server.say('GET ftp://10.0.0.9/ HTTP/1.1\r\n\r\n')
    assert.match(answer, /^HTTP\/1.1 405 [\s\S]*\r\nAllow: CONNECT\r\n[\s\S]*--proxytunnel/)
  })

  it('refuses a head beyond its bound, and one that does not come', async () => {
    await using server = await start(undefined, 100)
    assert.match(await server.say(`CONNECT a:1 HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`), /^HTTP\/1.1 400 /)
    assert.match(await server.say('CONNECT a:1 HTTP/1.1\r\n'), /^HTTP\/1.1 400 [\s\S]*too long/)
    assert.equal(server.asks.length, 0)
  })
})

describe('the head of a request', () => {
  const cases: readonly { head: string; target?: { host: string; port: number }; status?: number }[] = [
    { head: 'CONNECT ftp.example:21 HTTP/1.1', target: { host: 'ftp.example', port: 21 } },
    { head: 'CONNECT ftp.example:21 HTTP/1.0\r\nA: b', target: { host: 'ftp.example', port: 21 } },
    { head: 'CONNECT [2001:db8::9]:21 HTTP/1.1', target: { host: '2001:db8::9', port: 21 } },
    { head: 'CONNECT a:21 HTTP/1.1\r\nContent-Length: 0', target: { host: 'a', port: 21 } },
    { head: 'CONNECT a:21 HTTP/1.1\r\nContent-Length: 5', status: 400 },
    { head: 'CONNECT a:21 HTTP/1.1\r\nTransfer-Encoding: chunked', status: 400 },
    { head: 'CONNECT a:0 HTTP/1.1', status: 400 },
    { head: 'CONNECT a:65536 HTTP/1.1', status: 400 },
    { head: 'CONNECT a HTTP/1.1', status: 400 },
    { head: 'CONNECT http://a:21/ HTTP/1.1', status: 400 },
    { head: 'CONNECT [a]:21 HTTP/1.1', status: 400 },
    { head: 'connect a:21 HTTP/1.1', status: 405 },
    { head: 'CONNECT a:21 HTTP/2', status: 400 },
    { head: '\x16\x03\x01', status: 400 },
  ]
  for (const { head, target, status } of cases) {
    it(`${JSON.stringify(head)} ${target ? 'is a CONNECT' : `is answered ${status}`}`, () => {
      const request = readHttpHead(head)
      if (target) assert.deepEqual(request, { kind: 'connect', target })
      else assert.equal(request.kind === 'refused' && request.status, status)
    })
  }
})
