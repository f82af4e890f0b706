import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decodeInvitation } from '@portolan/gateway'
import type { Caller, TestApp } from '../../http/testing-app.ts'
import { GATEWAY_ON, makeGroups, startAccessApp } from './testing-access.ts'

describe('provisioning keys and members', () => {
  let app: TestApp
  let admin: Caller
  before(async () => {
    app = await startAccessApp({ settings: GATEWAY_ON })
    admin = await app.as('administrator')
    await makeGroups(admin)
  })
  after(() => app[Symbol.asyncDispose]())

  const invitationIn = (text: string) => decodeInvitation(/"invitation":"([^"]+)"/.exec(text)?.[1] ?? '')
  const auditOf = async (action: string) =>
    JSON.stringify((await app.services.store.audit.list({ limit: 1, action })).items[0] ?? null)

  test('a key for an edge is told once, as an invitation and a command; what is kept is its hash', async () => {
    const made = await admin.post('/access/keys', { name: 'edges', kind: 'edge', maxUses: 2 })
    assert.equal(made.status, 201, made.text)
    const { secret = '', addresses, authority, key } = invitationIn(made.text)
    const { controller } = { controller: app.services.access.controller() }
    assert.deepEqual(
      [addresses, authority, key],
      [[`127.0.0.1:${controller.address.port}`], controller.authority, 'edges'],
    )
    assert.match(made.text, /"command":"portolan edge --key ptl1\./)
    assert.match(made.text, /"uses":0,"state":"usable"/)
    const list = await admin.get('/access/keys')
    for (const text of [
      list.text,
      await auditOf('access.key.create'),
      JSON.stringify(await app.services.store.access.keys.all()),
    ]) {
      assert.doesNotMatch(text, /ptl1|"invitation"/)
      assert.ok(!text.includes(secret), 'the secret is told once')
    }
  })

  test('a key is changed, used up, expired and deleted', async () => {
    const stateOf = async () =>
      /"state":"([^"]+)"/.exec((await admin.get('/access/keys?search=edges')).text)?.[1]
    const put = (body: object) => admin.put('/access/keys/edges', body)
    assert.equal((await put({ enabled: false })).status, 200)
    assert.equal(await stateOf(), 'disabled')
    const expiresAt = Date.now() + 60_000
    assert.equal((await put({ enabled: true, expiresAt, networks: ['10.0.0.0/8'] })).status, 200)
    assert.equal(await stateOf(), 'usable')
    app.ahead(120_000)
    assert.equal(await stateOf(), 'expired')
    const disabled = await put({ enabled: false, expiresAt, networks: ['10.0.0.0/8'] })
    assert.equal(disabled.status, 200, 'one that has expired is disabled all the same')
    app.ahead(-120_000)
    await put({ enabled: true })
    for (const _ of [1, 2]) await app.services.store.access.keys.use('edges', 2)
    assert.equal(await stateOf(), 'used-up')
    assert.equal((await put({ networks: ['10.0.0.0/99'] })).code, 'KEY_INVALID')
    assert.equal((await admin.delete('/access/keys/edges')).status, 204)
    assert.equal((await admin.delete('/access/keys/edges')).code, 'KEY_MISSING')
  })

  test('a connector and an agent have nowhere to go as long as no edge has enrolled, and no key is left over', async () => {
    const early = await admin.post('/access/keys', { name: 'k', kind: 'connector', connectorGroup: 'main' })
    assert.deepEqual([early.status, early.code], [409, 'GATEWAY_NO_EDGE'])
    assert.equal(await app.services.store.access.keys.get('k'), undefined)
    assert.equal((await admin.get('/access/agent-invitation')).code, 'GATEWAY_NO_EDGE')
    await makeMember('edge-1', 'edge', { addresses: ['edge.example:8443'] })
    await app.services.access.controller().apply()
    const made = await admin.post('/access/keys', { name: 'k', kind: 'connector', connectorGroup: 'main' })
    assert.equal(made.status, 201, made.text)
    assert.deepEqual(invitationIn(made.text).addresses, ['edge.example:8443'])
    const agents = await admin.get('/access/agent-invitation')
    assert.match(agents.text, /portolan agent --key ptl1\.\S+ --user NAME/)
    assert.equal(invitationIn(agents.text).secret, undefined)
    const wrong = await admin.post('/access/keys', { name: 'j', kind: 'connector' })
    assert.match(wrong.text, /"connectorGroup"/)
  })

  function makeMember(
    id: string,
    kind: 'edge' | 'connector' | 'agent',
    document: { [key: string]: string | string[] } = {},
  ) {
    return app.services.store.access.members.create({
      id,
      kind,
      name: id,
      user: kind === 'agent' ? 'alice' : '',
      serial: '0a',
      expiresAt: Date.now() + 3_600_000,
      enabled: true,
      document: { enrolledFrom: '192.0.2.1', publicKey: 'kept', ...document },
    })
  }

  test('a member is drained by an operator; the rest of it is an administrator’s', async () => {
    await makeMember('berlin', 'connector', { connectorGroup: 'main' })
    const operator = await app.as('operator')
    const drained = await operator.patch('/access/members/berlin', { draining: true })
    assert.equal(drained.status, 200, drained.text)
    assert.match(drained.text, /"draining":true.*"state":"disconnected"/)
    for (const body of [{ enabled: false }, { name: 'x' }, { draining: false, connectorGroup: 'main' }]) {
      const refused = await operator.patch('/access/members/berlin', body)
      assert.deepEqual([refused.status, refused.code], [403, 'ACCESS_DENIED'])
    }
    const changed = await admin.patch('/access/members/berlin', {
      name: 'Berlin 2',
      enabled: false,
      description: 'd',
    })
    assert.match(changed.text, /"name":"Berlin 2","description":"d".*"state":"disabled"/)
    const row = await app.services.store.access.members.get('berlin')
    assert.match(JSON.stringify(row?.document), /"publicKey":"kept"/, 'what its controller keeps stays')
    assert.match(
      await auditOf('access.member.change'),
      /"target":"connector Berlin 2".*"before":{.*"enabled":true.*"after":{.*"enabled":false/,
    )
  })

  test('what cannot be of a member is refused with the field', async () => {
    await makeMember('laptop', 'agent')
    await makeMember('taken', 'connector')
    for (const [id, body, status, said] of [
      ['laptop', { draining: true }, 422, /"draining"/],
      ['edge-1', { connectorGroup: 'main' }, 422, /"connectorGroup".*for connectors/],
      ['berlin', { connectorGroup: 'nothing' }, 422, /no connector group nothing/],
      ['berlin', { name: 'a/b' }, 422, /"name"/],
      ['berlin', { name: 'taken' }, 409, /MEMBER_EXISTS/],
      ['nobody', { draining: true }, 404, /MEMBER_MISSING/],
    ] as const) {
      const answer = await admin.patch(`/access/members/${id}`, body)
      assert.equal(answer.status, status, answer.text)
      assert.match(answer.text, said)
    }
  })

  test('an edge that a publication names keeps its name', async () => {
    const dmz = {
      name: 'dmz',
      edges: ['edge-1'],
      listeners: [{ port: 21, serverPort: 2121 }],
      passive: { basePort: 61_000, numberOfPorts: 10, serverBasePort: 50_000 },
      server: '10.0.0.9',
      serverGroup: 'main',
    }
    assert.equal((await admin.post('/access/publications', dmz)).status, 201)
    const answer = await admin.patch('/access/members/edge-1', { name: 'edge-2' })
    assert.deepEqual([answer.status, answer.code], [409, 'MEMBER_USED'])
    assert.match(answer.text, /the publication dmz/)
  })

  test('a member is deleted when it was revoked, and never comes back', async () => {
    assert.equal((await admin.delete('/access/members/laptop')).code, 'MEMBER_NOT_REVOKED')
    const revoked = await admin.post('/access/members/laptop/revoke')
    assert.match(revoked.text, /"state":"revoked".*"revokedAt":\d+/)
    for (const answer of [
      await admin.post('/access/members/laptop/revoke'),
      await admin.patch('/access/members/laptop', { enabled: true }),
    ]) {
      assert.deepEqual([answer.status, answer.code], [409, 'MEMBER_REVOKED'])
    }
    assert.match(await auditOf('access.member.revoke'), /"target":"agent laptop of alice"/)
    assert.equal((await admin.delete('/access/members/laptop')).status, 204)
    assert.equal((await admin.get('/access/members/laptop')).code, 'MEMBER_MISSING')
  })

  test('lists are by kind and user, and the overview tells what is still missing', async () => {
    await makeMember('phone', 'agent')
    const agents = await admin.get('/access/members?kind=agent&user=alice')
    assert.match(agents.text, /"id":"phone".*"total":1/)
    const overview = await admin.get('/access/overview')
    assert.match(overview.text, /"enabled":true,"address":"127\.0\.0\.1:\d+","authority":"[0-9a-f]{64}"/)
    assert.match(overview.text, /"edges":{"enrolled":1,"connected":0}/)
    assert.deepEqual(
      [...overview.text.matchAll(/"what":"(\w+)"/g)].map(([, what]) => what),
      ['segment', 'rule'],
    )
  })
})

test('without a controller keys are not made, and the first thing missing is to switch it on', async () => {
  await using app = await startAccessApp()
  const admin = await app.as('administrator')
  const answer = await admin.post('/access/keys', { name: 'edges', kind: 'edge' })
  assert.deepEqual([answer.status, answer.code], [409, 'GATEWAY_OFF'])
  const overview = await admin.get('/access/overview')
  assert.match(overview.text, /"enabled":false.*"missing":\[{"what":"enabled"/)
})
