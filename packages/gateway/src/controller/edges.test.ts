import assert from 'node:assert/strict'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { connect } from 'node:tls'
import type { ControllerSays } from '../control/messages.ts'
import { newKeyAndCsr } from '../pki/key.ts'
import type { Identity } from '../pki/types.ts'
import { testAuthority } from '../transport/testing-identities.ts'
import { ALPN } from '../wire/types.ts'
import { authorityOf } from './authority-of.ts'
import { documentOf } from './member-document.ts'
import { dialAsEdge, report, startTestController, type TestController } from './testing-controller.ts'

const BY = { by: 'test' }

let test: TestController
beforeEach(async () => {
  test = await startTestController()
})
afterEach(() => test[Symbol.asyncDispose]())

const dial = (identity: Identity) => dialAsEdge(test.address, identity)
const isConfig = (said: ControllerSays) => said.type === 'config'
const SEGMENT = {
  name: 'ftp',
  applications: ['ftp.test'],
  ports: [{ from: 21, to: 21 }],
  inspection: 'ftp',
  segmentGroup: 'all',
  serverGroup: 'all',
}

describe('an edge at its controller', () => {
  it('is told the configuration and who takes part, and again what changes', async () => {
    const edge = await dial(await test.member('edge', 'north'))
    const first = await edge.of('config')
    const { store } = test
    await store.access.segments.create('ftp', SEGMENT, BY)
    await edge.said.first(said => isConfig(said) && JSON.stringify(said).includes('ftp.test'))
    const versions = edge.said.all
      .filter(isConfig)
      .map(said => JSON.parse(JSON.stringify(said)).config.version)
    assert.ok(versions.length === 2 && versions[1] > versions[0], String(versions))
    assert.deepEqual(Object.keys(JSON.parse(JSON.stringify(first)).config).length, 9)
    const connector = await test.member('connector', 'c1')
    await edge.said.first(
      said =>
        said.type === 'members' &&
        said.valid.some(({ id, connectorGroup }) => id === connector.id && connectorGroup === 'berlin'),
    )
  })

  it('goes on with the configuration before when the store has one that cannot be used', async () => {
    const edge = await dial(await test.member('edge', 'north'))
    await edge.of('config')
    await test.store.access.policies.create('access', { rules: 'all of them' }, BY)
    const warned = await test.events.first(
      event => event.type === 'warning' && event.code === 'GATEWAY_INVALID',
    )
    assert.match(JSON.stringify(warned), /access policy of the store cannot be used.*rules/)
    assert.equal(edge.said.all.filter(isConfig).length, 1)
    await test.store.access.policies.replace('access', { rules: [{ name: 'all', action: 'allow' }] }, BY)
    await edge.said.first(said => isConfig(said) && JSON.stringify(said).includes('allow'))
  })

  it('hears that its controller lives, and is heard', async () => {
    const edge = await dial(await test.member('edge', 'north'))
    edge.say({ type: 'hello', version: '7', addresses: ['0.0.0.0:8443', 'edge.test:443'] })
    const figures = {
      agents: 2,
      connectors: 1,
      bytesPerSecond: 9,
      cpu: 0.5,
      residentBytes: 100,
      refusedLinks: 3,
    }
    edge.say({ type: 'alive', streams: 5, ...figures })
    await edge.of('alive')
    await edge.link.ping(AbortSignal.timeout(10_000))
    const [live] = test.controller.live()
    assert.deepEqual([live?.name, live?.version, live?.streams, live?.refusedLinks], ['north', '7', 5, 3])
    const [row] = (await test.store.access.members.list({ kind: 'edge', offset: 0, limit: 1 })).items
    assert.ok(row)
    await edge.said.first(said => said.type === 'members' && said.edges.includes('127.0.0.1:8443'))
    const { addresses, node, version } = documentOf((await test.store.access.members.get(row.id)) ?? row)
    assert.deepEqual([addresses, node, version], [['127.0.0.1:8443', 'edge.test:443'], 'node-a', '7'])
  })

  it('is told who a user is, and again when that is another', async () => {
    const edge = await dial(await test.member('edge', 'north'))
    edge.say({ type: 'who', user: 'alice' })
    edge.say({ type: 'who', user: 'mallory' })
    const isOf = (user: string, found: boolean, groups: readonly string[]) => (said: ControllerSays) =>
      said.type === 'identity' &&
      said.user === user &&
      said.found === found &&
      String(said.groups) === String(groups)
    await edge.said.first(isOf('alice', true, ['staff']))
    await edge.said.first(isOf('mallory', false, []))
    test.users.set('alice', ['staff', 'admins'])
    await test.store.groups.create('admins', {}, BY)
    await edge.said.first(isOf('alice', true, ['staff', 'admins']))
    test.users.delete('alice')
    await test.store.users.create('alice', { document: {}, enabled: false, groups: [] }, BY)
    await edge.said.first(isOf('alice', false, []))
    assert.equal(edge.said.all.filter(said => said.type === 'identity' && said.user === 'mallory').length, 1)
  })

  it('carries enrolments and sign-ins of others, from the address that it tells, and knows them before they are answered', async () => {
    const edge = await dial(await test.member('edge', 'north'))
    const secret = await test.key({
      name: 'inside',
      kind: 'connector',
      connectorGroup: 'berlin',
      networks: ['10.0.0.0/8'],
    })
    const { csr } = await newKeyAndCsr()
    const request = {
      type: 'enrol',
      kind: 'connector',
      key: 'inside',
      secret,
      csr,
      name: 'c',
      addresses: [],
      version: '1',
    } as const
    edge.say({ type: 'relay', id: 1, from: '192.0.2.1', request })
    edge.say({ type: 'relay', id: 2, from: '10.1.2.3', request })
    const replies = await Promise.all(
      [1, 2].map(id => edge.said.first(said => said.type === 'relayed' && said.id === id)),
    )
    const [refused, enrolled] = replies.map(said => (said.type === 'relayed' ? said.reply : undefined))
    assert.ok(refused?.type === 'refused' && /may not be used from 192.0.2.1/.test(refused.text))
    assert.ok(enrolled?.type === 'enrolled')
    assert.deepEqual(enrolled.addresses, ['north.test:8443'])
    const at = edge.said.all.indexOf(replies[1] as ControllerSays)
    const known = edge.said.all
      .slice(0, at)
      .some(said => said.type === 'members' && said.valid.some(({ id }) => id === enrolled.id))
    assert.ok(known, 'the members come before the reply')
  })

  it('passes on kicks of its streams alone, and of users to all', async () => {
    const [north, south] = [
      await dial(await test.member('edge', 'north')),
      await dial(await test.member('edge', 'south')),
    ]
    north.say({ type: 'streams', streams: [report({ ConnectionID: 'n1', SessionID: 's1' })] })
    south.say({ type: 'streams', streams: [report({ ConnectionID: 'x1' })] })
    await Promise.all([north, south].map(({ link }) => link.ping(AbortSignal.timeout(10_000))))
    assert.deepEqual(
      test.controller.streams().map(stream => [stream.ConnectionID, stream.ClientZEN]),
      [
        ['n1', 'north'],
        ['x1', 'south'],
      ],
    )
    assert.equal(test.controller.kick({ connection: 'n1' }), 1)
    assert.equal(test.controller.kick({ session: 's1' }), 1)
    assert.equal(test.controller.kick({ connection: 'nobody' }), 0)
    assert.equal(test.controller.kick({ user: 'alice' }), 2)
    await north.said.first(said => said.type === 'kick' && said.session === 's1')
    await south.said.first(said => said.type === 'kick' && said.user === 'alice')
    assert.equal(south.said.all.filter(said => said.type === 'kick').length, 1)
  })

  it('is cut when what it says is no message', async () => {
    const edge = await dial(await test.member('edge', 'north'))
    edge.link.message({ type: 'streams', streams: 'many' })
    await edge.link.closed
    await test.events.first(event => event.type === 'edge-lost')
    assert.equal(test.controller.live().length, 0)
  })

  it('is told that settings have changed', async () => {
    const edge = await dial(await test.member('edge', 'north'))
    await edge.of('members')
    test.settings = { ...test.settings, grace: 1_234, trustedNetworks: ['10.0.0.0/8'] }
    await test.controller.apply()
    await edge.said.first(said => said.type === 'members' && said.graceMs === 1_234)
    await edge.said.first(said => isConfig(said) && JSON.stringify(said).includes('10.0.0.0/8'))
  })

  it('stays when its controller moves to another port, where others find it', async () => {
    const edge = await dial(await test.member('edge', 'north'))
    await edge.of('members')
    const south = await test.member('edge', 'south')
    test.settings = { ...test.settings, host: '127.0.0.2' }
    await test.controller.apply()
    assert.equal(test.controller.address.address, '127.0.0.2')
    await dialAsEdge(`127.0.0.2:${test.controller.address.port}`, south).then(({ of }) => of('members'))
    await edge.link.ping(AbortSignal.timeout(10_000))
    await assert.rejects(dial(south), { code: 'GATEWAY_UNREACHABLE' })
  })
})

describe('an edge that is not let in', () => {
  const refusal = async (identity: Identity) => (await (await dial(identity)).refusals.first(() => true)).text

  it('was revoked: it is cut at once, and refused when it comes again', async () => {
    const identity = await test.member('edge', 'north')
    const edge = await dial(identity)
    await edge.of('members')
    await test.store.access.members.change(identity.id, { revokedAt: Date.now() })
    assert.equal((await edge.refusals.first(() => true)).code, 'POL_REVOKED')
    await edge.link.closed
    assert.match(await refusal(identity), /was revoked/)
    await test.events.first(event => event.type === 'warning' && event.code === 'POL_REVOKED')
  })

  it('is disabled: it is cut, and comes back when it is enabled', async () => {
    const identity = await test.member('edge', 'north')
    const edge = await dial(identity)
    await edge.of('members')
    await test.store.access.members.change(identity.id, { enabled: false })
    await edge.link.closed
    assert.match(await refusal(identity), /edge is disabled/)
    await test.store.access.members.change(identity.id, { enabled: true })
    await (await dial(identity)).of('members')
  })

  it('has a certificate that was replaced', async () => {
    const identity = await test.member('edge', 'north')
    await test.store.access.members.change(identity.id, { serial: '1234' })
    assert.match(await refusal(identity), /replaced by a newer one/)
  })

  it('is of another authority, or nobody’s: it hears nothing', async () => {
    const stranger = await (await testAuthority()).identity({ kind: 'edge' })
    for (const identity of [stranger, undefined]) {
      const socket = connect({
        host: '127.0.0.1',
        port: test.controller.address.port,
        rejectUnauthorized: false,
        ALPNProtocols: [ALPN.control],
        ...(identity && { key: identity.key, cert: identity.certificate }),
      })
      socket.on('error', () => {})
      const heard: Buffer[] = []
      socket.on('data', (piece: Buffer) => heard.push(piece))
      await once(socket, 'close')
      assert.equal(Buffer.concat(heard).length, 0)
    }
    await test.events.first(event => event.type === 'warning' && event.code === 'POL_CERTIFICATE')
  })

  it('has expired', async () => {
    const authority = await authorityOf(test.store)
    const { key, csr } = await newKeyAndCsr()
    const identity = await test.member('edge', 'north')
    const issued = await authority.issue({ csr, identity, lifetimeMs: -1_000, now: Date.now() })
    const expired = { ...identity, key, certificate: issued.certificate }
    await assert.rejects(dial(expired), { code: 'GATEWAY_IDENTITY', message: /expired: it counted until/ })
    const socket = connect({
      host: '127.0.0.1',
      port: test.controller.address.port,
      rejectUnauthorized: false,
      ALPNProtocols: [ALPN.control],
      key,
      cert: issued.certificate,
    })
    assert.match(String((await once(socket, 'data'))[0]), /expired: it counted until/)
    socket.destroy()
  })

  it('is a connector', async () => {
    assert.match(await refusal(await test.member('connector', 'c')), /of kind connector, not edge/)
  })

  it('names a member that never was, with a certificate that the authority signed', async () => {
    const authority = await authorityOf(test.store)
    const { key, csr } = await newKeyAndCsr()
    const named = { kind: 'edge', id: 'never' } as const
    const issued = await authority.issue({ csr, identity: named, lifetimeMs: 60_000, now: Date.now() })
    const identity = { ...(await test.member('edge', 'north')), key, certificate: issued.certificate }
    assert.match(await refusal(identity), /was revoked/)
  })
})

describe('the certificate of a member', () => {
  const renewed = (edge: Awaited<ReturnType<typeof dial>>, id: number) =>
    edge.said
      .first(said => said.type === 'relayed' && said.id === id)
      .then(said => (said.type === 'relayed' ? said.reply : undefined))

  it('is renewed over the link of an edge, which goes on, and comes in with either for a while', async () => {
    const identity = await test.member('edge', 'north')
    const edge = await dial(identity)
    const { key, csr } = await newKeyAndCsr()
    edge.say({ type: 'renew', csr })
    const { reply } = await edge.of('renewed')
    assert.ok(reply.type === 'enrolled' && reply.id === identity.id)
    await edge.link.ping(AbortSignal.timeout(10_000))
    await test.events.first(event => event.type === 'renewed' && event.who === 'north')
    await (await dial(identity)).of('members')
    await (await dial({ ...identity, key, certificate: reply.certificate })).of('members')
  })

  it('is the same when the answer was lost and it is asked for with the same key', async () => {
    const connector = await test.member('connector', 'c')
    const edge = await dial(await test.member('edge', 'north'))
    const serial = (await test.store.access.members.get(connector.id))?.serial ?? ''
    const { csr } = await newKeyAndCsr()
    const ask = { type: 'relay-renew', member: connector.id, serial, csr } as const
    edge.say({ ...ask, id: 1 })
    const first = await renewed(edge, 1)
    edge.say({ ...ask, id: 2 })
    assert.ok(first?.type === 'enrolled')
    assert.deepEqual(await renewed(edge, 2), first)
    const { valid } = await edge.said
      .first(
        said => said.type === 'members' && said.valid.some(({ previousSerial }) => previousSerial === serial),
      )
      .then(said => (said.type === 'members' ? said : assert.fail()))
    assert.notEqual(valid.find(({ id }) => id === connector.id)?.serial, serial)
  })

  it('is renewed by one of two that have it: the other is told, and both are told of', async () => {
    const connector = await test.member('connector', 'c')
    const edge = await dial(await test.member('edge', 'north'))
    const serial = (await test.store.access.members.get(connector.id))?.serial ?? ''
    const csrs = [(await newKeyAndCsr()).csr, (await newKeyAndCsr()).csr]
    for (const [id, csr] of csrs.entries())
      edge.say({ type: 'relay-renew', id, member: connector.id, serial, csr })
    const replies = await Promise.all(csrs.map((_, id) => renewed(edge, id)))
    assert.deepEqual(replies.map(reply => reply?.type).sort(), ['enrolled', 'refused'])
    const loser = replies.find(reply => reply?.type === 'refused')
    assert.ok(loser?.type === 'refused' && loser.code === 'GATEWAY_ENROL_REFUSED')
    assert.match(loser.text, /renewed elsewhere: its identity was copied/)
    await test.events.first(event => event.type === 'renewed' && event.who === 'c')
    await test.events.first(event => event.type === 'enrol-refused' && event.who === 'c')
    await test.events.first(event => event.type === 'warning' && event.code === 'GATEWAY_IDENTITY')
  })

  it('is not renewed when it was revoked, for nobody, and not for a key that a member has', async () => {
    const [gone, here] = [await test.member('connector', 'gone'), await test.member('connector', 'here')]
    const edge = await dial(await test.member('edge', 'north'))
    const serials = new Map(
      await Promise.all(
        [gone, here].map(
          async ({ id }) => [id, (await test.store.access.members.get(id))?.serial ?? ''] as const,
        ),
      ),
    )
    await test.store.access.members.change(gone.id, { revokedAt: Date.now() })
    const { csr } = await newKeyAndCsr()
    const asks = [
      { member: gone.id, serial: serials.get(gone.id) ?? '', csr },
      { member: 'never', serial: '1', csr },
      { member: here.id, serial: serials.get(here.id) ?? '', csr: 'no request' },
    ]
    for (const [id, ask] of asks.entries()) edge.say({ type: 'relay-renew', id, ...ask })
    for (const [id] of asks.entries()) assert.equal((await renewed(edge, id))?.type, 'refused')
    edge.say({ type: 'relay-renew', id: 7, member: here.id, serial: serials.get(here.id) ?? '', csr })
    assert.equal((await renewed(edge, 7))?.type, 'enrolled')
  })

  it('of an agent is not renewed: a sign-in is not prolonged', async () => {
    const agent = await test.ask({
      type: 'sign-in',
      user: 'alice',
      password: 'secret',
      code: '000000',
      device: 'laptop',
      labels: [],
      version: '1',
    })
    const edge = await dial(await test.member('edge', 'north'))
    const serial = (await test.store.access.members.get(agent.id))?.serial ?? ''
    const { csr } = await newKeyAndCsr()
    edge.say({ type: 'relay-renew', id: 1, member: agent.id, serial, csr })
    const reply = await renewed(edge, 1)
    assert.ok(reply?.type === 'refused' && reply.code === 'GATEWAY_SIGN_IN_REFUSED')
  })

  it('of an edge that comes twice ends the first link, and that is told', async () => {
    const identity = await test.member('edge', 'north')
    const first = await dial(identity)
    await first.of('members')
    const second = await dial(identity)
    await second.of('members')
    await first.link.closed
    await test.events.first(
      event => event.type === 'warning' && /there is a copy of its identity/.test(event.text),
    )
    assert.equal(test.controller.live().length, 1)
  })
})
