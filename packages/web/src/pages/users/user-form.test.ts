import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { User } from '@portolan/console/contract'
import { fieldsOfUser, formOfUser, writeOfUser } from './user-form.ts'

const plain: User = {
  name: 'alice',
  origin: 'store',
  hasPassword: true,
  enabled: true,
  home: '/srv/alice',
  groups: [],
  folders: [],
  networks: [],
  requireTls: false,
  revision: 3,
}

const full: User = {
  ...plain,
  enabled: false,
  groups: ['staff'],
  permissions: [{ path: '/', allow: ['read', 'list'] }],
  folders: [{ path: '/shared', folder: '/srv/shared', readOnly: true }],
  networks: ['10.0.0.0/8'],
  expires: '2027-12-31T23:59:59.999Z',
  requireTls: true,
  maxSessions: 0,
  uploadRate: '5MiB/s',
  downloadRate: '1MiB/s',
  quota: { bytes: '10GiB', files: 100 },
  idleTimeout: '10m',
}

test('a user who was read and is saved unchanged stays as it was', () => {
  const written = writeOfUser(formOfUser(full), full)
  assert.deepEqual(written, {
    name: 'alice',
    revision: 3,
    enabled: false,
    home: '/srv/alice',
    groups: ['staff'],
    permissions: full.permissions,
    folders: full.folders,
    networks: ['10.0.0.0/8'],
    expires: '2027-12-31',
    requireTls: true,
    maxSessions: 0,
    uploadRate: '5MiB/s',
    downloadRate: '1MiB/s',
    quota: { bytes: '10GiB', files: 100 },
    idleTimeout: '10m',
  })
})

test('what is empty in the form is not sent, so that it is taken away', () => {
  const sent: unknown = JSON.parse(JSON.stringify(writeOfUser(formOfUser(plain), plain)))
  assert.deepEqual(sent, {
    name: 'alice',
    revision: 3,
    enabled: true,
    home: '/srv/alice',
    groups: [],
    folders: [],
    networks: [],
    requireTls: false,
  })
})

test('no own rules is something else than no rule', () => {
  const form = formOfUser({ ...plain, permissions: [] })
  assert.equal(form.ownPermissions, true)
  assert.deepEqual(writeOfUser(form, plain).permissions, [])
  assert.equal(writeOfUser({ ...form, ownPermissions: false }, plain).permissions, undefined)
})

test('an end within a day keeps its time', () => {
  assert.equal(formOfUser({ ...plain, expires: '2027-12-31T12:00:00Z' }).expires, '2027-12-31T12:00:00Z')
})

test('every row of rules and folders has its own fields for mistakes', () => {
  const fields = fieldsOfUser(formOfUser(full))
  for (const field of ['permissions.0.path', 'folders.0.folder', 'quota.bytes'])
    assert.ok(fields.includes(field), field)
})
