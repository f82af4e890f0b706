import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isStatusCode, STATUS, type Status } from '../../codes.ts'
import { StreamRefused } from '../../wire/types.ts'
import type { Ask } from '../reach.ts'
import { readBytes, socksRequest } from '../testing-socks.ts'
import { type Socks5Options, serveSocks5 } from './socks5.ts'
import { formatReply, readRequest, replyOf } from './socks5-wire.ts'
import { echoReach } from './testing-reach.ts'

const LIMIT = { timeout: 20_000 }
const LOGIN = { user: 'anna', password: 'secret' }
/** RFC 1929. */
const loginBytes = (user: string, password: string) =>
  Buffer.concat([
    Buffer.from([1, user.length]),
    Buffer.from(user),
    Buffer.from([password.length]),
    Buffer.from(password),
  ])

async function start(more: Partial<Socks5Options> & { refuse?: (ask: Ask) => Status | undefined } = {}) {
  const reach = echoReach(more.refuse)
  const problems: string[] = []
  const server = await serveSocks5({
    ...{ host: '127.0.0.1', port: 0, reach: reach.reach },
    onProblem: text => problems.push(text),
    ...more,
  })
  return {
    ...{ asks: reach.asks, problems, port: server.port },
    /** Sends bytes; all that comes until the end, or `count` bytes. */
    async say(bytes: Uint8Array, count = 1_000): Promise<string> {
      const socket = connect({ host: '127.0.0.1', port: server.port, allowHalfOpen: true })
      socket.on('error', () => {})
      socket.write(bytes)
      const answer = await readBytes(socket, count)
      socket.destroy()
      return answer.toString('hex')
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

const SUCCEEDED = `0500${formatReply(0).toString('hex')}`

describe('a SOCKS 5 server', LIMIT, () => {
  const targets = [
    { title: 'an IPv4 address', bytes: '050100 05010001 0a000009 0015', host: '10.0.0.9' },
    {
      title: 'an IPv6 address',
      bytes: '050100 05010004 20010db8000000000000000000000009 0015',
      host: '2001:db8::9',
    },
    { title: 'a name', bytes: '050100 05010003 03 667470 0015', host: 'ftp' },
    {
      title: 'an address written as a name',
      bytes: '050100 05010003 08 31302e302e302e39 0015',
      host: '10.0.0.9',
    },
  ]
  for (const { title, bytes, host } of targets) {
    it(`connects to ${title}, and says so once the other side stands`, async () => {
      await using server = await start()
      const request = Buffer.from(bytes.replaceAll(' ', ''), 'hex')
      assert.equal(await server.say(request, 12), SUCCEEDED)
      assert.deepEqual(server.asks[0]?.target, { host, port: 21 })
    })
  }

  it('passes on what a client sends before it is answered', async () => {
    await using server = await start()
    const early = Buffer.concat([socksRequest('ftp', 21), Buffer.from('early')])
    assert.equal(await server.say(early, 17), `${SUCCEEDED}${Buffer.from('early').toString('hex')}`)
  })

  it('takes a request that comes byte by byte', async () => {
    await using server = await start()
    const socket = connect({ host: '127.0.0.1', port: server.port, noDelay: true })
    for (const byte of socksRequest('ftp', 21))
      await new Promise(sent => socket.write(Buffer.from([byte]), sent))
    assert.equal((await readBytes(socket, 12)).toString('hex'), SUCCEEDED)
    socket.destroy()
  })

  const refusals = [
    { title: 'BIND', bytes: socksRequest('ftp', 21, 2), reply: '050005070001000000000000' },
    { title: 'UDP ASSOCIATE', bytes: socksRequest('ftp', 21, 3), reply: '050005070001000000000000' },
    {
      title: 'an unknown kind of address',
      bytes: Buffer.from('05010005010002', 'hex'),
      reply: '050005080001000000000000',
    },
    { title: 'port 0', bytes: socksRequest('ftp', 0), reply: '050005040001000000000000' },
    { title: 'a name with a line break', bytes: socksRequest('f\np', 21), reply: '050005040001000000000000' },
    { title: 'a method that it does not have', bytes: Buffer.from([5, 1, 1]), reply: '05ff' },
    { title: 'SOCKS 4', bytes: Buffer.from('04010015', 'hex'), reply: '' },
    { title: 'HTTP', bytes: Buffer.from('GET / HTTP/1.1\r\n\r\n'), reply: '' },
  ]
  for (const { title, bytes, reply } of refusals) {
    it(`refuses ${title}`, async () => {
      await using server = await start()
      assert.equal(await server.say(bytes), reply)
      assert.equal(server.asks.length, 0)
    })
  }

  it('says by its reply why there is no connection', async () => {
    let status: Status = { code: 'POL_DENIED', text: '' }
    await using server = await start({ refuse: () => status })
    const expected: Partial<Record<keyof typeof STATUS, string>> = {
      POL_NO_RULE: '02',
      POL_DENIED: '02',
      SRV_REFUSED: '05',
      SRV_UNREACHABLE: '04',
      SRV_NAME_NOT_FOUND: '04',
      SRV_TIMEOUT: '06',
      EDG_NO_CONNECTOR: '03',
      CON_LOST: '03',
      AGT_TOO_MANY_STREAMS: '01',
    }
    for (const [code, reply] of Object.entries(expected)) {
      if (!isStatusCode(code)) throw new Error(code)
      status = { code, text: '' }
      assert.equal((await server.say(socksRequest('ftp', 21))).slice(4, 8), `05${reply}`, code)
    }
    for (const code of Object.keys(STATUS).filter(isStatusCode)) assert.ok(replyOf(code) > 0)
  })

  it('asks for a login when it has one', async () => {
    await using server = await start({ login: LOGIN })
    const request = socksRequest('ftp', 21).subarray(3)
    const greeting = Buffer.from([5, 2, 0, 2])
    const good = Buffer.concat([greeting, loginBytes('anna', 'secret'), request])
    assert.equal(await server.say(good, 14), `05020100${formatReply(0).toString('hex')}`)
    const bad = Buffer.concat([greeting, loginBytes('anna', 'Secret'), request])
    assert.equal(await server.say(bad), '05020101')
    assert.equal(await server.say(socksRequest('ftp', 21)), '05ff')
    assert.equal(server.asks.length, 1)
  })

  it('waits for a request for a bounded time', async () => {
    await using server = await start({ headMs: 50 })
    assert.equal(await server.say(Buffer.from([5, 1, 0])), '0500')
  })

  it('gives up what a client that leaves has asked for', async () => {
    const asked = Promise.withResolvers<AbortSignal>()
    const reach = {
      async reach(_ask: Ask, signal: AbortSignal): Promise<never> {
        asked.resolve(signal)
        await once(signal, 'abort')
        throw new StreamRefused({ code: 'AGT_CLIENT_RESET', text: '' })
      },
    }
    await using server = await serveSocks5({ host: '127.0.0.1', port: 0, reach, onProblem: () => {} })
    const socket = connect({ host: '127.0.0.1', port: server.port })
    socket.on('error', () => {}).write(socksRequest('ftp', 21))
    const signal = await asked.promise
    socket.resetAndDestroy()
    if (!signal.aborted) await once(signal, 'abort')
  })

  it('reads a request from any bytes without waiting for more than it says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 4, maxLength: 300 }), async input => {
        let rest = Buffer.from(input)
        const bytes = {
          async take(count: number) {
            if (count > rest.length) throw new RangeError('more')
            const taken = rest.subarray(0, count)
            rest = rest.subarray(count)
            return taken
          },
        }
        const request = await readRequest(bytes).catch(error => {
          assert.ok(error instanceof RangeError)
          return undefined
        })
        if (request?.kind === 'connect') assert.match(request.target.host, /^[\w.:-]+$/)
      }),
    )
  })
})
