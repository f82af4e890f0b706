import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Me } from '@portolan/console/contract'
import { homeOf, maySee, wayBack } from './guard.ts'

const admin: Me = {
  kind: 'administrator',
  name: 'a',
  role: 'operator',
  scopes: ['users:read'],
  totp: false,
  csrf: '',
  node: { name: 'n', version: '0' },
}
const user: Me = { ...admin, kind: 'user', scopes: [] }

test('a page is seen by those whose scope it asks for', () => {
  assert.equal(maySee({ scope: 'users:read' }, admin), true)
  assert.equal(maySee({ scope: 'audit:read' }, admin), false)
  assert.equal(maySee({ scope: 'administrator' }, admin), true)
  assert.equal(maySee({ scope: 'user' }, admin), false)
  assert.equal(maySee({ scope: 'anybody' }, admin), true)
})

test('an FTP user sees the files and nothing of the administration', () => {
  assert.equal(maySee({ scope: 'user' }, user), true)
  for (const scope of ['administrator', 'users:read', 'audit:read'] as const) {
    assert.equal(maySee({ scope }, { ...user, scopes: ['users:read'] }), false)
  }
  assert.equal(homeOf(user), '/files')
  assert.equal(homeOf(admin), '/overview')
})

test('signing in leads back to a path of the console and nowhere else', () => {
  assert.equal(wayBack('/users?search=a', '/overview'), '/users?search=a')
  const hostile = [
    undefined,
    '',
    'users',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'https://evil.example/',
    'javascript:alert(1)',
    '/sign-in?next=/users',
    '/setup',
  ]
  for (const next of hostile) assert.equal(wayBack(next, '/overview'), '/overview', String(next))
})
