import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { type Publication, publication } from '../model/index.ts'
import { createWorld } from './testing-edge.ts'

/** Ports that nobody has now: one for control, and three in a row for data. */
async function freePorts(): Promise<{ control: number; base: number }> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const base = 20_000 + Math.floor(Math.random() * 10_000)
    const servers = await Promise.all(
      [0, 1, 2, 3].map(offset => listening(base + offset).catch(() => undefined)),
    )
    for (const server of servers) server?.close()
    if (servers.every(server => server !== undefined)) return { control: base, base: base + 1 }
  }
  throw new Error('no free ports')
}

async function listening(port: number, onSocket: (socket: Socket) => void = () => {}): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, socket => {
    socket.on('error', () => {})
    onSocket(socket)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const portOf = (server: Server) => {
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return address.port
}

async function published(change: Partial<Publication> = {}) {
  const { control, base } = await freePorts()
  const made = publication.parse({
    name: 'dmz',
    host: '127.0.0.1',
    listeners: [{ port: control, serverPort: 2121 }],
    passive: { basePort: base, numberOfPorts: 3, serverBasePort: 30_000 },
    server: '10.0.0.5',
    serverGroup: 'servers',
    addressRules: [{ clients: '127.0.0.0/8', address: '203.0.113.1', enabled: true }],
    ...change,
  })
  return { control, base, made }
}

const bound = (ports: readonly number[]) =>
  Promise.all(ports.map(port => until(() => isOpen(port), `port ${port}`)))
const unbound = (ports: readonly number[]) =>
  Promise.all(ports.map(port => until(async () => !(await isOpen(port)), `port ${port} closed`)))

async function until(check: () => Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + 10_000
  while (!(await check())) assert.ok(performance.now() < end, what)
}

function isOpen(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      resolve(true)
      socket.destroy()
    })
    // Whoever is reset was let in before.
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'))
  })
}

/** How a connection ended: all that came, or the code of the error. */
const ending = (socket: Socket) =>
  text(socket).catch((error: NodeJS.ErrnoException) => error.code ?? String(error))

test('a client of an edge talks to a server inside, by one connector, and each ends as the other did', async () => {
  await using server = await listening(0, socket => {
    socket.write('220 ready\r\n')
    socket.on('data', bytes => socket.write(bytes))
    socket.on('end', () => socket.end('221 bye\r\n'))
  })
  const { control, base, made } = await published()
  await using world = await createWorld({ publications: [made] })
  const behave = () => ({ port: portOf(server) })
  const connectors = [await world.connector('con-1', { behave }), await world.connector('con-2', { behave })]

  const client = connect({ port: control, host: '127.0.0.1', allowHalfOpen: true })
  const [greeting] = await once(client, 'data')
  assert.equal(String(greeting), '220 ready\r\n')
  const data = connect({ port: base + 2, host: '127.0.0.1', allowHalfOpen: true })
  const second = ending(data)
  data.end('file')
  assert.equal(await second, '220 ready\r\nfile221 bye\r\n')
  const first = ending(client)
  client.end('QUIT\r\n')
  assert.equal(await first, 'QUIT\r\n221 bye\r\n')

  const used = connectors.filter(({ asked }) => asked.all.length > 0)
  assert.equal(used.length, 1)
  const [forControl, forData] = used[0]?.asked.all ?? []
  assert.ok(forControl?.publication && forData?.publication)
  assert.deepEqual([forControl.host, forControl.port], ['10.0.0.5', 2121])
  assert.deepEqual([forData.host, forData.port], ['10.0.0.5', 30_002])
  assert.deepEqual(forControl.publication, {
    name: 'dmz',
    source: { address: '127.0.0.1', port: forControl.publication.source.port },
    destination: { address: '127.0.0.1', port: control },
    advertise: { address: '203.0.113.1', portOffset: base - 30_000 },
  })
  assert.deepEqual(forData.publication.destination, { address: '127.0.0.1', port: base + 2 })

  const rows = await world.controller.heard.when(() => {
    const closed = world.controller.rows().filter(row => row.ConnectionStatus === 'close')
    return closed.length === 2 ? closed : undefined
  })
  const [whole, part] = ['control', 'data'].map(role => rows.find(({ Role }) => Role === role))
  assert.ok(whole && part)
  assert.deepEqual(
    [whole.Username, whole.ClientPublicIP, whole.Host, whole.ServicePort, whole.Application, whole.Policy],
    ['', '127.0.0.1', '10.0.0.5', 2121, 'dmz', 'publication'],
  )
  assert.equal(part.SessionID, whole.ConnectionID)
  assert.deepEqual([part.ZENTotalBytesRxClient, part.ZENTotalBytesTxClient], [4, 24])
  assert.deepEqual([part.InternalReason, whole.InternalReason], ['AGT_FINISHED', 'AGT_FINISHED'])
})

test('a client that breaks off is broken off at the server, and the other way round', async () => {
  const sockets: Socket[] = []
  await using server = await listening(0, socket => {
    socket.write('220 ready\r\n')
    sockets.push(socket)
  })
  const { control, made } = await published()
  await using world = await createWorld({ publications: [made] })
  const connector = await world.connector('con-1', { behave: () => ({ port: portOf(server) }) })
  const client = connect(control, '127.0.0.1')
  await once(client, 'data')
  client.resetAndDestroy()
  assert.equal((await connector.ended.find(() => true)).end.kind, 'abort')
  const other = connect(control, '127.0.0.1')
  await once(other, 'data')
  const ended = ending(other)
  sockets[1]?.resetAndDestroy()
  assert.equal(await ended, 'ECONNRESET')
  const row = await world.controller.row(({ InternalReason }) => InternalReason === 'SRV_RESET')
  assert.equal(row.ConnectionStatus, 'close')
})

test('without a connector, or when the server refuses, a client is reset at once', async () => {
  const { control, made } = await published()
  await using world = await createWorld({ publications: [made] })
  await bound([control])
  const first = connect(control, '127.0.0.1')
  assert.equal(await ending(first), 'ECONNRESET')
  await world.controller.row(({ InternalReason }) => InternalReason === 'EDG_NO_CONNECTOR')
  await world.connector('con-1', { behave: () => 'SRV_REFUSED' })
  assert.equal(await ending(connect(control, '127.0.0.1')), 'ECONNRESET')
  const row = await world.controller.row(({ InternalReason }) => InternalReason === 'SRV_REFUSED')
  assert.equal(row.ConnectionStatus, 'refused')
})

test('one address has so many connections and no more, and refusals do not flood the log', async () => {
  const { control, made } = await published()
  await using world = await createWorld({ publications: [made] }, { bounds: { connectionsPerClient: 3 } })
  await world.connector('con-1')
  await bound([control])
  await world.controller.heard.when(() => world.edge.figures().streams === 0 || undefined)
  const clients = Array.from({ length: 200 }, () => connect(control, '127.0.0.1'))
  const ends = clients.map(client => ending(client))
  const refused = await Promise.all(ends.map((end, index) => Promise.race([end, index < 3 ? 'open' : end])))
  assert.equal(refused.filter(end => end === 'ECONNRESET').length >= 197, true)
  assert.equal(world.edge.figures().streams, 3)
  for (const client of clients) client.destroy()
  // That of looking whether the port is bound, and those three.
  await world.controller.heard.when(
    () => world.controller.rows().filter(row => row.ConnectionStatus === 'close').length === 4 || undefined,
  )
  const rows = world.controller.rows().filter(({ InternalReason }) => InternalReason === 'EDG_BUSY')
  assert.ok(rows.length > 0 && rows.length <= 60, `${rows.length} rows`)
})

test('ports follow the configuration, and connections that stand are left alone', async () => {
  await using server = await listening(0, socket => socket.pipe(socket))
  const { control, base, made } = await published()
  await using world = await createWorld({ publications: [made] })
  await world.connector('con-1', { behave: () => ({ port: portOf(server) }) })
  await bound([control, base, base + 1, base + 2])
  const client = connect(control, '127.0.0.1')
  client.write('one')
  assert.equal(String((await once(client, 'data'))[0]), 'one')

  world.controller.config({ publications: [{ ...made, passive: { ...made.passive, numberOfPorts: 1 } }] })
  await unbound([base + 1, base + 2])
  await bound([control, base])
  world.controller.config({ publications: [{ ...made, edges: ['Another Edge'] }] })
  await unbound([control, base])
  client.write('two')
  assert.equal(String((await once(client, 'data'))[0]), 'two')
  world.controller.config({ publications: [{ ...made, edges: ['Edge One'] }] })
  await bound([control])
  client.destroy()
})

test('a port that cannot be bound is told, and the others are bound', async () => {
  const { control, base, made } = await published()
  await using _taken = await listening(base + 1)
  await using world = await createWorld({ publications: [made] })
  const told = await world.controller.heard.find(({ type }) => type === 'warning')
  assert.ok(told.type === 'warning' && told.code === 'PUBLICATION_PORT')
  assert.match(
    told.text,
    new RegExp(`Publication dmz: 127.0.0.1 port ${base + 1} cannot be bound \\(.*EADDRINUSE`),
  )
  await world.events.find(event => event.type === 'warning' && event.code === 'PUBLICATION_PORT')
  await bound([control, base, base + 2])
})

test('an edge that is drained does not listen for others', async () => {
  const { control, made } = await published()
  await using world = await createWorld({ publications: [made] })
  await bound([control])
  world.controller.drain(true)
  await unbound([control])
  world.controller.drain(false)
  await bound([control])
})

test('a client that goes before the connector has answered leaves nothing behind', async () => {
  const { control, made } = await published()
  await using world = await createWorld({ publications: [made] }, { bounds: { openMs: 500 } })
  const connector = await world.connector('con-1', { behave: () => 'silence' })
  const client = connect(control, '127.0.0.1')
  await connector.asked.find(() => true)
  client.resetAndDestroy()
  await world.controller.row(({ ConnectionStatus }) => ConnectionStatus === 'refused')
  assert.equal(world.edge.figures().streams, 0)
})
