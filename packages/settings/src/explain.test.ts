import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainSettings, type Origin } from './explain.ts'
import { parseSettings } from './parse.ts'

const settings = parseSettings({
  users: [
    {
      name: 'anna',
      home: '/srv/anna files',
      password: '$argon2id$',
      uploadRate: '5MiB/s',
      quota: { bytes: '10GB', files: 10 },
      idleTimeout: 90,
    },
  ],
  messages: { replies: { 'file.denied': 'No: {path}' } },
  uploads: { umask: '027' },
})

function rows(origins: Record<string, Origin> = {}): Map<string, string> {
  const explained = explainSettings(settings, new Map(Object.entries(origins)))
  return new Map(explained.map(({ path, value, origin }) => [path, `${value} (${origin})`]))
}

const shown: { path: string; row: string }[] = [
  { path: 'timeouts.idle', row: '5m (default)' },
  { path: 'bans.delay.first', row: '500ms (default)' },
  { path: 'passive.sharing', row: 'by-client (default)' },
  { path: 'passive.addressRules', row: '[] (default)' },
  { path: 'passive.enabled', row: 'true (default)' },
  { path: 'users[0].uploadRate', row: '5MiB/s (default)' },
  { path: 'users[0].quota.bytes', row: '10GB (default)' },
  { path: 'users[0].quota.files', row: '10 (default)' },
  { path: 'users[0].idleTimeout', row: '90s (default)' },
  { path: 'users[0].home', row: '/srv/anna files (default)' },
  { path: 'uploads.umask', row: "'027' (default)" },
  { path: 'messages.replies["file.denied"]', row: '"No: {path}" (default)' },
]

for (const { path, row } of shown) {
  test(`explainSettings: ${path} is shown as ${row}`, () => assert.equal(rows().get(path), row))
}

test('explainSettings: never shows a password, nor its hash', () => {
  assert.equal(rows().get('users[0].password'), '(hidden) (default)')
  assert.ok(![...rows().values()].some(row => row.includes('argon2id')))
})

test('explainSettings: the origin nearest to a setting counts', () => {
  const origins = rows({ users: 'file', 'users[0].home': 'flag', 'timeouts.idle': 'file' })
  assert.equal(origins.get('users[0].name'), 'anna (file)')
  assert.equal(origins.get('users[0].home'), '/srv/anna files (flag)')
  assert.equal(origins.get('timeouts.idle'), '5m (file)')
  assert.equal(origins.get('timeouts.stall'), '2m (default)')
})
