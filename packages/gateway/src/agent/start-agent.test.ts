import assert from 'node:assert/strict'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { AgentEvent } from '../parts.ts'
import { startAgent } from './start-agent.ts'
import {
  agentOptions,
  forwards,
  listeningAt,
  newAuthority,
  splice,
  startEcho,
  startStubEdge,
} from './testing-edge.ts'
import { askSocks, exchange, readBytes, socksRequest } from './testing-socks.ts'

const authority = await newAuthority()
const LIMIT = { timeout: 20_000 }

const isConnection = (how: string) => (event: AgentEvent) => event.type === 'connection' && event.how === how
const codeOf = (event: AgentEvent | undefined) => event?.type === 'connection' && event.status?.code

describe('an agent', LIMIT, () => {
  it('signs in, forwards what is an application, and ends as the other side does', async () => {
    await using echo = await startEcho()
    await using edge = await startStubEdge({ authority, definitions: [forwards(['127.0.0.1'])] })
    await using options = await agentOptions(edge.invitation)
    await using agent = await startAgent(options)
    const { socket, reply } = await askSocks(listeningAt(options.events, 'socks5'), '127.0.0.1', echo.port)
    assert.equal(reply, 0)
    assert.deepEqual(await exchange(socket, 'hello'), { text: 'hello', reset: false })
    const ended = await options.until(isConnection('ended'))
    assert.equal(codeOf(ended), 'AGT_FINISHED')
    assert.deepEqual(agent.figures(), { edge: 'edge1', streams: 0 })
    assert.deepEqual(edge.opens.length, 1)
    assert.equal((await stat(join(options.folder, 'identity.json'))).mode & 0o777, 0o600)
    assert.equal((await stat(options.folder)).mode & 0o777, 0o700)
  })

  it('loses nothing of what a client sends before it is answered', async () => {
    await using echo = await startEcho()
    const bypassed = [forwards(['127.0.0.1'], [[1, 65_535]], { action: 'bypass' })]
    for (const definitions of [[forwards(['127.0.0.1'])], bypassed]) {
      await using edge = await startStubEdge({ authority, definitions })
      await using options = await agentOptions(edge.invitation)
      await using _agent = await startAgent(options)
      const socket = connect({ ...listeningAt(options.events, 'socks5'), allowHalfOpen: true })
      socket.write(Buffer.concat([socksRequest('127.0.0.1', echo.port), Buffer.from('early')]))
      assert.equal((await readBytes(socket, 17)).subarray(12).toString(), 'early')
      assert.deepEqual(await exchange(socket, ' late'), { text: ' late', reset: false })
    }
  })

  it('carries megabytes both ways without losing a byte', async () => {
    await using echo = await startEcho()
    await using edge = await startStubEdge({ authority, definitions: [forwards(['127.0.0.1'])] })
    await using options = await agentOptions(edge.invitation)
    await using _agent = await startAgent(options)
    const { socket } = await askSocks(listeningAt(options.events, 'socks5'), '127.0.0.1', echo.port)
    const text = 'x'.repeat(5_000_000)
    const back = await exchange(socket, text)
    assert.equal(back.text.length, text.length)
    assert.equal(back.reset, false)
  })

  it('connects directly to what is bypassed and to what is no application', async () => {
    await using echo = await startEcho()
    const definitions = [forwards(['127.0.0.1'], [[1, 65_535]], { action: 'bypass', segment: 'near' })]
    await using edge = await startStubEdge({ authority, definitions })
    await using options = await agentOptions(edge.invitation)
    await using agent = await startAgent(options)
    for (const host of ['127.0.0.1', 'localhost', '127.0.0.2']) {
      const at = listeningAt(options.events, 'socks5')
      const { socket, reply } = await askSocks(at, host, host === '127.0.0.2' ? 1 : echo.port)
      if (host === '127.0.0.2') assert.equal(reply, 5)
      else assert.deepEqual(await exchange(socket, host), { text: host, reset: false })
    }
    assert.equal(edge.opens.length, 0)
    assert.equal(agent.why({ host: '127.0.0.1', port: 21 }).action, 'bypass')
    assert.equal(agent.why({ host: '10.1.2.3', port: 21 }).action, 'direct')
  })

  it('breaks a direct connection off as its server does', async () => {
    await using echo = await startEcho()
    await using edge = await startStubEdge({ authority })
    await using options = await agentOptions(edge.invitation)
    await using _agent = await startAgent(options)
    const { socket } = await askSocks(listeningAt(options.events, 'socks5'), '127.0.0.1', echo.port)
    const closed = once(socket, 'error')
    for (const one of echo.sockets) one.resetAndDestroy()
    socket.resume()
    const [error]: unknown[] = await closed
    assert.match(String(error), /ECONNRESET/)
    assert.equal(codeOf(await options.until(isConnection('ended'))), 'SRV_RESET')
  })

  it('forwards a name that stands for an application’s address', async () => {
    await using echo = await startEcho()
    await using edge = await startStubEdge({ authority, definitions: [forwards(['127.0.0.0/8'])] })
    await using options = await agentOptions(edge.invitation)
    await using _agent = await startAgent(options)
    const { reply } = await askSocks(listeningAt(options.events, 'socks5'), 'localhost', echo.port)
    assert.equal(reply, 0)
    assert.equal(edge.opens.length, 1)
  })

  it('says in words why something was refused, and SOCKS says its code', async () => {
    await using edge = await startStubEdge({
      authority,
      definitions: [forwards(['10.0.0.9'])],
      onOpen: incoming => incoming.refuse({ code: 'POL_DENIED', text: 'Rule “no guests” denies it.' }),
    })
    await using options = await agentOptions(edge.invitation)
    await using _agent = await startAgent(options)
    const { reply } = await askSocks(listeningAt(options.events, 'socks5'), '10.0.0.9', 21)
    assert.equal(reply, 2)
    const refused = await options.until(isConnection('refused'))
    assert.ok(refused.type === 'connection')
    assert.equal(refused.status?.code, 'POL_DENIED')
    assert.match(refused.text, /^10\.0\.0\.9:21 was refused: Rule “no guests” denies it\.$/)
  })

  it('reaches a port that a server has named, once', async () => {
    await using echo = await startEcho()
    await using data = await startEcho()
    let named = () => {}
    await using edge = await startStubEdge({
      authority,
      definitions: [forwards(['127.0.0.1'], [[echo.port, echo.port]], { inspection: 'ftp' })],
      async onOpen(incoming) {
        const made = await splice(incoming, { host: '127.0.0.1', port: echo.port })
        named = () => {
          made?.stream.note({
            ...{ type: 'expect', address: '192.0.2.9' },
            port: data.port,
            by: 'PASV',
            seconds: 30,
          })
        }
      },
    })
    await using options = await agentOptions(edge.invitation)
    await using agent = await startAgent(options)
    const at = listeningAt(options.events, 'socks5')
    const { socket } = await askSocks(at, '127.0.0.1', echo.port)
    assert.equal(agent.why({ host: '192.0.2.9', port: data.port }).action, 'direct')
    named()
    // What comes back comes after the note.
    socket.write('x')
    assert.equal((await readBytes(socket, 1)).toString(), 'x')
    assert.equal(agent.why({ host: '192.0.2.9', port: data.port }).action, 'forward')
    assert.equal(agent.why({ host: '192.0.2.9', port: data.port + 1 }).action, 'direct')
    assert.equal((await askSocks(at, '192.0.2.9', data.port)).reply, 0)
    assert.deepEqual(edge.opens.length, 2)
    assert.equal(agent.why({ host: '192.0.2.9', port: data.port }).action, 'direct')
    socket.destroy()
  })

  it('breaks off what is open when it is stopped', async () => {
    await using echo = await startEcho()
    await using edge = await startStubEdge({ authority, definitions: [forwards(['127.0.0.1'])] })
    await using options = await agentOptions(edge.invitation)
    const agent = await startAgent(options)
    const { socket } = await askSocks(listeningAt(options.events, 'socks5'), '127.0.0.1', echo.port)
    const error = once(socket, 'error')
    socket.resume()
    await agent[Symbol.asyncDispose]()
    assert.match(String(await error), /ECONNRESET/)
    assert.equal(codeOf(await options.until(isConnection('ended'))), 'AGT_STOPPED')
  })

  it('warns when others can go through it', async () => {
    await using edge = await startStubEdge({ authority })
    const login = { user: 'anna', password: 'secret' }
    for (const socks5 of [
      { host: '0.0.0.0', port: 0 },
      { host: '0.0.0.0', port: 0, login },
    ]) {
      await using options = await agentOptions(edge.invitation, { intercept: { socks5 } })
      await using _agent = await startAgent(options)
      const warned = options.events.some(event => event.type === 'warning' && event.code === 'OPEN')
      assert.equal(warned, !('login' in socks5))
    }
  })

  it('says which address another program holds', async () => {
    await using echo = await startEcho()
    await using edge = await startStubEdge({ authority })
    const intercept = { socks5: { host: '127.0.0.1', port: echo.port } }
    await using options = await agentOptions(edge.invitation, { intercept })
    await assert.rejects(startAgent(options), { code: 'GATEWAY_INTERCEPT', message: /SOCKS 5 cannot listen/ })
  })
})
