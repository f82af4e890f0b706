import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSettings, type Settings, type SettingsInput } from '@portolan/settings'
import { Accounts } from './accounts.ts'

type Written = Exclude<SettingsInput, Settings>
type User = Omit<NonNullable<Written['users']>[number], 'name' | 'home'>

const GROUPS: Written['groups'] = [
  {
    name: 'staff',
    folders: [{ path: '/docs', folder: '/srv/docs', readOnly: true }],
    permissions: [{ path: '/docs', allow: 'readOnly' }],
    quota: { bytes: 10 },
  },
  {
    name: 'editors',
    folders: [
      { path: '/docs', folder: '/srv/drafts' },
      { path: '/web', folder: '/srv/web' },
    ],
    permissions: [{ path: '/', allow: 'none' }],
    quota: { bytes: 20 },
  },
  { name: 'silent' },
]

/** The account of a user at 192.0.2.1, and the accounts it comes from. */
function account(about: User, rest: Written = {}) {
  const settings = parseSettings({
    groups: GROUPS,
    users: [{ name: 'alice', home: '/srv/alice', ...about }],
    ...rest,
  })
  const [user] = settings.users
  assert.ok(user)
  const accounts = new Accounts(settings)
  return { ...accounts.of(user, '192.0.2.1'), quotaInForce: accounts.effective(user).quota }
}

const HOME = { path: '/', folder: '/srv/alice', readOnly: false }

test('a user without groups and rules has the home and may do everything', () => {
  const alice = account({})
  assert.deepEqual(alice.mounts, [HOME])
  assert.deepEqual(alice.permissions, [{ path: '/', allow: 'all' }])
  assert.equal(alice.quota, false)
  assert.equal(alice.anonymous, false)
  assert.equal(alice.userClass, 'default')
})

test('a group that says nothing changes nothing', () => {
  assert.deepEqual(account({ groups: ['silent'] }).permissions, [{ path: '/', allow: 'all' }])
})

test('a group hands down folders, permissions and quota', () => {
  const alice = account({ groups: ['staff'] })
  assert.deepEqual(alice.mounts, [{ path: '/docs', folder: '/srv/docs', readOnly: true }, HOME])
  assert.deepEqual(alice.permissions, [{ path: '/docs', allow: 'readOnly' }])
  assert.deepEqual(alice.quotaInForce, { bytes: 10 })
  assert.equal(alice.quota, true)
})

test('what the user has of its own comes before what groups hand down', () => {
  const alice = account({
    groups: ['staff', 'editors'],
    folders: [{ path: '/docs', folder: '/srv/own' }],
    permissions: [{ path: '/docs', allow: 'all' }],
    quota: { files: 5 },
  })
  assert.equal(alice.mounts.find(({ path }) => path === '/docs')?.folder, '/srv/own')
  assert.equal(alice.mounts.find(({ path }) => path === '/web')?.folder, '/srv/web')
  assert.deepEqual(alice.permissions[0], { path: '/docs', allow: 'all' })
  assert.deepEqual(alice.quotaInForce, { files: 5 })
})

test('of two groups with a folder at the same path the first decides', () => {
  for (const [groups, folder] of [
    [['staff', 'editors'], '/srv/docs'],
    [['editors', 'staff'], '/srv/drafts'],
  ] as const) {
    const { mounts } = account({ groups: [...groups] })
    assert.equal(mounts.find(({ path }) => path === '/docs')?.folder, folder)
  }
})

test('of two groups with a quota the first decides', () => {
  assert.deepEqual(account({ groups: ['silent', 'editors', 'staff'] }).quotaInForce, { bytes: 20 })
})

test('the home stays the home, whatever folder is put in its place', () => {
  const alice = account({ folders: [{ path: '/', folder: '/etc' }] })
  assert.deepEqual(alice.mounts, [HOME])
})

test('the user class goes by name, groups and address', () => {
  const classes: Written = {
    userClasses: [
      { name: 'far', from: '198.51.100.0/24' },
      { name: 'near', groups: 'staff', from: '192.0.2.0/24' },
    ],
  }
  assert.equal(account({ groups: ['staff'] }, classes).userClass, 'near')
  assert.equal(account({}, classes).userClass, 'default')
})

test('rates and the idle timeout are there when they are set, and only then', () => {
  const alice = account({ uploadRate: '5kB/s', downloadRate: '6kB/s', idleTimeout: '90s' })
  assert.equal(alice.uploadRate, 5_000)
  assert.equal(alice.downloadRate, 6_000)
  assert.equal(alice.idleTimeout, 90_000)
  assert.ok(!('uploadRate' in account({})))
  assert.ok(!('idleTimeout' in account({})))
})

test('anonymous reads a home that nobody can change, and has no other name', () => {
  const accounts = new Accounts(parseSettings({ anonymous: { enabled: true, home: '/srv/pub' } }))
  for (const name of ['anonymous', 'ftp', 'FTP']) assert.equal(accounts.isAnonymous(name), true, name)
  for (const name of ['anonymous1', 'ftpd', '', 'alice'])
    assert.equal(accounts.isAnonymous(name), false, name)
  const account = accounts.anonymous('192.0.2.1')
  assert.ok(account)
  assert.deepEqual(account.mounts, [{ path: '/', folder: '/srv/pub', readOnly: true }])
  assert.deepEqual(account.permissions, [{ path: '/', allow: 'readOnly' }])
  assert.equal(account.anonymous, true)
})

test('nobody is anonymous where that is switched off', () => {
  const accounts = new Accounts(parseSettings({ anonymous: { home: '/srv/pub' } }))
  assert.equal(accounts.isAnonymous('anonymous'), false)
})
