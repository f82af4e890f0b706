import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileUserClasses, type UserClassAsk, type UserClassRule } from './user-class.ts'

const rules: readonly UserClassRule[] = [
  { name: 'off', users: '*', enabled: false },
  { name: 'partner1', users: 'acme-*', groups: 'partners', from: '198.51.100.0/24' },
  { name: 'inside', from: '10.1.*, 192.168.0.1?, 2001:db8::/32' },
  { name: 'staff', groups: 'staff-*,admins' },
  { name: 'one', users: 'b?b' },
]

const cases: readonly (Partial<UserClassAsk> & { readonly is: string })[] = [
  { user: 'acme-7', groups: ['x', 'partners'], address: '198.51.100.7', is: 'partner1' },
  { user: 'acme-7', groups: ['partners'], address: '198.51.101.7', is: 'default' },
  { user: 'acme-7', groups: [], address: '198.51.100.7', is: 'default' },
  { address: '10.1.255.3', is: 'inside' },
  { address: '10.11.0.3', is: 'default' },
  { address: '::ffff:10.1.0.3', is: 'inside' },
  { address: '192.168.0.12', is: 'inside' },
  { address: '192.168.0.1', is: 'default' },
  { address: '2001:db8:5::1', is: 'inside' },
  { groups: ['admins'], is: 'staff' },
  { groups: ['staff-eu'], address: '10.1.0.1', is: 'inside' },
  { user: 'bob', is: 'one' },
]
for (const { is, ...who } of cases) {
  const ask = { user: 'somebody', groups: [], address: '203.0.113.9', ...who }
  test(`${ask.user} of [${ask.groups}] from ${ask.address} is ${is}`, () => {
    assert.equal(compileUserClasses(rules)(ask).value, is)
  })
}

test('the reason names the rule by its place and what it asks for', () => {
  const { because } = compileUserClasses(rules)({
    user: 'acme-7',
    groups: ['partners'],
    address: '198.51.100.7',
  })
  assert.deepEqual(because, {
    code: 'user-class',
    text: 'acme-7 from 198.51.100.7 is of class partner1 by user class rule 2 (users acme-*, groups partners, from 198.51.100.0/24)',
  })
})

test('without a rule that fits the class is default, and the reason says so', () => {
  const { value, because } = compileUserClasses([])({ user: 'u', groups: [], address: '192.0.2.1' })
  assert.deepEqual([value, because.code], ['default', 'no-user-class'])
})

for (const from of ['10.1.*.*.*', 'host*.example.com', '10.0.0.0/99', '2001:db8:*', '10.1.,']) {
  test(`the network "${from}" is refused`, () => {
    assert.throws(() => compileUserClasses([{ name: 'x', from }]), { code: 'CHANNEL_SETTING' })
  })
}
