import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conditions } from '../model/index.ts'
import { seg } from '../policy/testing-config.ts'
import type { PolicyContext } from './conditions.ts'
import { checkAccessPolicy, checkForwardingPolicy } from './policies.ts'
import { assertKept, assertRefused, type Expected } from './testing-findings.ts'

const CONTEXT: PolicyContext = {
  segments: [seg('paris', ['10.0.0.1']), { ...seg('lyon', ['10.0.0.2']), segmentGroup: 'south' }],
  segmentGroups: ['all', 'south'].map(name => ({ name, enabled: true })),
  userGroups: ['finance'],
}

const rule = (name: string, when: unknown = {}, more: object = {}) => ({
  name,
  when,
  action: 'allow',
  ...more,
})
const nights = { days: ['mon'], from: '22:00', to: '06:00', timeZone: 'Europe/Berlin' }

const CONDITIONS: readonly [title: string, when: unknown, problems: Expected, warnings?: Expected][] = [
  [
    'everything that can be named',
    {
      users: ['al*', 'bob, carol'],
      groups: ['finance'],
      segments: ['paris'],
      segmentGroups: ['all'],
      clientNetworks: ['10.0.0.0/8', '::1'],
      deviceLabels: ['x'],
      times: [nights],
    },
    {},
  ],
  [
    'a segment that is not there',
    { segments: ['lyon', 'pari'] },
    { 'rules[0].when.segments[1]': /pari, which is not there; did you mean paris/ },
  ],
  [
    'a segment group that is not there',
    { segmentGroups: ['north'] },
    { 'rules[0].when.segmentGroups[0]': /north.*(did you mean south|known: all, south)/ },
  ],
  [
    'a group of users that is not there is a warning',
    { groups: ['finanse'] },
    {},
    { 'rules[0].when.groups[0]': /did you mean finance/ },
  ],
  [
    'a network that is none',
    { clientNetworks: ['10.0.0.0/40'] },
    { 'rules[0].when.clientNetworks[0]': /must be an IP address or a network/ },
  ],
  ['a list of users with an empty item', { users: ['bob,,anna'] }, { 'rules[0].when.users[0]': /one comma/ }],
  [
    'a time zone that does not exist',
    { times: [{ ...nights, timeZone: 'Europe/Berln' }] },
    { 'rules[0].when.times[0].timeZone': /did you mean Europe\/Berlin/ },
  ],
  [
    'an offset in place of a time zone',
    { times: [nights, { ...nights, timeZone: '+02:00' }] },
    { 'rules[0].when.times[1].timeZone': /no time zone/ },
  ],
  [
    'a time that is none',
    { times: [{ ...nights, from: '24:00', to: '25:00' }] },
    { 'rules[0].when.times[0].from': /such as 08:00/, 'rules[0].when.times[0].to': /such as 17:30/ },
  ],
  ['a condition without a value', { users: [] }, { 'rules[0].when.users': /at least one user/ }],
  ['a condition that is not known', { user: ['bob'] }, { 'rules[0].when.user': /did you mean users\?/ }],
  [
    'segments and groups that never meet',
    { segments: ['paris'], segmentGroups: ['south'] },
    {},
    { 'rules[0].when.segmentGroups': /never fits/ },
  ],
]

for (const [title, when, problems, warnings] of CONDITIONS) {
  test(`conditions of a rule: ${title}`, () => {
    for (const check of [checkAccessPolicy, checkForwardingPolicy]) {
      const action = check === checkAccessPolicy ? 'allow' : 'bypass'
      const checked = check({ rules: [rule('one', when, { action })] }, CONTEXT)
      if (Object.keys(problems).length > 0) assertRefused(checked, problems)
      else assertKept(checked, warnings)
    }
  })
}

test('groups of users are not judged where nobody says which there are', () => {
  const { userGroups: _, ...context } = CONTEXT
  assertKept(checkAccessPolicy({ rules: [rule('one', { groups: ['any'] })] }, context))
})

test('two rules of one name are refused', () => {
  const rules = [rule('one', { users: ['a'] }), rule('two', { users: ['b'] }), rule('one', { users: ['c'] })]
  assertRefused(checkAccessPolicy({ rules }, CONTEXT), { 'rules[2].name': /the name of rule 1 already/ })
})

test('a message of a rule that allows is a warning', () => {
  assertKept(checkAccessPolicy({ rules: [rule('one', {}, { message: 'No.' })] }, CONTEXT), {
    'rules[0].message': /never said/,
  })
})

const bob: Partial<Conditions> = { users: ['bob', 'anna'], deviceLabels: ['x'] }
const always: readonly [title: string, when: Partial<Conditions>][] = [
  ['no condition', {}],
  ['all users', { users: ['bob', '*'] }],
  ['all networks', { clientNetworks: ['::/0', '0.0.0.0/0'] }],
]

for (const [title, when] of always) {
  test(`a rule behind one with ${title} never decides`, () => {
    const rules = [
      rule('off', {}, { enabled: false }),
      rule('first', when),
      rule('off too', {}, { enabled: false }),
      rule('last', bob),
    ]
    assertKept(checkAccessPolicy({ rules }, CONTEXT), {
      'rules[3]': /never decides: rule 2 \(first\) comes first and always fits/,
    })
  })
}

test('a rule with the conditions of an earlier one never decides, however they are written', () => {
  const rules = [
    rule('first', bob),
    rule('other', { users: ['bob'] }),
    rule('last', { deviceLabels: ['x', 'x'], users: ['anna', 'bob'] }),
  ]
  assertKept(checkAccessPolicy({ rules }, CONTEXT), {
    'rules[2]': /rule 1 \(first\) comes first and has the same conditions/,
  })
})

test('rules that differ in one condition all decide', () => {
  const conditions = [
    bob,
    { ...bob, groups: ['finance'] },
    { ...bob, times: [nights] },
    { ...bob, times: [{ ...nights, from: '23:00' }] },
    { ...bob, times: [{ ...nights, days: ['tue'] }] },
    { clientNetworks: ['::/0'] },
    { clientNetworks: ['0.0.0.0/0'] },
  ]
  assertKept(
    checkAccessPolicy({ rules: conditions.map((when, index) => rule(`rule ${index}`, when)) }, CONTEXT),
  )
})

test('ten thousand rules are judged at once, and of those that never decide a few are told', () => {
  const rules = Array.from({ length: 10_000 }, (_, index) =>
    rule(`rule ${index}`, index === 0 ? {} : { users: [`user${index}`] }),
  )
  const checked = checkAccessPolicy({ rules }, CONTEXT)
  assert.ok('warnings' in checked)
  assert.equal(checked.warnings.length, 21)
  assert.match(checked.warnings.at(-1)?.message ?? '', /so do 9978 more/)
})
