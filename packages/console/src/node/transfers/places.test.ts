import assert from 'node:assert/strict'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Settings } from '@portolan/settings'
import { parseSettings } from '@portolan/settings'
import { PlaceError, Places } from './places.ts'

let base = ''
let settings: Settings
let places: Places

before(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'places-')))
  for (const folder of ['data/files/alice/outbox', 'shared/in', 'outside', 'data/files/bob', 'mail'])
    await mkdir(join(base, folder), { recursive: true })
  await writeFile(join(base, 'outside/secret.txt'), 'secret')
  await writeFile(join(base, 'data/secret.key'), 'key')
  await symlink(join(base, 'outside'), join(base, 'data/files/alice/out'))
  await symlink('outbox', join(base, 'data/files/alice/link'))
  await symlink('nowhere', join(base, 'data/files/alice/dangling'))
  settings = parseSettings({
    users: [
      {
        name: 'alice',
        home: join(base, 'data/files/alice'),
        groups: ['staff'],
        folders: [{ path: '/shared', folder: join(base, 'shared'), readOnly: true }],
      },
      {
        name: 'bob',
        home: join(base, 'data/files/bob'),
        permissions: [
          { path: '/', allow: ['write'] },
          { path: '/read', allow: 'readOnly' },
        ],
      },
      { name: 'off', home: base, enabled: false },
      { name: 'old', home: base, expires: '2020-01-01' },
      { name: 'homeless', home: join(base, 'gone') },
    ],
    groups: [{ name: 'staff', folders: [{ path: '/mail', folder: join(base, 'mail') }] }],
  })
  places = new Places({
    lookup: async name => settings.users.find(user => user.name === name),
    settings: () => settings,
    dataFolder: join(base, 'data'),
  })
})
after(() => rm(base, { recursive: true, force: true }))

type Need = 'read' | 'write'

for (const { path, need = 'read', is } of [
  { path: '/', is: 'data/files/alice' },
  { path: '/outbox', is: 'data/files/alice/outbox' },
  { path: '/outbox//./', is: 'data/files/alice/outbox' },
  { path: '/link', is: 'data/files/alice/outbox' },
  { path: '/link/new.txt', need: 'write', is: 'data/files/alice/outbox/new.txt' },
  { path: '/outbox/not/there', need: 'write', is: 'data/files/alice/outbox/not/there' },
  { path: '/shared/in', is: 'shared/in' },
  { path: '/mail', need: 'write', is: 'mail' },
  { path: '/sharedbutnot', is: 'data/files/alice/sharedbutnot' },
] satisfies { path: string; need?: Need; is: string }[]) {
  test(`${path} of alice, to ${need}, is ${is}`, async () => {
    assert.equal(await places.resolve({ user: 'alice', path }, need), join(base, is))
  })
}

for (const { user, path = '/', need = 'read', says } of [
  { user: 'nobody', says: /there is no user nobody/ },
  { user: 'off', says: /disabled/ },
  { user: 'old', says: /expired/ },
  { user: 'homeless', says: /is not there/ },
  { user: 'bob', says: /may not read \// },
  { user: 'bob', path: '/read/x', need: 'write', says: /may not write/ },
  { user: 'alice', path: '/shared/in', need: 'write', says: /may not write/ },
  { user: 'alice', path: '/../bob', says: /\.\./ },
  { user: 'alice', path: '/outbox/../../bob', says: /\.\./ },
  { user: 'alice', path: '/out/secret.txt', says: /leads out/ },
  { user: 'alice', path: '/out/new.txt', need: 'write', says: /leads out/ },
  { user: 'alice', path: '/dangling', need: 'write', says: /leads nowhere/ },
  { user: 'alice', path: '/outbox/.portolan-upload-1', says: /keeps to itself/ },
] satisfies { user: string; path?: string; need?: Need; says: RegExp }[]) {
  test(`${path} of ${user} is not there to ${need}`, async () => {
    await assert.rejects(
      places.resolve({ user, path }, need),
      error => error instanceof PlaceError && says.test(error.message),
    )
  })
}

test('a folder of the machine is itself; the data folder is nobody’s but for the homes in it', async () => {
  assert.equal(await places.resolve({ folder: join(base, 'shared') }, 'write'), join(base, 'shared'))
  assert.equal(
    await places.resolve({ folder: join(base, 'outside/secret.txt') }, 'read'),
    join(base, 'outside/secret.txt'),
  )
  assert.equal(
    await places.resolve({ folder: join(base, 'data/files/alice') }, 'read'),
    join(base, 'data/files/alice'),
  )
  await symlink(join(base, 'data'), join(base, 'shared/way'))
  for (const folder of ['data', 'data/secret.key', '.', 'not/there', 'shared/way', 'shared/way/secret.key'])
    await assert.rejects(places.resolve({ folder: join(base, folder) }, 'read'), PlaceError, folder)
  await assert.rejects(places.resolve({ folder: 'relative' }, 'read'), PlaceError)
})
