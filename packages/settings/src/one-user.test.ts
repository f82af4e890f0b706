import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { groupAsInput, parseGroup, parseUser, userAsInput } from './one-user.ts'
import { parseSettings } from './parse.ts'

const anna = { name: 'anna', home: '/srv/anna' }
const lines = (found: readonly { path: string; message: string }[]) =>
  found.map(({ path, message }) => `${path}: ${message}`)

const wrong: { name: string; input: unknown; told: string[] }[] = [
  { name: 'without a home', input: { name: 'anna' }, told: ['home: is missing: must be a text'] },
  {
    name: 'with a quota that is no size',
    input: { ...anna, quota: { bytes: 'much' } },
    told: [
      'quota.bytes: must be a size such as 500kB, 10MiB or 1GB (a bare number is bytes), and not "much"',
    ],
  },
  {
    name: 'with two mistakes at once',
    input: { ...anna, homme: '/x', permissions: [{ allow: ['fly'] }] },
    told: [
      'permissions[0].allow[0]: must be one of read, write, append, delete, rename, list, makeFolder, removeFolder, attributes, link, and not "fly"',
      'homme: is not a setting; did you mean home?',
    ],
  },
  {
    name: 'with a folder in place of the home',
    input: { ...anna, folders: [{ path: '/', folder: '/x' }] },
    told: ['folders[0].path: is the place of the home folder: use a path below it, such as /shared'],
  },
  {
    name: 'that is a text',
    input: 'anna',
    told: [
      ': must be a section with name, password, home, enabled, groups, permissions, folders, networks, expires, requireTls, maxSessions, uploadRate, downloadRate, quota, idleTimeout, and not "anna"',
    ],
  },
]

for (const { name, input, told } of wrong) {
  test(`parseUser: a user ${name} is refused, with paths relative to the user`, () => {
    const result = parseUser(input)
    assert.ok('problems' in result)
    assert.deepEqual(lines(result.problems), told)
  })
}

test('parseUser: a user without a password is whole, because the store keeps that elsewhere', () => {
  const result = parseUser({ ...anna, idleTimeout: '90s', groups: 'staff' }, { groups: [] })
  assert.ok('user' in result)
  assert.equal(result.user.idleTimeout, 90_000)
  assert.deepEqual(lines(result.warnings), [
    'groups[0]: no group and no user class knows staff, so it has no effect',
  ])
})

test('parseUser: groups that are given are those that count', () => {
  const { groups } = parseSettings({ groups: [{ name: 'staff', requireTls: true }] })
  const off = parseSettings({ listeners: [{ tls: 'off' }] })
  const input = { ...anna, groups: ['staff'] }
  assert.ok('user' in parseUser(input, { groups }))
  const refused = parseUser(input, { groups, settings: off })
  assert.ok('problems' in refused)
  assert.match(lines(refused.problems).join(), /^requireTls: anna may log in under TLS only/)
})

test('parseGroup: a group is checked by itself', () => {
  const good = parseGroup({ name: 'staff', quota: { files: 3 } })
  assert.ok('group' in good)
  assert.deepEqual(groupAsInput(good.group), {
    name: 'staff',
    folders: [],
    quota: { files: 3 },
    requireTls: false,
  })
  const bad = parseGroup({ name: 'staff', home: '/x' })
  assert.ok('problems' in bad)
  assert.equal(bad.problems[0]?.path, 'home')
})

test('userAsInput: writes units as texts, leaves the password out, and is read as the same user', () => {
  const written = {
    ...anna,
    enabled: true,
    groups: ['a'],
    folders: [{ path: '/x', folder: '/y', readOnly: true }],
    networks: ['10.0.0.0/8'],
    requireTls: false,
    uploadRate: '5MiB/s',
    quota: { bytes: '10GB', files: 7 },
    idleTimeout: '90s',
  }
  const result = parseUser({ ...written, password: '$argon2id$x' })
  assert.ok('user' in result)
  assert.deepEqual(userAsInput(result.user), written)
})

test('userAsInput: whatever rates, quotas and timeouts a user has, they come back the same', () => {
  const user = fc.record({
    uploadRate: fc.integer({ min: 1_000, max: 2 ** 45 }),
    bytes: fc.maxSafeNat(),
    idle: fc.integer({ min: 1, max: 86_400 }),
  })
  fc.assert(
    fc.property(user, ({ uploadRate, bytes, idle }) => {
      const first = parseUser({ ...anna, uploadRate, quota: { bytes }, idleTimeout: idle })
      assert.ok('user' in first)
      const second = parseUser(userAsInput(first.user))
      assert.ok('user' in second)
      assert.deepEqual(second.user, first.user)
    }),
  )
})
