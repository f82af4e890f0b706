import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { alignLists } from './align.ts'
import { differenceOf, versionDifference } from './difference.ts'
import { parseSettings } from './parse.ts'
import type { SettingsInput } from './schema.ts'

const [A, B, C] = [
  { address: 'local', clients: '10.0.0.0/8' },
  { address: 'control' },
  { address: '192.0.2.1' },
]
const rules = (...addressRules: object[]): SettingsInput => ({
  passive: { addressRules: addressRules.map(rule => ({ address: 'local', ...rule })) },
})

const cases: { name: string; before?: SettingsInput; after?: SettingsInput; told: string[] }[] = [
  { name: 'nothing', told: [] },
  {
    name: 'values, as the file writes them',
    before: { timeouts: { idle: 300 }, uploads: { umask: '022' } },
    after: { timeouts: { idle: '90s' }, uploads: { umask: '077' }, active: { basePort: 20_000 } },
    told: ['active.basePort: - > 20000', 'timeouts.idle: 5m > 90s', "uploads.umask: '022' > '077'"],
  },
  {
    name: 'a section that comes',
    after: { metrics: { port: 9000 } },
    told: ['metrics.host: - > 127.0.0.1', 'metrics.port: - > 9000'],
  },
  {
    name: 'a rule that is put before others',
    before: rules(A, B),
    after: rules(C, A, B),
    told: ['passive.addressRules[0]: - > { enabled: true, userClass: *, address: 192.0.2.1 }'],
  },
  {
    name: 'a rule that goes',
    before: rules(A, B, C),
    after: rules(A, C),
    told: ['passive.addressRules[1]: { enabled: true, userClass: *, address: control } > -'],
  },
  {
    name: 'a rule that is switched off where it stands',
    before: rules(A, B, C),
    after: rules(A, { ...B, enabled: false }, C),
    told: ['passive.addressRules[1].enabled: true > false'],
  },
  {
    name: 'a rule that moves to the front',
    before: rules(A, B, C),
    after: rules(C, A, B),
    told: ['passive.addressRules[0]: place 3 > place 1'],
  },
  {
    name: 'a listener that is known by its name, moved and changed',
    before: {
      listeners: [
        { name: 'a', port: 1 },
        { name: 'b', port: 2 },
      ],
    },
    after: {
      listeners: [
        { name: 'b', port: 3 },
        { name: 'a', port: 1 },
      ],
    },
    told: ['listeners[0].port: 2 > 3', 'listeners[1]: place 1 > place 2'],
  },
  {
    name: 'an address in a list of them',
    before: { bans: { exempt: ['::1', '10.0.0.0/8'] } },
    after: { bans: { exempt: ['10.0.0.0/8', '192.0.2.1'] } },
    told: ['bans.exempt[0]: ::1 > -', 'bans.exempt[1]: - > 192.0.2.1'],
  },
  {
    name: 'a password, which is not shown',
    before: { users: [{ name: 'a', home: '/a', password: 'x' }] },
    after: { users: [{ name: 'a', home: '/a', password: 'y' }] },
    told: ['users[0].password: (hidden) > (hidden)'],
  },
  {
    name: 'a user who comes, without the password',
    after: { users: [{ name: 'a', home: '/a', password: 'secret' }] },
    told: [
      'users[0]: - > { name: a, password: (hidden), home: /a, enabled: true, groups: [], folders: [], networks: [], requireTls: false }',
    ],
  },
]

for (const { name, before = {}, after = {}, told } of cases) {
  test(`differenceOf: tells ${name}`, () => {
    const found = differenceOf(parseSettings(before), parseSettings(after))
    assert.deepEqual(
      found.map(one => `${one.path}: ${one.before ?? '-'} > ${one.after ?? '-'}`).sort(),
      [...told].sort(),
    )
  })
}

test('versionDifference: compares what two trees come to over the file', () => {
  const file = { timeouts: { idle: '10m' }, users: 'never looked at' }
  assert.deepEqual(versionDifference(file, {}, { timeouts: { idle: '7m' }, log: { level: 'info' } }), [
    { path: 'timeouts.idle', before: '10m', after: '7m' },
  ])
})

test('versionDifference: a tree that is no settings any more is compared as it stands', () => {
  assert.deepEqual(versionDifference({}, { gone: { since: 1 } }, { timeouts: { idle: '7m' } }), [
    { path: 'gone.since', before: '1' },
    { path: 'timeouts.idle', after: '7m' },
  ])
})

const item = fc.oneof(
  fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), n: fc.nat(2) }),
  fc.record({ n: fc.nat(3) }),
  fc.constantFrom('x', 'y', 'z'),
)

test('alignLists: every item of both lists is told of exactly once, and what is kept is in order', () => {
  fc.assert(
    fc.property(fc.array(item), fc.array(item), (before, after) => {
      const steps = alignLists(before, after)
      const froms = steps.flatMap(step => ('from' in step ? [step.from] : []))
      const tos = steps.flatMap(step => ('to' in step ? [step.to] : []))
      assert.deepEqual(
        froms.sort((a, b) => a - b),
        [...before.keys()],
      )
      assert.deepEqual(tos, [...after.keys()])
      const kept = steps.flatMap(step => (step.kind === 'kept' ? [step.from] : []))
      assert.deepEqual(
        kept,
        kept.toSorted((a, b) => a - b),
      )
    }),
  )
})

test('alignLists: what is the same is kept, and one thing that changed is one thing that is told', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(1_000), { minLength: 1 }), fc.nat(), (numbers, at) => {
      const place = at % numbers.length
      const without = numbers.filter((_, index) => index !== place)
      assert.ok(alignLists(numbers, numbers).every(step => step.kind === 'kept'))
      const steps = alignLists(numbers, without).filter(step => step.kind !== 'kept')
      assert.deepEqual(steps, [{ kind: 'removed', from: place }])
    }),
  )
})

test('alignLists: ten thousand items in another order are no work for minutes', { timeout: 20_000 }, () => {
  const many = Array.from({ length: 10_000 }, (_, n) => ({ n }))
  assert.equal(alignLists(many, many.toReversed()).filter(step => step.kind === 'moved').length, 9_999)
  assert.equal(alignLists(many, []).length, 10_000)
})
