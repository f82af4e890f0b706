import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ZoneView } from '@portolan/console/contract'
import { zone } from '@portolan/transfers/model'
import { formOfZone, writeOfZone } from './zone-form.ts'

const FULL = {
  name: 'dmz',
  description: 'Through the DMZ',
  proxy: { kind: 'http' as const, host: 'proxy.example.com', port: 3128, user: 'portolan' },
  isDefault: true,
}
const view: ZoneView = {
  ...FULL,
  sites: [],
  hasPassword: true,
  revision: 2,
  changedAt: 0,
  changedBy: 'admin',
  warnings: [],
}

test('a zone that is saved unchanged stays as it was, and so does its password', () => {
  assert.deepEqual(writeOfZone(formOfZone(view), view), { ...FULL, revision: 2 })
})

test('a new zone asks for nothing that is not needed', () => {
  const form = formOfZone(undefined)
  const written = writeOfZone({ ...form, name: 'dmz ', proxy: { ...form.proxy, host: ' p ' } }, undefined)
  assert.deepEqual(zone.parse(written), {
    name: 'dmz',
    proxy: { kind: 'socks5', host: 'p', port: 1080 },
    isDefault: false,
  })
})

test('the password of a proxy is set, or taken away', () => {
  const form = formOfZone(view)
  assert.equal(writeOfZone({ ...form, password: { way: 'set', value: 'x' } }, view).password, 'x')
  assert.equal(writeOfZone({ ...form, password: { way: 'remove' } }, view).password, null)
})
