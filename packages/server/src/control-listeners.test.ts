import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, test } from 'node:test'
import { parseSettings } from '@portolan/settings'
import { ControlListeners } from './control-listeners.ts'

type Written = { name?: string; host: string; port: number }

const listenersOf = (...written: Written[]) => parseSettings({ listeners: written }).listeners

const leftOpen: (() => void)[] = []
afterEach(() => {
  for (const close of leftOpen.splice(0)) close()
})

/** Listeners that greet with their name. */
function greeting() {
  const warnings: string[] = []
  const listeners = new ControlListeners({
    onConnection: (socket, { settings }) => void socket.end(settings.name),
    warn: text => warnings.push(text),
  })
  leftOpen.push(() => listeners.close())
  const take = async (...written: Written[]) => (await listeners.prepare(listenersOf(...written))).commit()
  const portOf = (name: string) => listeners.standing.find(one => one.settings.name === name)?.port ?? 0
  return { listeners, take, portOf, warnings }
}

function dial(port: number, host = '127.0.0.1'): Socket {
  const socket = connect({ port, host })
  leftOpen.push(() => socket.destroy())
  return socket
}

/** Who greets at a port. */
async function greets(port: number, host?: string): Promise<string> {
  try {
    let text = ''
    for await (const chunk of dial(port, host)) text += String(chunk)
    return text
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'failed'
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

test('two listeners on ports of the system’s choice stay the same through a change', async () => {
  const { take, portOf } = greeting()
  const both = [
    { name: 'a', host: '127.0.0.1', port: 0 },
    { name: 'b', host: '127.0.0.1', port: 0 },
  ]
  await take(...both)
  const before = [portOf('a'), portOf('b')]
  await take(...both.toReversed())
  assert.deepEqual([portOf('a'), portOf('b')], before)
  assert.deepEqual([await greets(portOf('a')), await greets(portOf('b'))], ['a', 'b'])
})

test('a listener with another name at the same place is the same socket', async () => {
  const { take, portOf } = greeting()
  const port = await freePort()
  await take({ name: 'old', host: '127.0.0.1', port })
  await take({ name: 'new', host: '127.0.0.1', port })
  assert.equal(await greets(portOf('new')), 'new')
  assert.equal(portOf('old'), 0)
})

test('who comes to a new listener before it is in force waits, and is then let in', async () => {
  const { listeners } = greeting()
  const port = await freePort()
  const prepared = await listeners.prepare(listenersOf({ name: 'a', host: '127.0.0.1', port }))
  const early = greets(port)
  const socket = dial(port)
  await once(socket, 'connect')
  assert.deepEqual(listeners.standing, [])
  prepared.commit()
  assert.equal(await early, 'a')
})

test('what was prepared and given up is closed, and so is who came to it', async () => {
  const { listeners, take } = greeting()
  const [first, second] = [await freePort(), await freePort()]
  await take({ name: 'a', host: '127.0.0.1', port: first })
  const prepared = await listeners.prepare(listenersOf({ name: 'b', host: '127.0.0.1', port: second }))
  const early = dial(second)
  await once(early, 'connect')
  await prepared.discard()
  await once(early.resume(), 'close')
  assert.equal(await greets(second), 'ECONNREFUSED')
  assert.equal(await greets(first), 'a')
})

test('a place that cannot be had changes nothing, whatever else was wanted with it', async () => {
  const { listeners, take, warnings } = greeting()
  const [ours, other] = [await freePort(), await freePort()]
  await take({ name: 'a', host: '127.0.0.1', port: ours })
  const squatter = createServer().listen(0, '127.0.0.1')
  await once(squatter, 'listening')
  leftOpen.push(() => squatter.close())
  const taken = squatter.address()
  assert.ok(taken && typeof taken === 'object')
  const wanted = listenersOf(
    { name: 'b', host: '127.0.0.1', port: other },
    // Goes where our own stands, which has to be there again afterwards.
    { name: 'c', host: '0.0.0.0', port: ours },
    { name: 'd', host: '127.0.0.1', port: taken.port },
  )
  await assert.rejects(listeners.prepare(wanted), { code: 'SERVER_LISTEN', message: /another program/ })
  assert.equal(await greets(ours), 'a')
  assert.equal(await greets(ours, '127.0.0.9'), 'ECONNREFUSED')
  assert.equal(await greets(other), 'ECONNREFUSED')
  assert.deepEqual(warnings, [])
})

test('the same port on another address takes the place of the old one', async () => {
  const { take } = greeting()
  const port = await freePort()
  await take({ name: 'a', host: '127.0.0.1', port })
  await take({ name: 'a', host: '0.0.0.0', port })
  assert.equal(await greets(port, '127.0.0.9'), 'a')
  await take({ name: 'a', host: '127.0.0.1', port })
  assert.equal(await greets(port), 'a')
  assert.equal(await greets(port, '127.0.0.9'), 'ECONNREFUSED')
})

test('a change that comes into force after the end opens nothing', async () => {
  const { listeners } = greeting()
  const port = await freePort()
  const prepared = await listeners.prepare(listenersOf({ name: 'a', host: '127.0.0.1', port }))
  listeners.close()
  prepared.commit()
  assert.equal(await greets(port), 'ECONNREFUSED')
})
