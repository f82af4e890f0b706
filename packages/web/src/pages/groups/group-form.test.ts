import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Group } from '@portolan/console/contract'
import { formOfGroup, writeOfGroup } from './group-form.ts'

const group: Group = {
  name: 'partners',
  origin: 'store',
  permissions: [{ path: '/', allow: 'readOnly' }],
  folders: [{ path: '/in', folder: '/srv/in', readOnly: false }],
  quota: { bytes: '1GiB' },
  requireTls: true,
  members: 4,
  revision: 2,
}

const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test('a group that was read and is saved unchanged stays as it was', () => {
  const { origin: _origin, members: _members, ...written } = group
  assert.deepEqual(sent(writeOfGroup(formOfGroup(group), group)), written)
})

test('a new group sends its name and nothing that was not set', () => {
  assert.deepEqual(sent(writeOfGroup({ ...formOfGroup(undefined), name: ' staff ' }, undefined)), {
    name: 'staff',
    folders: [],
    requireTls: false,
  })
})
