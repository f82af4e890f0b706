import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compilePermissions, type Permission, type PermissionRule } from './permissions.ts'

const RULES: PermissionRule[] = [
  { path: '/', allow: 'readOnly' },
  { path: '/in', allow: ['write', 'list'] },
  { path: '/in/secret', allow: 'none' },
  { path: '/own', allow: 'all' },
]

const cases: [path: string, permission: Permission, allowed: boolean][] = [
  ['/', 'read', true],
  ['/', 'write', false],
  ['/a/b', 'list', true],
  ['/in', 'write', true],
  ['/in/a', 'write', true],
  ['/in/a', 'read', false],
  ['/inside', 'write', false],
  ['/in/secret', 'list', false],
  ['/in/secret/a', 'write', false],
  ['/in/secrets', 'write', true],
  ['/own/a/b', 'link', true],
]

for (const [path, permission, allowed] of cases) {
  test(`${permission} on ${path} is ${allowed ? 'allowed' : 'refused'} by the deepest rule that holds it`, () => {
    assert.equal(compilePermissions(RULES)(path, permission), allowed)
  })
}

test('nothing is allowed where no rule matches', () => {
  const allows = compilePermissions([{ path: '/only', allow: 'all' }])
  assert.equal(allows('/', 'list'), false)
  assert.equal(allows('/onlyish', 'read'), false)
})

test('of two rules with the same path the first decides', () => {
  const allows = compilePermissions([
    { path: '/a', allow: 'readOnly' },
    { path: '/a', allow: 'all' },
  ])
  assert.equal(allows('/a/b', 'write'), false)
})

test('below a read-only folder nothing but reading is allowed, whatever the rules say', () => {
  const allows = compilePermissions([{ path: '/', allow: 'all' }], ['/shared'])
  const changing: Permission[] = [
    'write',
    'append',
    'delete',
    'rename',
    'makeFolder',
    'removeFolder',
    'link',
    'attributes',
  ]
  fc.assert(
    fc.property(
      fc.constantFrom(...changing),
      fc.constantFrom('/shared', '/shared/a', '/shared/a/b'),
      (permission, path) => {
        assert.equal(allows(path, permission), false)
      },
    ),
  )
  assert.equal(allows('/shared/a', 'read'), true)
  assert.equal(allows('/sharedness', 'write'), true)
})
