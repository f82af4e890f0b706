import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Caller, TestApp } from '../../http/testing-app.ts'
import { usersRoutes } from '../users.ts'
import { gatewayRoutes } from './index.ts'
import { startAccessApp } from './testing-access.ts'

describe('people of the access path', () => {
  let app: TestApp
  let admin: Caller
  before(async () => {
    app = await startAccessApp({
      routes: services => [...gatewayRoutes(services), ...usersRoutes(services)],
    })
    admin = await app.as('administrator')
    for (const name of ['carol', 'Anna', 'bob']) await app.asUser(name)
  })
  after(() => app[Symbol.asyncDispose]())

  const people = () => app.services.store.access.people
  const partOf = (text: string, name: string) => new RegExp(`"${name}":"([^"]+)"`).exec(text)?.[1] ?? ''

  test('are the users of the store, then those of the file, page by page', async () => {
    const names = async (query: string) => {
      const { text } = await admin.get(`/access/people?${query}`)
      return [
        [...text.matchAll(/"user":"([^"]+)"/g)].map(([, name]) => name),
        /"total":(\d+)/.exec(text)?.[1],
      ]
    }
    // bob is in the store, too, and that one comes first.
    assert.deepEqual(await names(''), [['Anna', 'bob', 'carol', 'alice'], '4'])
    assert.deepEqual(await names('limit=2'), [['Anna', 'bob'], '4'])
    assert.deepEqual(await names('offset=2&limit=2'), [['carol', 'alice'], '4'])
    assert.deepEqual(await names('offset=3&limit=5'), [['alice'], '4'])
    assert.deepEqual(await names('search=A'), [['Anna', 'carol', 'alice'], '3'])
  })

  test('are given a second factor that is shown once and kept sealed, and lose it again', async () => {
    const made = await admin.post('/access/people/alice/totp')
    assert.equal(made.status, 201, made.text)
    const secret = partOf(made.text, 'secret')
    assert.match(secret, /^[A-Z2-7]{32}$/)
    assert.match(partOf(made.text, 'uri'), /^otpauth:\/\/totp\/Portolan:alice\?/)
    assert.deepEqual(await people().secrets('alice'), { totp: secret })
    const list = await admin.get('/access/people?search=alice')
    assert.match(list.text, /"user":"alice","totp":true/)
    assert.ok(!list.text.includes(secret))
    const again = await admin.post('/access/people/alice/totp')
    assert.notEqual(partOf(again.text, 'secret'), secret)
    assert.equal((await admin.delete('/access/people/alice/totp')).status, 204)
    assert.equal((await admin.delete('/access/people/alice/totp')).code, 'PERSON_NO_TOTP')
    assert.equal((await admin.post('/access/people/nobody/totp')).code, 'USER_MISSING')
    const rows = await app.services.store.audit.list({ limit: 10, target: 'alice' })
    const told = JSON.stringify(rows.items)
    assert.match(told, /access\.totp\.create/)
    assert.ok(!told.includes(secret))
  })

  test('are given tokens that are shown once and kept as a hash', async () => {
    const made = await admin.post('/access/people/alice/tokens', { name: 'build machine' })
    assert.equal(made.status, 201, made.text)
    const token = partOf(made.text, 'token')
    assert.match(token, /^pta_[\w-]{43}$/)
    const kept = JSON.stringify((await people().get('alice'))?.document)
    assert.match(kept, /"hash":"[0-9a-f]{64}"/)
    assert.ok(!kept.includes(token))
    const list = await admin.get('/access/people?search=alice')
    assert.match(
      list.text,
      /"tokens":\[{"id":"[\w-]+","name":"build machine","createdAt":\d+,"createdBy":"administrator"}\]/,
    )
    const past = await admin.post('/access/people/alice/tokens', { name: 'x', expiresAt: 5 })
    assert.deepEqual([past.status, past.code], [422, 'PERSON_INVALID'])
    assert.equal((await admin.post('/access/people/nobody/tokens', { name: 'x' })).code, 'USER_MISSING')
    assert.equal((await admin.delete('/access/people/alice/tokens/none')).code, 'TOKEN_MISSING')
    assert.equal((await admin.delete(`/access/people/alice/tokens/${partOf(made.text, 'id')}`)).status, 204)
    assert.match((await admin.get('/access/people?search=alice')).text, /"tokens":\[\]/)
  })

  test('have tokens that were made at once, all of them, and not more than are sensible', async () => {
    const made = await Promise.all(
      Array.from({ length: 4 }, (_, index) =>
        admin.post('/access/people/carol/tokens', { name: `t${index}` }),
      ),
    )
    assert.deepEqual(
      made.map(({ status }) => status),
      [201, 201, 201, 201],
    )
    for (let index = 4; index < 20; index++)
      await admin.post('/access/people/carol/tokens', { name: `t${index}` })
    const full = await admin.post('/access/people/carol/tokens', { name: 'one more' })
    assert.deepEqual([full.status, full.code], [409, 'PERSON_TOO_MANY_TOKENS'])
    assert.equal(
      new Set(
        [...(await admin.get('/access/people?search=carol')).text.matchAll(/"name":"t\d+"/g)].map(String),
      ).size,
      20,
    )
  })

  test('lose all of it with their account: who is called so next has none of it', async () => {
    await admin.post('/access/people/carol/totp')
    assert.equal((await admin.delete('/users/carol')).status, 200)
    assert.equal(await people().get('carol'), undefined)
    await app.asUser('carol')
    assert.match((await admin.get('/access/people?search=carol')).text, /"totp":false,"tokens":\[\]/)
  })
})
