import assert from 'node:assert/strict'
import { test } from 'node:test'
import { effectiveUser } from './effective-user.ts'
import { parseSettings } from './parse.ts'
import type { SettingsInput } from './schema.ts'

function effective(user: object, groups: SettingsInput['groups'] = []) {
  const settings = parseSettings({ users: [{ name: 'anna', home: '/a', ...user }], groups })
  const [anna] = settings.users
  assert.ok(anna)
  return effectiveUser(settings, anna)
}

test('a user without any rule may do everything', () => {
  assert.deepEqual(effective({ groups: ['g'] }, [{ name: 'g' }]).permissions, [{ path: '/', allow: 'all' }])
})

test('a user without rules has those of the groups, an earlier group before a later one', () => {
  const groups: SettingsInput['groups'] = [
    { name: 'b', permissions: [{ allow: 'all' }, { path: '/b', allow: 'none' }] },
    { name: 'a', permissions: [{ allow: 'readOnly' }] },
  ]
  assert.deepEqual(effective({ groups: ['a', 'b'] }, groups).permissions, [
    { path: '/', allow: 'readOnly' },
    { path: '/b', allow: 'none' },
  ])
})

test('a rule of the user stands in place of that of a group for the same path', () => {
  const groups: SettingsInput['groups'] = [
    { name: 'g', permissions: [{ allow: 'none' }, { path: '/in', allow: 'all' }] },
  ]
  const { permissions } = effective(
    { groups: ['g'], permissions: [{ allow: 'readOnly' }, { allow: 'none' }] },
    groups,
  )
  assert.deepEqual(permissions, [
    { path: '/', allow: 'readOnly' },
    { path: '/in', allow: 'all' },
  ])
})

test('an empty list of rules is a rule: nothing is allowed', () => {
  assert.deepEqual(effective({ permissions: [] }).permissions, [])
})

test('virtual folders, quotas and the need for TLS come from groups, too', () => {
  const groups: SettingsInput['groups'] = [
    {
      name: 'a',
      folders: [
        { path: '/x', folder: '/group/x' },
        { path: '/y', folder: '/group/y' },
      ],
    },
    { name: 'b', quota: { files: 3 }, requireTls: true },
  ]
  const user = effective({ groups: ['a', 'b'], folders: [{ path: '/x', folder: '/own/x' }] }, groups)
  assert.deepEqual(
    user.folders.map(({ path, folder }) => `${path} ${folder}`),
    ['/x /own/x', '/y /group/y'],
  )
  assert.deepEqual(user.quota, { files: 3 })
  assert.equal(user.requireTls, true)
  assert.deepEqual(effective({ groups: ['b'], quota: { files: 9 } }, groups).quota, { files: 9 })
})
