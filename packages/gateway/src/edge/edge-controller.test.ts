import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import type { Status } from '../codes.ts'
import type { EnrolRequest } from '../control/messages.ts'
import { fingerprintOf } from '../pki/fingerprint.ts'
import { dialPart } from '../transport/dial.ts'
import { enrol } from '../transport/enrol.ts'
import { createLink } from '../wire/link.ts'
import { EDGE_CODES } from './testing-agent.ts'
import { createWorld, type World } from './testing-edge.ts'
import { Seen } from './testing-seen.ts'

const lost = (world: World) =>
  world.events.find(event => event.type === 'controller' && event.state === 'lost')
const back = (world: World) =>
  world.events.when(
    all =>
      all.filter(event => event.type === 'controller' && event.state === 'connected').length > 1 || undefined,
  )

test('without its controller an edge takes no new streams, and what is open goes on', async () => {
  await using world = await createWorld({})
  await world.connector('con-1')
  const agent = await world.agent('agt-1')
  const { stream, heard, text } = await agent.open('10.0.0.9', 21)
  world.controller.away(true)
  await lost(world)
  assert.equal(await agent.refused('10.0.0.9', 21), 'EDG_CONTROLLER_LOST')
  stream.write(Buffer.from('still here'))
  await heard.when(() => text() === 'still here')
  world.controller.away(false)
  await back(world)
  await agent.open('10.0.0.9', 40_000)
  stream.write(Buffer.from('!'))
  await heard.when(() => text() === 'still here!')
})

test('controllers are dialled in turn until one answers', async () => {
  const { port, server } = await listening(socket => socket.destroy())
  try {
    // Nobody is at the first address, and at the second is no controller.
    await using world = await createWorld({}, { otherControllers: ['127.0.0.1:1', `127.0.0.1:${port}`] })
    assert.deepEqual(
      world.events.all.map(event => (event.type === 'warning' ? event.code : event.type)).toSorted(),
      ['CONTROLLER_UNREACHABLE', 'CONTROLLER_UNREACHABLE', 'controller', 'listening'],
    )
  } finally {
    server.close()
  }
})

async function listening(onSocket: (socket: Socket) => void) {
  const server = createServer(onSocket)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return { server, port: address.port }
}

test('by a configuration that does not fit nothing is decided: the controller is as good as lost', async () => {
  await using world = await createWorld({})
  await world.connector('con-1')
  const agent = await world.agent('agt-1')
  world.controller.say({ type: 'config', config: { version: 2, segments: 'none' } })
  const event = await lost(world)
  assert.match(
    'text' in event ? event.text : '',
    /The configuration of the controller cannot be used: segments /,
  )
  await back(world)
  await agent.open('10.0.0.9', 21)
})

test('when the grace is over everything that is open is broken off', async () => {
  await using world = await createWorld({}, { graceMs: 300 })
  await world.connector('con-1')
  const agent = await world.agent('agt-1')
  const { heard } = await agent.open('10.0.0.9', 21)
  world.controller.away(true)
  await heard.find(({ reset }) => reset?.code === 'EDG_GRACE_OVER')
  await world.events.find(event => event.type === 'controller' && event.state === 'grace-over')
  assert.equal(world.edge.figures().streams, 0)
  world.controller.away(false)
  await back(world)
  await agent.open('10.0.0.9', 21)
})

test('a controller that has fallen silent is lost, though nothing was closed', async () => {
  await using world = await createWorld({})
  world.controller.freeze()
  await lost(world)
})

test('a controller that is back hears of all that is open and of all that has ended meanwhile, and then who is connected', async () => {
  await using world = await createWorld({})
  await world.connector('con-1')
  const agent = await world.agent('agt-1')
  const [open, ended] = [await agent.open('10.0.0.9', 21), await agent.open('10.0.0.9', 40_000)]
  await world.controller.row(
    row => row.ConnectionID === ended.opened.connection && row.ConnectionStatus === 'active',
  )
  world.controller.away(true)
  await lost(world)
  ended.stream.end()
  await ended.heard.find(({ end }) => end === true)
  assert.equal(await agent.refused('10.0.0.9', 21), 'EDG_CONTROLLER_LOST')
  const before = world.controller.heard.all.length
  world.controller.away(false)
  await back(world)
  const hello = await world.controller.heard.when(all => {
    const at = all.findLastIndex(({ type }) => type === 'hello')
    const first = all.findIndex(({ type }, index) => index > at && type === 'connected')
    return at >= before && first >= 0 ? all.slice(at, first + 1) : undefined
  })
  const told = hello.flatMap(said => (said.type === 'streams' ? said.streams : []))
  assert.deepEqual(
    told.map(row => [row.ConnectionStatus, row.InternalReason, row.ConnectionID]).sort(),
    [
      ['active', '', open.opened.connection],
      ['close', 'AGT_FINISHED', ended.opened.connection],
      ['refused', 'EDG_CONTROLLER_LOST', told.find(row => row.ConnectionStatus === 'refused')?.ConnectionID],
    ].sort(),
  )
})

test('each stream is closed in the log exactly once, however often the controller goes', async () => {
  await using world = await createWorld({})
  await world.connector('con-1')
  const agent = await world.agent('agt-1')
  const connections: string[] = []
  for (let round = 0; round < 3; round++) {
    const streams = await Promise.all(
      Array.from({ length: 20 }, (_, index) => agent.open('10.0.0.9', 40_000 + index)),
    )
    world.controller.cut()
    for (const { stream, opened } of streams) {
      connections.push(opened.connection)
      stream.end()
    }
    await world.events.when(
      all =>
        all.filter(event => event.type === 'controller' && event.state === 'connected').length > round + 1 ||
        undefined,
    )
  }
  const rows = await world.controller.heard.when(() => {
    const closed = world.controller.rows().filter(row => row.ConnectionStatus === 'close')
    return closed.length === connections.length ? closed : undefined
  })
  assert.deepEqual(rows.map(row => row.ConnectionID).sort(), connections.sort())
  const all = world.controller.heard.all.flatMap(said => (said.type === 'streams' ? said.streams : []))
  const over = new Set<string>()
  for (const { ConnectionID, ConnectionStatus } of all) {
    if (ConnectionStatus === 'close') over.add(ConnectionID)
    else assert.ok(!over.has(ConnectionID))
  }
})

const CUTS: readonly [string, (world: World) => void, string][] = [
  ['a member that was revoked or disabled', world => world.controller.unlist('agt-1'), 'POL_REVOKED'],
  [
    'a user who is gone or disabled',
    world => world.controller.say({ type: 'identity', user: 'anna', found: false, groups: [] }),
    'POL_USER_UNKNOWN',
  ],
]
for (const [title, cut, code] of CUTS) {
  test(`${title} is cut at once with ${code}, and others are not`, async () => {
    await using world = await createWorld(
      { access: { rules: [{ name: 'all', enabled: true, when: {}, action: 'allow' }] } },
      { people: { anna: [], bert: [] } },
    )
    const connector = await world.connector('con-1')
    const agent = await world.agent('agt-1')
    const other = await world.agent('agt-2', { user: 'bert' })
    const { opened } = await agent.open('10.0.0.9', 21)
    const kept = await other.open('10.0.0.9', 21)
    cut(world)
    assert.equal((await agent.link.closed).code, code)
    const { end } = await connector.ended.find(({ connection }) => connection === opened.connection)
    assert.equal(end.status.code, code)
    const row = await world.controller.row(({ ConnectionStatus }) => ConnectionStatus === 'close')
    assert.deepEqual([row.ConnectionID, row.InternalReason], [opened.connection, code])
    kept.stream.write(Buffer.from('x'))
    await kept.heard.when(() => kept.text() === 'x')
  })
}

test('a connector that was revoked is cut at once', async () => {
  await using world = await createWorld({})
  const connector = await world.connector('con-1')
  const agent = await world.agent('agt-1')
  const { heard } = await agent.open('10.0.0.9', 21)
  world.controller.unlist('con-1')
  assert.equal((await connector.link.closed).code, 'POL_REVOKED')
  await heard.find(({ reset }) => reset?.code === 'POL_REVOKED')
  assert.equal(await agent.refused('10.0.0.9', 21), 'EDG_NO_CONNECTOR')
})

test('a link that stood before its member renewed lives on; who comes with the old certificate is refused', async () => {
  await using world = await createWorld({})
  await world.connector('con-1')
  const agent = await world.agent('agt-1')
  await agent.heard.find(({ type }) => type === 'definitions')
  world.controller.change('agt-1', { serial: 'abcd' })
  await world.controller.taken()
  await agent.open('10.0.0.9', 21)
  const away = new Seen<Status>()
  const { socket } = await dialPart({
    ...{ identity: agent.identity, address: agent.address, protocol: 'agent', expects: 'edge' },
    signal: AbortSignal.timeout(5_000),
  })
  createLink(socket, {
    ...{ side: 'dialler', peer: EDGE_CODES },
    handlers: { onOpen() {}, onMessage() {}, onGoAway: away.add },
  })
  const { code, text } = await away.find(() => true)
  assert.deepEqual([code, text], ['POL_REVOKED', 'The certificate was replaced by a newer one.'])
})

test('whoever comes before the controller has told of it waits a moment', async () => {
  await using world = await createWorld({})
  await world.connector('con-1')
  const made = await world.identity('agent', 'agt-9')
  const address = `127.0.0.1:${world.edge.address.port}`
  const { socket } = await dialPart({
    ...{ identity: made, address, protocol: 'agent', expects: 'edge', signal: AbortSignal.timeout(5_000) },
  })
  const link = createLink(socket, {
    ...{ side: 'dialler', peer: EDGE_CODES },
    handlers: { onOpen() {}, onMessage() {} },
  })
  world.controller.list({
    ...{
      id: 'agt-9',
      kind: 'agent',
      name: 'new',
      user: 'anna',
      serial: made.serial,
      expiresAt: made.expiresAt,
    },
  })
  await link.open({ host: '10.0.0.9', port: 21, via: 'socks5' }, AbortSignal.timeout(5_000))
  await link[Symbol.asyncDispose]()
})

test('when a sign-in has expired nothing new is opened, and what is open lives on for the grace', async () => {
  await using world = await createWorld({}, { graceMs: 1_500 })
  await world.connector('con-1')
  const agent = await world.agent('agt-1', { lifetimeMs: 3_000 })
  const { stream, heard, text } = await agent.open('10.0.0.9', 21)
  await agent.away.find(({ code }) => code === 'AGT_SIGN_IN_EXPIRED')
  assert.equal(await agent.refused('10.0.0.9', 40_000), 'AGT_SIGN_IN_EXPIRED')
  stream.write(Buffer.from('x'))
  await heard.when(() => text() === 'x')
  await heard.find(({ reset }) => reset?.code === 'AGT_SIGN_IN_EXPIRED')
  assert.equal((await agent.link.closed).code, 'AGT_SIGN_IN_EXPIRED')
})

test('a link whose sign-in has expired is closed when nothing is open on it', async () => {
  await using world = await createWorld({})
  const agent = await world.agent('agt-1', { lifetimeMs: 1_500 })
  assert.equal((await agent.link.closed).code, 'AGT_SIGN_IN_EXPIRED')
})

test('an administrator ends a connection, a session, or all of a user', async () => {
  await using world = await createWorld({})
  await world.connector('con-1')
  const agent = await world.agent('agt-1')
  const [control, data] = [await agent.open('10.0.0.9', 21), await agent.open('10.0.0.9', 40_000)]
  world.controller.say({ type: 'kick', connection: data.opened.connection })
  await data.heard.find(({ reset }) => reset?.code === 'EDG_KICKED')
  const again = await agent.open('10.0.0.9', 40_001)
  world.controller.say({ type: 'kick', session: control.opened.session })
  for (const { heard } of [control, again]) await heard.find(({ reset }) => reset?.code === 'EDG_KICKED')
  const last = await agent.open('10.0.0.9', 21)
  world.controller.say({ type: 'kick', user: 'anna' })
  await last.heard.find(({ reset }) => reset?.code === 'EDG_KICKED')
  await agent.open('10.0.0.9', 21)
})

test('a session in which nothing moves is ended, its control connection not before its data connections', async () => {
  await using world = await createWorld({}, { idleMs: 1_500 })
  await world.connector('con-1')
  const agent = await world.agent('agt-1')
  const [control, data] = [await agent.open('10.0.0.9', 21), await agent.open('10.0.0.9', 40_000)]
  const other = await agent.open('10.0.0.9', 21)
  const moving = setInterval(() => data.stream.write(Buffer.from('x')), 100)
  try {
    // The session without data is newer, and yet the first to go.
    await other.heard.find(({ reset }) => reset?.code === 'EDG_IDLE_TIMEOUT')
    assert.ok(![...control.heard.all, ...data.heard.all].some(({ reset }) => reset))
  } finally {
    clearInterval(moving)
  }
  for (const { heard } of [control, data]) await heard.find(({ reset }) => reset?.code === 'EDG_IDLE_TIMEOUT')
})

test('a user of whom the controller says nothing is refused in time', async () => {
  await using world = await createWorld({}, { answersWho: false })
  await world.connector('con-1')
  const agent = await world.agent('agt-1')
  assert.equal(await agent.refused('10.0.0.9', 21), 'EDG_CONTROLLER_LOST')
})

test('a sign-in at the edge is asked of the controller with the address of whoever signs in', async () => {
  await using world = await createWorld({})
  const seen: [EnrolRequest, string][] = []
  world.controller.onRelay = (request, from) => {
    seen.push([request, from])
    return { type: 'refused', code: 'GATEWAY_CODE_NEEDED', text: 'The code, please.' }
  }
  const signIn = async () =>
    enrol({
      invitation: { authority: fingerprintOf((await world.identity('agent', 'x')).authority) },
      addresses: [`127.0.0.1:${world.edge.address.port}`],
      request: {
        type: 'sign-in',
        user: 'anna',
        password: 'secret',
        device: 'laptop',
        labels: [],
        version: '1',
      },
      signal: AbortSignal.timeout(5_000),
    })
  await assert.rejects(signIn, { code: 'GATEWAY_CODE_NEEDED', message: 'The code, please.' })
  assert.deepEqual(
    seen.map(([{ type }, from]) => [type, from]),
    [['sign-in', '127.0.0.1']],
  )
  world.controller.away(true)
  await lost(world)
  await assert.rejects(signIn, { code: 'GATEWAY_UNREACHABLE' })
})

test('a member asks for its certificate anew over its link', async () => {
  await using world = await createWorld({})
  const connector = await world.connector('con-1')
  connector.say({ type: 'renew', csr: 'a request' })
  const asked = await world.controller.heard.when(all => all.find(said => said.type === 'relay-renew'))
  assert.deepEqual([asked.member, asked.csr], ['con-1', 'a request'])
  const reply = { type: 'refused', code: 'GATEWAY_ENROL_REFUSED', text: 'No.' } as const
  world.controller.say({ type: 'relayed', id: asked.id, reply })
  assert.deepEqual(await connector.heard.find(({ type }) => type === 'renewed'), { type: 'renewed', reply })
})
