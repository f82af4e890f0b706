import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { test } from 'node:test'
import { startPortolan } from './portolan.ts'
import { freePorts } from './ports.ts'

test('a server is ready on every listener that was asked for, and stops by SIGTERM', async () => {
  await using server = await startPortolan({
    listen: ['127.0.0.1:0', '[::1]:0'],
    implicitTls: ['127.0.0.1:0'],
    flags: ['--tls-self-signed'],
  })
  assert.deepEqual(
    server.listeners.map(({ host, implicitTls }) => `${host} ${implicitTls}`),
    ['127.0.0.1 false', '::1 false', '127.0.0.1 true'],
  )
  assert.equal(server.listener({ family: 6 }).host, '::1')
  const { host, port } = server.listener()
  const socket = connect({ host, port })
  const greeting = await new Promise((resolve, reject) => socket.once('data', resolve).once('error', reject))
  assert.match(String(greeting), /^220 /)
  await server.log.wait(line => line.event === 'session-opened')
  socket.destroy()
  assert.deepEqual(await server.stop(), { code: 0, signal: null })
})

test('a server that does not start says why', async () => {
  await assert.rejects(
    startPortolan({ flags: ['--no-such-flag'] }),
    /the server ended with \d+; 0 of 1 listeners were ready\n.*no-such-flag/s,
  )
})

test('free ports are below those that the kernel gives to outgoing connections', async t => {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '')
  const lowest = Number.parseInt(range, 10)
  if (!(lowest > 13_000)) return t.skip('this system has no such range, or it starts low')
  const { basePort, numberOfPorts } = await freePorts(16)
  assert.ok(basePort + numberOfPorts <= lowest, `${basePort} and ${numberOfPorts} more are below ${lowest}`)
})
