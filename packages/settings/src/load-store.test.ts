import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { SettingsError } from './errors.ts'
import { type Input, mergeLayers } from './layers.ts'
import { type LoadOptions, loadSettings } from './load.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layers-'))
})
after(() => rm(folder, { recursive: true, force: true }))

let files = 0
async function fileWith(text: string): Promise<string> {
  const file = join(folder, `settings-${files++}.yaml`)
  await writeFile(file, text)
  return file
}

/** What loading says, without the folder of the file. */
async function complaints(options: LoadOptions): Promise<string[]> {
  const error = await loadSettings({ ephemeral: undefined, ...options }).catch((reason: unknown) => reason)
  assert.ok(error instanceof SettingsError, String(error))
  const lines = error.message.split('\n')
  return options.file === undefined ? lines : lines.map(line => line.replaceAll(options.file ?? '', 'FILE'))
}

test('the store lies over the file and below the flags; origins say who set what', async () => {
  const file = await fileWith(
    'timeouts: { idle: 10m, login: 30s }\nlimits: { sessions: 5 }\nlog: { level: warn }\n',
  )
  const { settings, origins, hidden } = await loadSettings({
    file,
    store: { version: 3, input: { timeouts: { idle: '7m' }, limits: { sessions: 6 }, bans: { exempt: [] } } },
    overlay: input => ({
      input: mergeLayers(input, { limits: { sessions: 7 } }),
      flags: new Map([['limits.sessions', '--max-sessions']]),
    }),
  })
  assert.deepEqual(
    [settings.timeouts.idle, settings.timeouts.login, settings.limits.sessions, settings.bans.exempt],
    [420_000, 30_000, 7, []],
  )
  assert.deepEqual(Object.fromEntries(origins), {
    'timeouts.idle': 'store',
    'timeouts.login': 'file',
    'limits.sessions': 'flag',
    'log.level': 'file',
    'bans.exempt': 'store',
  })
  assert.deepEqual(
    hidden.map(({ path, line, message }) => `${line} ${path} ${message}`),
    [
      '1 timeouts.idle the file says 10m, which has no effect: what the store says comes before it',
      '2 limits.sessions the file says 5, which has no effect: what the store says comes before it',
    ],
  )
})

test('a list of the store replaces that of the file, and each mistake names the layer it stands in', async () => {
  const file = await fileWith('listeners:\n  - { port: 21, tls: maybe }\ntimeouts:\n  idle: soon\n')
  const store = {
    version: 4,
    input: { listeners: [{ port: 70_000 }], timeouts: { stall: 'never', idel: 1 } },
  }
  assert.deepEqual(await complaints({ file, store }), [
    'version 4 of the store: listeners[0].port: must be a whole number from 0 to 65535, and not 70000',
    'version 4 of the store: timeouts.stall: must be a duration such as 500ms, 90s, 5m or 24h (a bare number is seconds), and not "never"',
    'version 4 of the store: timeouts.idel: is not a setting; did you mean idle?',
    'FILE:4:9: timeouts.idle: must be a duration such as 500ms, 90s, 5m or 24h (a bare number is seconds), and not "soon"',
  ])
})

test('flags that put rules before those of the store move them, and their version is still told', async () => {
  const store = { version: 9, input: { passive: { addressRules: [{ address: 'a b' }] } } }
  const overlay = (input: Input) => ({
    input: {
      ...input,
      passive: {
        addressRules: [{ address: 'local', clients: '10.0.0.0/8' }, ...store.input.passive.addressRules],
      },
    },
    flags: new Map([['passive.addressRules[0]', '--passive-rule']]),
  })
  const [line] = await complaints({ store, overlay })
  assert.match(
    line ?? '',
    /^version 9 of the store: passive\.addressRules\[1\]\.address: "a b" cannot be told/,
  )
})

test('a draft is no version yet: its mistakes have their path alone', async () => {
  assert.deepEqual(await complaints({ store: { input: { log: { level: 'loud' } } } }), [
    'log.level: must be one of error, warn, info, debug, and not "loud"',
  ])
})

test('groups of the store join those of the file, and win over them by name', async () => {
  const file = await fileWith('groups:\n  - { name: a, requireTls: true }\n  - { name: b }\n')
  const { settings, origins } = await loadSettings({
    file,
    groups: [{ name: 'a' }, { name: 'c', quota: { files: 1 } }],
    store: { input: {} },
  })
  assert.deepEqual(
    settings.groups.map(({ name, requireTls }) => [name, requireTls]),
    [
      ['b', false],
      ['a', false],
      ['c', false],
    ],
  )
  assert.equal(origins.get('groups[0].name'), 'file')
  assert.equal(origins.get('groups[2].quota.files'), 'store')
  assert.deepEqual(
    await complaints({ file, groups: [{ name: 'c', quota: { files: -1 } }], store: { input: {} } }),
    [
      'group c of the store: groups[2].quota.files: must be a whole number from 0 to 1000000000000, and not -1',
    ],
  )
})

test('with a store nobody has to be able to log in by the file, and the console has its port', async () => {
  const listeners = [{ host: '127.0.0.1', port: 8021, tls: 'off' }]
  const told = async (options: LoadOptions) =>
    (await loadSettings({ ephemeral: undefined, ...options })).warnings.map(({ path }) => path)
  assert.deepEqual(await told({}), ['listeners[0].tls', 'users'])
  assert.deepEqual(await told({ store: { input: {} } }), ['listeners[0].tls'])
  assert.deepEqual(await complaints({ store: { version: 1, input: { listeners } } }), [
    'console.port: port 8021 is taken by the listener listener1 already: use another port',
  ])
})

test('paths of the store are relative to the folder that is named, or to that of the file', async () => {
  const file = await fileWith('')
  const store = { input: { anonymous: { enabled: true, home: 'pub' } } }
  assert.equal((await loadSettings({ file, store })).settings.anonymous.home, join(folder, 'pub'))
  assert.equal((await loadSettings({ base: '/srv', store })).settings.anonymous.home, '/srv/pub')
})

const tree = fc
  .letrec(tie => ({
    section: fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.oneof(fc.nat(3), fc.array(fc.nat(3)), tie('section')),
      {
        maxKeys: 3,
        noNullPrototype: true,
      },
    ),
  }))
  .section.map((made): Input => Object.fromEntries(Object.entries(made as object)))

test('mergeLayers: what the upper layer says is there, and putting it over again changes nothing', () => {
  fc.assert(
    fc.property(tree, tree, (below, above) => {
      const merged = mergeLayers(below, above)
      assert.deepEqual(mergeLayers(merged, above), merged)
      assert.deepEqual(mergeLayers({}, above), above)
      assert.equal(mergeLayers(below, {}), below)
    }),
  )
})
