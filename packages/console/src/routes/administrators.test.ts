import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PASSWORD, startTestApp } from '../http/testing-app.ts'
import { allRoutes } from './index.ts'

const start = () => startTestApp({ routes: allRoutes })

test('administrators are made, listed, changed and removed, and nothing of their secrets is shown', async () => {
  await using it = await start()
  const root = await it.as('administrator', 'root')
  const made = await root.post('/administrators', { name: 'eve', role: 'operator', password: PASSWORD })
  assert.equal(made.status, 201)
  assert.partialDeepStrictEqual(made.body, { name: 'eve', role: 'operator', enabled: true, totp: false })
  assert.equal(
    (await root.post('/administrators', { name: 'eve', role: 'operator', password: PASSWORD })).code,
    'STORE_EXISTS',
  )
  const listed = await root.get('/administrators')
  assert.partialDeepStrictEqual(listed.body, { total: 2, items: [{ name: 'eve' }, { name: 'root' }] })
  assert.doesNotMatch(listed.text + made.text, /argon2|password|recovery|secret/i)
  assert.partialDeepStrictEqual((await root.patch('/administrators/eve', { role: 'read-only' })).body, {
    role: 'read-only',
  })
  assert.equal((await root.delete('/administrators/eve')).status, 204)
  assert.equal((await root.delete('/administrators/eve')).code, 'ADMINISTRATOR_MISSING')
  assert.equal((await root.patch('/administrators/eve', {})).status, 404)
})

test('each change ends the sessions of the one who was changed', async () => {
  await using it = await start()
  const root = await it.as('administrator', 'root')
  const changes = [
    { role: 'read-only' },
    { enabled: false },
    { enabled: true },
    { password: 'another horse battery' },
    { totp: false },
  ]
  for (const change of changes) {
    await it.services.store.administrators.change('eve', { enabled: true }).catch(() => {})
    const eve = await it.as('operator', 'eve')
    assert.equal((await eve.get('/auth/me')).status, 200)
    assert.equal((await root.patch('/administrators/eve', change)).status, 200, JSON.stringify(change))
    assert.equal((await eve.get('/auth/me')).status, 401, JSON.stringify(change))
  }
  const eve = await it.as('operator', 'eve')
  await root.delete('/administrators/eve')
  assert.equal((await eve.get('/auth/me')).status, 401)
})

test('a lost second factor is taken away by another administrator', async () => {
  await using it = await start()
  const root = await it.as('administrator', 'root')
  await it.makeAdministrator('operator', 'eve')
  const { administrators } = it.services.store
  await administrators.change('eve', { totpSecret: 'A'.repeat(32), recoveryCodes: ['x'] })
  await administrators.takeTotpStep('eve', 1)
  assert.partialDeepStrictEqual((await root.patch('/administrators/eve', { enabled: true })).body, {
    totp: true,
  })
  assert.partialDeepStrictEqual((await root.patch('/administrators/eve', { totp: false })).body, {
    totp: false,
  })
  const login = { realm: 'administrator', name: 'eve', password: PASSWORD }
  assert.equal((await it.anonymous.post('/auth/login', login)).status, 200)
})

test('nobody locks himself out, and somebody is always left who can administer', async () => {
  await using it = await start()
  const root = await it.as('administrator', 'root')
  for (const change of [{ role: 'operator' }, { enabled: false }, { password: PASSWORD }, { totp: false }])
    assert.equal((await root.patch('/administrators/root', change)).code, 'ADMINISTRATOR_ONESELF')
  assert.equal((await root.delete('/administrators/root')).code, 'ADMINISTRATOR_ONESELF')
  const program = await it.withToken('administrators:write')
  assert.equal(
    (await program.patch('/administrators/root', { role: 'operator' })).code,
    'STORE_LAST_ADMINISTRATOR',
  )
  assert.equal(
    (await program.patch('/administrators/root', { enabled: false })).code,
    'STORE_LAST_ADMINISTRATOR',
  )
  assert.equal((await program.delete('/administrators/root')).code, 'STORE_LAST_ADMINISTRATOR')
  assert.equal((await root.get('/auth/me')).status, 200)
})

test('what was changed is in the audit log, before and after; that a password was, without it', async () => {
  await using it = await start()
  const root = await it.as('administrator', 'root')
  await it.makeAdministrator('operator', 'eve')
  await root.patch('/administrators/eve', { role: 'read-only', password: 'another horse battery' })
  await root.delete('/administrators/root')
  const { items } = await it.services.store.audit.list({ limit: 2 })
  assert.partialDeepStrictEqual(items, [
    {
      actor: 'root',
      action: 'administrators.refused',
      target: 'DELETE /administrators/:name',
      outcome: 'refused',
    },
    {
      actor: 'root',
      action: 'administrator.change',
      target: 'eve',
      before: { role: 'operator', enabled: true, totp: false },
      after: { role: 'read-only', enabled: true, totp: false },
      outcome: 'done',
      text: 'with a new password',
    },
  ])
  assert.doesNotMatch(JSON.stringify(items), /horse|argon2/)
})
