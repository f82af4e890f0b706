import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { changeDocument, type SettingChange } from './change.ts'
import type { Input } from './layers.ts'
import { mergeLayers } from './layers.ts'
import { defaultSettings, parseSettings } from './parse.ts'
import { formatPath, leaves } from './paths.ts'
import { settingsAsInput } from './written.ts'

const RULES = [{ address: 'local', clients: '10.0.0.0/8' }, { address: 'ftp.example.com' }]

const cases: { name: string; document?: Input; below?: Input; changes: SettingChange[]; is: Input }[] = [
  {
    name: 'a value is set in sections that are not there yet',
    changes: [{ path: 'bans.delay.first', value: '1s' }],
    is: { bans: { delay: { first: '1s' } } },
  },
  {
    name: 'a reset takes the value out, and the sections that are empty then',
    document: { bans: { delay: { first: '1s' } }, log: { level: 'debug' } },
    changes: [{ path: 'bans.delay.first', reset: true }],
    is: { log: { level: 'debug' } },
  },
  {
    name: 'a reset of what the store does not say changes nothing',
    document: { log: { level: 'debug' } },
    changes: [{ path: 'timeouts.idle', reset: true }],
    is: { log: { level: 'debug' } },
  },
  {
    name: 'a change inside a list takes over the whole list of the file',
    below: { passive: { addressRules: RULES, basePort: 50_000 } },
    changes: [{ path: 'passive.addressRules[1].enabled', value: false }],
    is: { passive: { addressRules: [RULES[0], { address: 'ftp.example.com', enabled: false }] } },
  },
  {
    name: 'a change inside a list that nobody has set takes over that of the defaults',
    changes: [{ path: 'listeners[0].port', value: 21 }],
    is: {
      listeners: [
        { name: 'public', host: '0.0.0.0', port: 21, tls: 'optional', encryptData: false, proxyProtocol: [] },
      ],
    },
  },
  {
    name: 'the list of the store is used before that of the file',
    document: { passive: { addressRules: [{ address: 'control' }] } },
    below: { passive: { addressRules: RULES } },
    changes: [{ path: 'passive.addressRules[0].name', value: 'all' }],
    is: { passive: { addressRules: [{ address: 'control', name: 'all' }] } },
  },
  {
    name: 'the place behind the last item adds one, and a reset of an item removes it',
    document: { bans: { exempt: ['::1', '10.0.0.0/8'] } },
    changes: [
      { path: 'bans.exempt[2]', value: '192.0.2.1' },
      { path: 'bans.exempt[0]', reset: true },
    ],
    is: { bans: { exempt: ['10.0.0.0/8', '192.0.2.1'] } },
  },
  {
    name: 'a single item that stands for a list is one',
    below: { bans: { exempt: '::1' } },
    changes: [{ path: 'bans.exempt[1]', value: '10.0.0.1' }],
    is: { bans: { exempt: ['::1', '10.0.0.1'] } },
  },
  {
    name: 'an item that says nothing any more keeps its place',
    document: { listeners: [{ port: 21 }, { port: 22 }] },
    changes: [{ path: 'listeners[0].port', reset: true }],
    is: { listeners: [{}, { port: 22 }] },
  },
  {
    name: 'a list is emptied, which is not the same as resetting it',
    document: { passive: { addressRules: RULES } },
    changes: [{ path: 'passive.addressRules', value: [] }],
    is: { passive: { addressRules: [] } },
  },
  {
    name: 'a text of a reply has its key in quotes',
    changes: [{ path: 'messages.replies["file.denied"]', value: 'No.' }],
    is: { messages: { replies: { 'file.denied': 'No.' } } },
  },
]

for (const { name, document = {}, below = {}, changes, is } of cases) {
  test(`changeDocument: ${name}`, () => {
    const frozen = structuredClone({ document, below })
    const { document: changed, problems } = changeDocument(document, changes, below)
    assert.deepEqual(problems, [])
    assert.deepEqual(changed, is)
    assert.deepEqual({ document, below }, frozen)
  })
}

const wrong: { change: SettingChange; told: string }[] = [
  { change: { path: 'passive.basePrt', value: 1 }, told: 'is not a setting; did you mean basePort?' },
  { change: { path: 'idle', value: '1m' }, told: 'is not a setting; it belongs to timeouts.idle' },
  {
    change: { path: 'users[0].home', value: '/x' },
    told: 'is not changed here: users are kept one by one, and not as settings',
  },
  {
    change: { path: 'groups', reset: true },
    told: 'is not changed here: groups are kept one by one, and not as settings',
  },
  { change: { path: 'timeouts[0]', value: 1 }, told: 'is not a setting; timeouts is no list' },
  {
    change: { path: 'passive..basePort', value: 1 },
    told: 'is no path of a setting: write it as passive.basePort or listeners[0].port',
  },
  {
    change: { path: 'listeners[3].port', value: 1 },
    told: 'there is no such item: the last one is listeners[0]',
  },
  {
    change: { path: 'listeners[1].port', value: 1 },
    told: 'there is no such item: the last one is listeners[0]',
  },
  { change: { path: 'userClasses[0]', reset: true }, told: 'userClasses is empty' },
  { change: { path: 'timeouts.idle', value: undefined }, told: 'needs a value' },
]

for (const { change, told } of wrong) {
  test(`changeDocument: ${JSON.stringify(change)} is refused in words, and others are made`, () => {
    const good: SettingChange = { path: 'log.level', value: 'debug' }
    const { document, problems } = changeDocument({}, [change, good])
    assert.deepEqual(document, { log: { level: 'debug' } })
    assert.deepEqual(
      problems.map(({ path, message }) => [path, message]),
      [[change.path, told]],
    )
  })
}

test('changeDocument: paths and values that are made to do harm do none', () => {
  for (const path of [
    '__proto__.x',
    'constructor',
    'messages.replies["__proto__"]',
    '["__proto__"]',
    '',
    ']',
  ]) {
    changeDocument({}, [{ path, value: { polluted: true } }])
  }
  const value: unknown = JSON.parse('{"__proto__": {"polluted": true}}')
  changeDocument({ log: {} }, [{ path: 'log', value }])
  assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false)

  let deep: unknown = 1
  for (let i = 0; i < 100_000; i++) deep = [deep]
  const { problems } = changeDocument({}, [{ path: 'log.level', value: deep }])
  assert.deepEqual(problems, [{ path: 'log.level', message: 'must not nest deeper than 20 levels' }])
})

test('changeDocument: every setting there is can be set to what it is, which changes nothing in force', () => {
  const settings = parseSettings({
    passive: { addressRules: RULES },
    userClasses: [{ name: 'a', users: 'x,y' }],
    metrics: {},
    uploads: { umask: '022' },
    messages: { replies: { 'file.denied': 'No.' } },
  })
  const input = settingsAsInput(settings)
  const changes = [...leaves(input)].map(({ parts, value }) => ({ path: formatPath(parts), value }))
  assert.ok(changes.length > 60, String(changes.length))
  const { document, problems } = changeDocument({}, changes, input)
  assert.deepEqual(problems, [])
  assert.deepEqual(parseSettings(document), settings)
})

test('changeDocument: a reset undoes a change, whatever was changed', () => {
  const input = settingsAsInput(defaultSettings())
  const paths = [...leaves(input)]
    .map(({ parts }) => parts)
    .filter(parts => parts.every(p => typeof p === 'string'))
  fc.assert(
    fc.property(fc.subarray(paths, { minLength: 1 }), fc.jsonValue({ maxDepth: 2 }), (chosen, value) => {
      const set = chosen.map(parts => ({ path: formatPath(parts), value }))
      const reset = chosen.map(parts => ({ path: formatPath(parts), reset: true as const }))
      const { document } = changeDocument({}, set)
      assert.deepEqual(changeDocument(document, reset).document, {})
      assert.deepEqual(Object.keys(mergeLayers(input, document)).sort(), Object.keys(input).sort())
    }),
  )
})
