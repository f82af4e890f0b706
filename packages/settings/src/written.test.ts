import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultSettings, parseSettings } from './parse.ts'
import type { SettingsInput } from './schema.ts'
import { settingsAsInput } from './written.ts'

test('settingsAsInput: units are texts, and there are no users, groups or passwords', () => {
  const input = settingsAsInput(
    parseSettings({
      users: [{ name: 'a', home: '/a', password: 'secret' }],
      groups: [{ name: 'g' }],
      timeouts: { idle: 90 },
      uploads: { umask: '022' },
    }),
  )
  assert.deepEqual(input.timeouts, {
    login: '1m',
    idle: '90s',
    stall: '2m',
    handshake: '15s',
    shutdown: '30s',
  })
  assert.deepEqual(input.uploads, { mode: 'atomic', keepBroken: '1d', durable: true, umask: '022' })
  assert.equal('users' in input || 'groups' in input || JSON.stringify(input).includes('secret'), false)
})

const inputs: { name: string; input: SettingsInput }[] = [
  { name: 'nothing', input: {} },
  {
    name: 'a rule of each kind',
    input: { passive: { addressRules: [{ address: 'local', clients: ['10.*', '::1'] }] } },
  },
  {
    name: 'figures and texts',
    input: { metrics: {}, messages: { greeting: 'a\nb', replies: { 'file.denied': 'x' } } },
  },
  {
    name: 'classes and commands',
    input: {
      userClasses: [{ name: 'c', from: '10.0.0.0/8' }],
      commands: { forbidden: [{ commands: ['dele'] }] },
    },
  },
  {
    name: 'a console behind a proxy',
    input: { console: { publicUrl: 'https://ftp.example.com/', trustedProxies: '10.0.0.1' } },
  },
]

for (const { name, input } of inputs) {
  test(`settingsAsInput: a file that says it again has the same settings: ${name}`, () => {
    const settings = parseSettings(input)
    assert.deepEqual(parseSettings(settingsAsInput(settings)), settings)
  })
}

test('the console listens on the loopback alone, and logs are kept for months', () => {
  const { console, retention } = settingsAsInput(defaultSettings())
  assert.deepEqual(console, {
    enabled: true,
    host: '127.0.0.1',
    port: 8021,
    tls: 'auto',
    sessionIdle: '30m',
    sessionLifetime: '12h',
    trustedProxies: [],
  })
  assert.deepEqual(retention, {
    transfers: { age: '90d', rows: 1_000_000 },
    incidents: { age: '30d', rows: 200_000 },
    audit: { age: '400d', rows: 1_000_000 },
  })
})

for (const publicUrl of [
  'ftp.example.com',
  'https://a/b',
  'https://a?x',
  'ftp://a',
  'https://u:p@a',
  'javascript:1',
]) {
  test(`console.publicUrl: ${publicUrl} is refused`, () => {
    assert.throws(
      () => parseSettings({ console: { publicUrl } }),
      /publicUrl: must be the address of the console alone/,
    )
  })
}
