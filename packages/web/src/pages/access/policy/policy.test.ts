import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessPolicyWrite, forwardingPolicyWrite } from '@portolan/console/contract'
import fc from 'fast-check'
import { type Keyed, keyed } from '../../../components/keyed.ts'
import { move } from '../../../components/reorder.ts'
import { changesOf, changesText, countOf, problemsOfPolicy, problemsOfRule } from './policy-draft.ts'
import { ACTIONS, fieldsOfRule, formOfRule, LISTS, type Rule, ruleOfForm } from './rule-form.ts'
import { chipsOf, daysText, ruleHas, timeWindowText } from './rule-words.ts'

const OFFICE = {
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '08:00',
  to: '18:00',
  timeZone: 'Europe/Berlin',
}
const FULL = {
  name: 'Contractors',
  description: 'Until the end of the project',
  enabled: false,
  action: 'deny',
  message: 'Ask the help desk.',
  when: {
    users: ['ext-*'],
    groups: ['contractors'],
    segments: ['warehouse'],
    segmentGroups: ['stock'],
    clientNetworks: ['198.51.100.0/24'],
    deviceLabels: ['unmanaged'],
    times: [{ ...OFFICE, days: ['mon', 'sat'] }],
  },
} as const
const [parsed] = accessPolicyWrite.parse({ rules: [FULL] }).rules

test('a rule that is not touched is sent as it came', () => {
  assert.ok(parsed)
  assert.deepEqual(ruleOfForm(formOfRule(parsed, 'access'), 'access'), FULL)
})

test('a new rule of each policy is one that the API takes, and holds always', () => {
  for (const [kind, schema] of [
    ['access', accessPolicyWrite],
    ['forwarding', forwardingPolicyWrite],
  ] as const) {
    for (const { value } of ACTIONS[kind]) {
      const rule = ruleOfForm({ ...formOfRule(undefined, kind), name: ' all ', action: value }, kind)
      assert.deepEqual(schema.parse({ rules: [rule] }).rules[0], {
        name: 'all',
        enabled: true,
        action: value,
        when: {},
      })
    }
  }
})

test('a message is of rules that deny alone', () => {
  assert.ok(parsed)
  const form = formOfRule(parsed, 'access')
  assert.equal(ruleOfForm({ ...form, action: 'allow' }, 'access').message, undefined)
  assert.equal(ruleOfForm({ ...form, action: 'bypass' }, 'forwarding').message, undefined)
})

test('days of a window are sent in the order of the week', () => {
  const form = formOfRule(undefined, 'access')
  const rule = ruleOfForm(
    {
      ...form,
      times: [keyed({ days: ['sun', 'mon'] as const, from: '22:00', to: '06:00', timeZone: 'UTC' })],
    },
    'access',
  )
  assert.deepEqual(rule.when.times?.[0]?.days, ['mon', 'sun'])
})

test('conditions are told in words', () => {
  assert.ok(parsed)
  assert.deepEqual(
    chipsOf(parsed.when).map(({ label, values }) => `${label}: ${values.join(', ')}`),
    [
      'Users: ext-*',
      'Groups: contractors',
      'Segments: warehouse',
      'Segment groups: stock',
      'Networks: 198.51.100.0/24',
      'Device labels: unmanaged',
      'Times: Mon, Sat 08:00–18:00 Europe/Berlin',
    ],
  )
  assert.deepEqual(chipsOf({}), [])
})

test('days in a row are drawn together', () => {
  for (const [days, text] of [
    [['mon', 'tue', 'wed', 'thu', 'fri'], 'Mon–Fri'],
    [['sat', 'sun'], 'Sat, Sun'],
    [['mon', 'wed', 'thu', 'fri', 'sun'], 'Mon, Wed–Fri, Sun'],
    [['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], 'every day'],
    [['tue'], 'Tue'],
  ] as const)
    assert.equal(daysText(days), text)
})

test('a window that ends before it begins ends on the next day', () => {
  assert.equal(
    timeWindowText({ days: ['fri'], from: '22:00', to: '06:00', timeZone: 'UTC' }),
    'Fri 22:00–06:00 of the next day UTC',
  )
})

test('a rule is found by its name, its description and what it names', () => {
  for (const [search, found] of [
    ['', true],
    ['contr', true],
    ['PROJECT', true],
    ['198.51', true],
    ['europe/berlin', true],
    ['nobody', false],
  ] as const)
    assert.equal(parsed && ruleHas(parsed, search), found, search)
})

const rule = (name: string): Keyed<Rule> => keyed({ name, enabled: true, action: 'allow', when: {} })
const saved = ['a', 'b', 'c', 'd'].map(rule)

test('what was done to a list of rules is counted', () => {
  const [a, b, c, d] = saved
  assert.ok(a && b && c && d)
  for (const [draft, text] of [
    [saved, ''],
    [[a, b, c], '1 removed'],
    [[a, b, c, d, rule('e')], '1 added'],
    [[d, a, b, c], '1 moved'],
    [[a, { ...b, enabled: false }, c, d], '1 changed'],
    [[b, a, d, c], '2 moved'],
    [[{ ...d, name: 'x' }, a, rule('e'), c], '1 added, 1 changed, 1 moved, 1 removed'],
  ] as const) {
    const changes = changesOf(saved, draft)
    assert.equal(changesText(changes), text)
    assert.equal(countOf(changes) === 0, text === '')
  }
})

test('moving one rule is one change, wherever it goes', () => {
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 40 })
        .chain(length => fc.tuple(fc.constant(length), fc.nat(length - 1), fc.nat(length - 1))),
      ([length, from, to]) => {
        const rules = Array.from({ length }, (_, at) => rule(`r${at}`))
        assert.deepEqual(changesOf(rules, move(rules, from, to)), {
          added: 0,
          removed: 0,
          changed: 0,
          moved: from === to ? 0 : 1,
        })
      },
    ),
  )
})

test('mistakes of an answer stand at the field of their rule', () => {
  const problems = [
    { path: 'rules[1].when.users[0]', message: 'a' },
    { path: 'rules[1].when.times[0].to', message: 'b' },
    { path: 'rules[1].name', message: 'c' },
    { path: 'rules[11].name', message: 'd' },
    { path: 'rules', message: 'e' },
    { path: 'rules[1]', message: 'f' },
  ]
  assert.deepEqual(problemsOfRule(problems, 1), [
    { path: 'users', message: 'a' },
    { path: 'times.0.to', message: 'b' },
    { path: 'name', message: 'c' },
    { path: '', message: 'f' },
  ])
  assert.deepEqual(problemsOfPolicy(problems), [{ path: 'rules', message: 'e' }])
  const fields = fieldsOfRule({ times: [keyed({ ...OFFICE, days: ['mon'] as const })] })
  for (const name of [...LISTS, 'times.0.to', 'name']) assert.ok(fields.includes(name), name)
})
