import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  readStream,
  startStubEdge,
  startTestConnector,
  startTestServer,
  testInvitation,
} from './testing-connector.ts'

const PROCESS = fileURLToPath(new URL('testing-process.ts', import.meta.url))

describe('a connector that ends', () => {
  it('in order lets what is open go on, and takes nothing new', async () => {
    await using server = await startTestServer()
    await using edge = await startStubEdge('e1')
    await using started = await startTestConnector(edge)
    const link = await edge.connected()
    const { stream } = await link.open({ port: server.port })
    const log = readStream(stream)
    const drained = started.connector.drain(AbortSignal.timeout(10_000))
    while (!link.link.draining) await link.link.ping(AbortSignal.timeout(10_000))
    await assert.rejects(link.open({ port: server.port }))
    const socket = await server.sockets.find(() => true)
    socket.end('all of it')
    stream.end()
    await log.events.find(event => event === 'delivered')
    socket.resume()
    await drained
    assert.equal(log.text(), 'all of it')
    assert.equal(started.connector.figures().streams, 0)
  })

  it('in order waits no longer than it is told to', async () => {
    await using server = await startTestServer()
    await using edge = await startStubEdge('e1')
    await using started = await startTestConnector(edge)
    await (await edge.connected()).open({ port: server.port })
    const signal = new AbortController()
    const drained = started.connector.drain(signal.signal)
    signal.abort()
    await drained
    assert.equal(started.connector.figures().streams, 1)
  })

  it('at once resets both sides of what is open, and says why', async () => {
    await using server = await startTestServer()
    await using edge = await startStubEdge('e1')
    await using started = await startTestConnector(edge)
    const { stream } = await (await edge.connected()).open({ port: server.port })
    const log = readStream(stream)
    const socket = await server.sockets.find(() => true)
    const broken = once(socket.resume(), 'error')
    await started.connector[Symbol.asyncDispose]()
    assert.equal(((await broken)[0] as NodeJS.ErrnoException).code, 'ECONNRESET')
    assert.deepEqual(await log.events.find(event => typeof event === 'object' && 'reset' in event), {
      reset: 'CON_STOPPED',
    })
    assert.deepEqual(started.connector.figures(), { edges: 0, streams: 0 })
  })

  it('by kill -9 leaves its servers with RST, not with FIN', {
    skip: process.platform !== 'linux',
  }, async () => {
    await using server = await startTestServer()
    await using edge = await startStubEdge('e1')
    const folder = await mkdtemp(join(tmpdir(), 'portolan-connector-'))
    const child = spawn(process.execPath, [PROCESS, folder, await testInvitation(edge)], { stdio: 'inherit' })
    try {
      const { stream } = await (await edge.connected()).open({ port: server.port })
      const log = readStream(stream)
      stream.write(Buffer.from('half of a file'))
      const socket = await server.sockets.find(() => true)
      let ended = false
      socket.on('end', () => {
        ended = true
      })
      await once(socket, 'data')
      const broken = once(socket, 'error')
      child.kill('SIGKILL')
      assert.equal(((await broken)[0] as NodeJS.ErrnoException).code, 'ECONNRESET')
      assert.equal(ended, false)
      assert.deepEqual(await log.events.find(event => typeof event === 'object' && 'reset' in event), {
        reset: 'CON_LOST',
      })
    } finally {
      child.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    }
  })
})
