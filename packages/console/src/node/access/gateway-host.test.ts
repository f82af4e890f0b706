import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { defaultSettings, type Settings } from '@portolan/settings'
import { openStore } from '@portolan/store'
import { GatewayHost } from './gateway-host.ts'

type Section = Settings['gateway']

async function startHost(closing: AsyncDisposableStack) {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-host-'))
  closing.defer(() => rm(folder, { recursive: true, force: true }))
  const store = closing.use(await openStore({ folder }))
  const section = (change: Partial<Section>): Section => ({
    ...defaultSettings().gateway,
    enabled: true,
    host: '127.0.0.1',
    port: 0,
    ...change,
  })
  const people = { signIn: async () => {}, identify: async () => undefined }
  const host = closing.use(new GatewayHost({ store, node: 'n', people, settings: () => section({}) }))
  return { host, section, store }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

test('a controller comes, moves and goes with the settings', async () => {
  await using closing = new AsyncDisposableStack()
  const { host, section } = await startHost(closing)
  assert.equal(host.running, undefined)
  assert.throws(() => host.controller(), { code: 'GATEWAY_OFF', status: 409, message: /gateway\.enabled/ })
  await host.apply(section({ enabled: false }))
  assert.equal(host.running, undefined)
  await host.apply(section({}))
  const first = host.controller()
  const { port } = first.address
  assert.equal(await answers(port), true)
  await host.apply(section({}))
  assert.equal(host.running, first, 'what stays the same stays open')
  await host.apply(section({ grace: 5_000 }))
  assert.equal(host.running, first)
  assert.equal(host.settings().grace, 5_000)
  await host.apply(section({ enabled: false }))
  assert.equal(host.running, undefined)
  assert.equal(await answers(port), false)
})

test('a port that is taken is told with what to do, and the controller stays where it was', async () => {
  await using closing = new AsyncDisposableStack()
  const { host, section } = await startHost(closing)
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  closing.defer(() => void other.close())
  const bound = other.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0
  const taken = {
    code: 'NODE_LISTEN',
    message: new RegExp(
      `gateway cannot listen on 127\\.0\\.0\\.1:${port}: another program.*set gateway\\.port`,
    ),
  }
  await assert.rejects(host.apply(section({ port })), taken)
  assert.equal(host.running, undefined)
  await host.apply(section({}))
  const before = host.controller().address.port
  await assert.rejects(host.apply(section({ port, grace: 7 })), taken)
  assert.equal(host.controller().address.port, before)
  assert.equal(await answers(before), true)
  assert.notEqual(host.settings().grace, 7)
})

test('it moves to another address with the same port, and back when it cannot be had', async () => {
  await using closing = new AsyncDisposableStack()
  const { host, section } = await startHost(closing)
  await host.apply(section({}))
  const { port } = host.controller().address
  await host.apply(section({ port }))
  await host.apply(section({ port, host: '0.0.0.0' }))
  assert.equal(host.controller().address.address, '0.0.0.0')
  await assert.rejects(host.apply(section({ port, host: '203.0.113.1' })), {
    code: 'NODE_LISTEN',
    message: /no such address/,
  })
  assert.deepEqual(host.controller().address, { address: '0.0.0.0', port })
})

test('what happens is told to those who listen, as long as they do', async () => {
  await using closing = new AsyncDisposableStack()
  const { host, section, store } = await startHost(closing)
  const heard: string[] = []
  const subscription = host.subscribe(event => void heard.push(event.type))
  await host.apply(section({}))
  await store.access.policies.create('access', { rules: 'none' }, { by: 'x' })
  await host.controller().apply()
  assert.ok(heard.includes('warning'), heard.join())
  subscription[Symbol.dispose]()
  heard.length = 0
  await store.access.policies.replace('access', { rules: 7 }, { by: 'x' })
  await host.controller().apply()
  assert.deepEqual(heard, [])
})
