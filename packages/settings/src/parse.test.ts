import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SettingsError } from './errors.ts'
import { defaultSettings, parseSettings } from './parse.ts'

test('the defaults are those of the documentation', () => {
  const { listeners, passive, active, timeouts, uploads, bans, limits, tls, metrics } = defaultSettings()
  assert.deepEqual(listeners, [
    { name: 'public', host: '0.0.0.0', port: 2121, tls: 'optional', encryptData: false, proxyProtocol: [] },
  ])
  assert.deepEqual([passive.basePort, passive.numberOfPorts, passive.sharing], [61_000, 1024, 'by-client'])
  assert.deepEqual(
    [passive.waitTimeout, passive.acceptTimeout, active.connectTimeout],
    [5_000, 30_000, 10_000],
  )
  assert.deepEqual(timeouts, {
    login: 60_000,
    idle: 300_000,
    stall: 120_000,
    handshake: 15_000,
    shutdown: 30_000,
  })
  assert.deepEqual(uploads, { mode: 'atomic', keepBroken: 86_400_000, durable: true })
  assert.deepEqual(bans.delay, { first: 500, ceiling: 8_000 })
  assert.deepEqual([limits.sessions, limits.sessionsPerAddress], [10_000, 100])
  assert.deepEqual(
    [tls.minimumVersion, tls.sessionReuse, tls.requireCloseNotify],
    ['TLSv1.2', 'enabled', true],
  )
  assert.equal(metrics, undefined)
})

test('units become numbers: milliseconds, bytes, bytes per second, permission bits', () => {
  const { timeouts, users, uploads } = parseSettings({
    timeouts: { idle: '90s', stall: 30, handshake: '4500ms' },
    users: [
      {
        name: 'a',
        home: '/a',
        uploadRate: '5MiB/s',
        downloadRate: 1_000,
        quota: { bytes: '1GB' },
        idleTimeout: '1h',
      },
    ],
    uploads: { umask: '027' },
  })
  assert.deepEqual([timeouts.idle, timeouts.stall, timeouts.handshake], [90_000, 30_000, 4_500])
  const [user] = users
  assert.deepEqual([user?.uploadRate, user?.downloadRate, user?.idleTimeout], [5_242_880, 1_000, 3_600_000])
  assert.deepEqual(user?.quota, { bytes: 1_000_000_000 })
  assert.equal(uploads.umask, 0o27)
})

test('a single item may stand where a list is meant', () => {
  const { listeners, passive, userClasses, users } = parseSettings({
    listeners: [{ proxyProtocol: '10.0.0.0/8' }],
    passive: {
      bind: '127.0.0.1',
      addressRules: [{ address: 'local', clients: ['10.0.0.0/8', '192.168.*'] }],
    },
    userClasses: [{ name: 'staff', users: ['anna', 'b*'], from: '10.0.0.0/8' }],
    users: [{ name: 'a', home: '/a', groups: 'g', networks: '::1' }],
  })
  assert.deepEqual(listeners[0]?.proxyProtocol, ['10.0.0.0/8'])
  assert.deepEqual(passive.bind, ['127.0.0.1'])
  assert.equal(passive.addressRules[0]?.clients, '10.0.0.0/8,192.168.*')
  assert.deepEqual(userClasses[0], { name: 'staff', enabled: true, users: 'anna,b*', from: '10.0.0.0/8' })
  assert.deepEqual([users[0]?.groups, users[0]?.networks], [['g'], ['::1']])
})

test('listeners without a name are named by their place', () => {
  const { listeners } = parseSettings({ listeners: [{ port: 0 }, { name: 'b', port: 1 }, { port: 2 }] })
  assert.deepEqual(
    listeners.map(listener => listener.name),
    ['listener1', 'b', 'listener3'],
  )
})

test('an account that expires on a day works until the end of it, UTC', () => {
  const expires = (text: string) =>
    parseSettings({ users: [{ name: 'a', home: '/a', expires: text }] }).users[0]?.expires
  assert.equal(expires('2027-02-28'), '2027-02-28T23:59:59.999Z')
  assert.equal(expires('2027-02-28T12:00:00+01:00'), '2027-02-28T12:00:00+01:00')
  assert.throws(() => expires('2027-02-30'), SettingsError)
})

test('paths of clients lose needless slashes, and relative folders are relative to the base', () => {
  const { users } = parseSettings(
    {
      users: [
        {
          name: 'a',
          home: 'files/a',
          permissions: [{ path: '//in//', allow: 'all' }],
          folders: [{ path: '/x/', folder: '../x' }],
        },
      ],
    },
    { base: '/etc/portolan' },
  )
  assert.equal(users[0]?.home, '/etc/portolan/files/a')
  assert.equal(users[0]?.permissions?.[0]?.path, '/in')
  assert.deepEqual(users[0]?.folders[0], { path: '/x', folder: '/etc/x', readOnly: false })
})

test('settings that were parsed come back as they are', () => {
  const settings = parseSettings({ timeouts: { idle: '10m' } })
  assert.equal(parseSettings(settings), settings)
})

test('a copy of parsed settings is refused, and not taken for a thousand times longer timeouts', () => {
  const copy = { ...parseSettings({ timeouts: { idle: '2s' } }) }
  assert.throws(() => parseSettings(copy), { code: 'SETTINGS_INVALID' })
})

test('no two parses share anything that could be changed', () => {
  const first = parseSettings({})
  first.bans.exempt.push('0.0.0.0/0')
  first.listeners.splice(0)
  assert.deepEqual(parseSettings({}).bans.exempt, ['127.0.0.0/8', '::1'])
  assert.equal(parseSettings({}).listeners.length, 1)
})

test('whatever is given, settings come out or a SettingsError that names each place', () => {
  const keys = fc.constantFrom(
    'listeners',
    'passive',
    'users',
    'tls',
    'timeouts',
    'idle',
    'port',
    'name',
    '__proto__',
    'constructor',
  )
  const { tree } = fc.letrec(tie => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.anything({ maxDepth: 0 }),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(keys, tie('tree'), { maxKeys: 4 }),
    ),
  }))
  fc.assert(
    fc.property(tree, input => {
      try {
        parseSettings(input)
      } catch (error) {
        assert.ok(error instanceof SettingsError, String(error))
        assert.ok(error.problems.length > 0)
        for (const { message } of error.problems) assert.doesNotMatch(message, /Invalid|undefined|\[object/)
      }
    }),
  )
})
