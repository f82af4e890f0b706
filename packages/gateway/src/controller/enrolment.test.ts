import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { EnrolReply } from '../control/messages.ts'
import type { ProvisioningKey } from '../model/index.ts'
import { newKeyAndCsr } from '../pki/key.ts'
import { lineOf, readLine } from '../transport/one-line.ts'
import { openTls } from '../transport/open-tls.ts'
import { documentOf } from './member-document.ts'
import { PATIENCE_MS, startTestController, type TestController } from './testing-controller.ts'

const BY = { by: 'test' }

let test: TestController
// One address may come so often in a minute, and all tests come from one.
beforeEach(async () => {
  test = await startTestController()
})
afterEach(() => test[Symbol.asyncDispose]())

/** Sends a request as it is, without the care that a part takes. */
async function send(request: object): Promise<EnrolReply> {
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const socket = await openTls({ address: test.address, protocol: 'enrol', signal })
  socket.write(lineOf(request))
  return (await readLine(socket, signal)) as EnrolReply
}

const edgeRequest = async (key: string, secret: string, name: string) => ({
  type: 'enrol',
  kind: 'edge',
  key,
  secret,
  csr: (await newKeyAndCsr()).csr,
  name,
  addresses: ['edge.test:1'],
  version: '1',
})

describe('enrolling with a provisioning key', () => {
  it('makes a member, with the connector group of the key, and takes one use of it', async () => {
    const secret = await test.key({ name: 'one', kind: 'connector', connectorGroup: 'berlin', maxUses: 2 })
    const identity = await test.enrol('connector', 'c1', { key: 'one', secret })
    const row = await test.store.access.members.get(identity.id)
    assert.ok(row)
    assert.deepEqual([row.kind, row.name, row.user, row.enabled], ['connector', 'c1', '', true])
    assert.equal(row.serial, new X509Certificate(identity.certificate).serialNumber.toLowerCase())
    assert.equal(row.expiresAt, identity.expiresAt)
    const { connectorGroup, enrolledWith, enrolledFrom, version } = documentOf(row)
    assert.deepEqual(
      [connectorGroup, enrolledWith, enrolledFrom, version],
      ['berlin', 'one', '127.0.0.1', '1'],
    )
    assert.equal((await test.store.access.keys.get('one'))?.uses, 1)
    await test.events.first(event => event.type === 'enrolled' && event.who === 'c1')
  })

  const refused: readonly [what: string, key: Partial<ProvisioningKey>, told: RegExp, secret?: string][] = [
    ['another secret', {}, /^The provisioning key is not valid\.$/, 'guessed'],
    ['a key that is disabled', { enabled: false }, /is disabled/],
    ['a key that has expired', { expiresAt: 1_000 }, /has expired at 1970-01-01T00:00:01.000Z/],
    [
      'a key for another network',
      { networks: ['192.0.2.0/24', '2001:db8::/32'] },
      /may not be used from 127.0.0.1/,
    ],
    [
      'a key for another kind',
      { kind: 'connector', connectorGroup: 'berlin' },
      /for kind connector, not for kind edge/,
    ],
  ]
  for (const [what, key, told, given] of refused)
    it(`is refused with ${what}`, async () => {
      const name = `key: ${what}`.replace(/[^\w -]/g, '')
      const secret = await test.key({ name, kind: 'edge', ...key })
      const enrolling = test.enrol('edge', 'nobody', { key: name, secret: given ?? secret })
      await assert.rejects(enrolling, { code: 'GATEWAY_ENROL_REFUSED', message: told })
      assert.equal((await test.store.access.keys.get(name))?.uses, 0)
      await test.events.first(event => event.type === 'enrol-refused' && event.text.includes(name))
    })

  it('is refused with a key that never was, in the words of a wrong secret', async () => {
    await assert.rejects(test.enrol('edge', 'nobody', { key: 'never', secret: 'x' }), {
      message: 'The provisioning key is not valid.',
    })
    await test.events.first(
      event => event.type === 'enrol-refused' && /there is no provisioning key "never"/.test(event.text),
    )
  })

  it('is refused when the connector group of the key is gone', async () => {
    const secret = await test.key({ name: 'orphan', kind: 'connector', connectorGroup: 'gone' })
    await test.store.access.connectorGroups.remove('gone')
    await assert.rejects(test.enrol('connector', 'c', { key: 'orphan', secret }), {
      message: /group gone .* does not exist/,
    })
  })

  it('is let in from a network of the key', async () => {
    const secret = await test.key({ name: 'near', kind: 'edge', networks: ['127.0.0.0/8'] })
    assert.equal((await test.enrol('edge', 'near', { key: 'near', secret })).kind, 'edge')
  })

  it('takes no more uses than the key has, of many who come at once', async () => {
    const secret = await test.key({ name: 'few', kind: 'edge', maxUses: 3 })
    const all = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => test.enrol('edge', `few-${n}`, { key: 'few', secret })),
    )
    assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 3)
    for (const result of all)
      if (result.status === 'rejected')
        assert.match(String(result.reason), /was used 3 times, as often as it may be/)
    const { items } = await test.store.access.members.list({ offset: 0, limit: 500, search: 'few' })
    assert.equal(items.length, 3)
  })

  it('tells when a key is used once more after its last use: somebody may have stolen it', async () => {
    const secret = await test.key({ name: 'stolen', kind: 'edge' })
    await test.enrol('edge', 'owner', { key: 'stolen', secret })
    await assert.rejects(test.enrol('edge', 'thief', { key: 'stolen', secret }), {
      code: 'GATEWAY_ENROL_REFUSED',
    })
    await test.events.first(
      event =>
        event.type === 'enrol-refused' &&
        event.who === 'thief' &&
        /if that was nobody you know, revoke/.test(event.text),
    )
  })

  it('gives no name twice, and does not waste a use of the key on it', async () => {
    const secret = await test.key({ name: 'names', kind: 'edge', maxUses: 5 })
    await test.enrol('edge', 'paris', { key: 'names', secret })
    await assert.rejects(test.enrol('edge', 'paris', { key: 'names', secret }), {
      message: /an edge paris already/,
    })
    await assert.rejects(test.enrol('edge', '../etc', { key: 'names', secret }), {
      message: /must begin with a letter/,
    })
    assert.equal((await test.store.access.keys.get('names'))?.uses, 1)
  })

  it('of two with one name at the same moment, one is enrolled', async () => {
    const secret = await test.key({ name: 'twins', kind: 'edge', maxUses: 5 })
    const both = await Promise.allSettled(
      [1, 2].map(() => test.enrol('edge', 'twin', { key: 'twins', secret })),
    )
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  })

  it('answers no request twice: a copy of one is refused', async () => {
    const secret = await test.key({ name: 'replay', kind: 'edge', maxUses: 5 })
    const request = await edgeRequest('replay', secret, 'first')
    assert.equal((await send(request)).type, 'enrolled')
    const copy = await send({ ...request, name: 'second' })
    assert.ok(copy.type === 'refused')
    assert.match(copy.text, /was used before: make a new one/)
    assert.equal((await test.store.access.keys.get('replay'))?.uses, 1)
  })

  it('takes who it is from nobody but itself', async () => {
    const secret = await test.key({ name: 'liar', kind: 'edge' })
    const request = { ...(await edgeRequest('liar', secret, 'liar')), id: 'somebody', serial: '1' }
    const reply = await send(request)
    assert.ok(reply.type === 'enrolled')
    assert.match(reply.id, /^[0-9a-f]{20}$/)
    assert.equal(new X509Certificate(reply.certificate).subjectAltName, `URI:portolan:edge/${reply.id}`)
  })

  it('refuses a request for a certificate that is none, and addresses that are none', async () => {
    const secret = await test.key({ name: 'bad', kind: 'edge', maxUses: 5 })
    const request = await edgeRequest('bad', secret, 'bad')
    const noCsr = await send({ ...request, csr: 'hello' })
    assert.ok(noCsr.type === 'refused' && noCsr.code === 'GATEWAY_ENROL_REFUSED')
    const noAddress = await send({ ...request, addresses: ['http://edge'] })
    assert.ok(noAddress.type === 'refused' && /no address/.test(noAddress.text))
  })

  it('brings an edge back under its name and id when its certificate has expired', async () => {
    const secret = await test.key({ name: 'late', kind: 'edge', maxUses: 5 })
    const first = await test.enrol('edge', 'late', { key: 'late', secret })
    await test.store.access.members.change(first.id, { expiresAt: 1_000 })
    const second = await test.enrol('edge', 'late', { key: 'late', secret })
    assert.equal(second.id, first.id)
  })

  it('enrols nobody under the name of one that is disabled', async () => {
    const secret = await test.key({ name: 'off', kind: 'edge', maxUses: 5 })
    const first = await test.enrol('edge', 'off', { key: 'off', secret })
    await test.store.access.members.change(first.id, { expiresAt: 1_000, enabled: false })
    await assert.rejects(test.enrol('edge', 'off', { key: 'off', secret }), { message: /already/ })
  })
})

const SIGN_IN = {
  type: 'sign-in',
  user: 'alice',
  password: 'secret',
  code: '000000',
  device: 'laptop',
  labels: ['managed'],
  version: '1',
} as const

describe('signing in', () => {
  it('gives an agent a certificate as long as the sign-in is good', async () => {
    const identity = await test.ask(SIGN_IN)
    const row = await test.store.access.members.get(identity.id)
    assert.ok(row)
    assert.deepEqual([row.kind, row.name, row.user], ['agent', 'laptop', 'alice'])
    assert.deepEqual(documentOf(row).labels, ['managed'])
    const lifetime = test.settings.signInLifetime
    assert.ok(Math.abs(identity.expiresAt - Date.now() - lifetime) < 60_000)
    await test.events.first(event => event.type === 'signed-in' && event.who === 'alice')
  })

  const wrong: readonly [what: string, change: object, code: string][] = [
    ['another password', { password: 'guess' }, 'GATEWAY_SIGN_IN_REFUSED'],
    ['no second factor', { code: undefined }, 'GATEWAY_CODE_NEEDED'],
    ['another code', { code: '111111' }, 'GATEWAY_SIGN_IN_REFUSED'],
    ['a user who is not there', { user: 'mallory' }, 'GATEWAY_SIGN_IN_REFUSED'],
  ]
  for (const [what, change, code] of wrong)
    it(`is refused with ${what}`, async () => {
      const { code: second, ...request } = { ...SIGN_IN, ...change }
      await assert.rejects(test.ask({ ...request, ...(second !== undefined && { code: second }) }), { code })
      await test.events.first(event => event.type === 'sign-in-refused' && event.who === request.user)
    })

  it('anew from the same device takes the place of the sign-in before', async () => {
    const first = await test.ask(SIGN_IN)
    const second = await test.ask({ ...SIGN_IN, labels: [] })
    assert.equal(second.id, first.id)
    const row = await test.store.access.members.get(first.id)
    assert.equal(row?.serial, new X509Certificate(second.certificate).serialNumber.toLowerCase())
    assert.deepEqual(row && documentOf(row).labels, [])
  })

  it('at the same moment twice from one device makes one member', async () => {
    const both = await Promise.all([1, 2].map(() => test.ask({ ...SIGN_IN, device: 'both' })))
    assert.equal(both[0]?.id, both[1]?.id)
  })

  it('is refused from a device that was disabled', async () => {
    const { id } = await test.ask({ ...SIGN_IN, device: 'lost' })
    await test.store.access.members.change(id, { enabled: false })
    await assert.rejects(test.ask({ ...SIGN_IN, device: 'lost' }), { message: /device lost is disabled/ })
  })

  it('from a device that was revoked makes a new member: the old certificate never counts again', async () => {
    const { id } = await test.ask({ ...SIGN_IN, device: 'revoked' })
    await test.store.access.members.change(id, { revokedAt: Date.now() })
    assert.notEqual((await test.ask({ ...SIGN_IN, device: 'revoked' })).id, id)
  })

  it('calls a device by a name that a member may have', async () => {
    const { id } = await test.ask({ ...SIGN_IN, device: ' *Bob’s/laptop* ' })
    assert.equal((await test.store.access.members.get(id))?.name, 'Bob-s-laptop-')
  })

  it('is good from twenty devices at once, and those that have expired are not counted', async () => {
    test.users.set('bob', [])
    const bob = { ...SIGN_IN, user: 'bob' }
    const ids = await Promise.all(Array.from({ length: 20 }, (_, n) => test.ask({ ...bob, device: `d${n}` })))
    await assert.rejects(test.ask({ ...bob, device: 'one more' }), { message: /20 other devices/ })
    assert.equal((await test.ask({ ...bob, device: 'd3' })).id, ids[3]?.id)
    await test.store.access.members.change(ids[0]?.id ?? '', { expiresAt: Date.now() - 1 })
    await test.ask({ ...bob, device: 'one more' })
  })

  it('is not renewed by a certificate: an agent enrols with no key', async () => {
    const secret = await test.key({ name: 'agents', kind: 'edge' })
    const reply = await send({ ...(await edgeRequest('agents', secret, 'x')), kind: 'agent' })
    assert.ok(reply.type === 'refused')
  })
})

describe('the invitation', () => {
  it('of an edge leads to the controller', async () => {
    const invitation = await test.controller.invitation({ kind: 'edge', key: 'k', secret: 's' })
    assert.deepEqual(invitation, {
      kind: 'edge',
      addresses: [test.address],
      authority: test.controller.authority,
      key: 'k',
      secret: 's',
    })
  })

  it('of others leads to edges, and there has to be one', async () => {
    await using other = await startTestController()
    await assert.rejects(other.controller.invitation({ kind: 'agent' }), {
      code: 'GATEWAY_MISSING',
      message: /start an edge first/,
    })
    await other.member('edge', 'north')
    assert.deepEqual((await other.controller.invitation({ kind: 'agent' })).addresses, ['north.test:8443'])
    other.settings = { ...other.settings, publicAddresses: ['access.example.com:8022'] }
    const { addresses } = await other.controller.invitation({ kind: 'edge', key: 'k', secret: 's' })
    assert.deepEqual(addresses, ['access.example.com:8022'])
    await other.store.access.segmentGroups.create('g', { name: 'g' }, BY)
  })
})
