import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AddressAsk, compileAddressRules, type PassiveAddressRule } from './address-rules.ts'
import { DnsCache } from './dns-cache.ts'

const ASK: AddressAsk = {
  userClass: 'default',
  client: '203.0.113.50',
  local: '10.0.0.5',
  destination: '198.51.100.20',
  family: 4,
}

const dns = () =>
  new DnsCache({
    lookup: async (name, family) => {
      if (name !== 'ftp.example.com') throw new Error(`getaddrinfo ENOTFOUND ${name}`)
      return family === 4 ? ['192.0.2.80'] : ['2001:db8::80']
    },
  })

const choose = (rules: readonly PassiveAddressRule[], ask: Partial<AddressAsk> = {}) =>
  compileAddressRules(rules, { dns: dns() }).choose({ ...ASK, ...ask })

const cases: readonly {
  readonly name: string
  readonly rules: readonly PassiveAddressRule[]
  readonly ask?: Partial<AddressAsk>
  readonly is: string
  readonly code: string
}[] = [
  { name: 'no rule: the local address', rules: [], is: '10.0.0.5', code: 'no-address-rule' },
  {
    name: 'an IPv4-mapped local address is told as IPv4',
    rules: [],
    ask: { local: '::ffff:10.0.0.5' },
    is: '10.0.0.5',
    code: 'no-address-rule',
  },
  {
    name: 'a literal',
    rules: [{ userClass: '*', address: '203.0.113.7' }],
    is: '203.0.113.7',
    code: 'address-rule',
  },
  {
    name: 'the first rule that fits wins',
    rules: [
      { userClass: 'partner?', address: '192.0.2.1' },
      { userClass: '*', clients: '10.0.0.0/8', address: '192.0.2.2' },
      { userClass: 'default', address: '192.0.2.3' },
      { userClass: '*', address: '192.0.2.4' },
    ],
    is: '192.0.2.3',
    code: 'address-rule',
  },
  {
    name: 'a rule that is switched off is passed over',
    rules: [{ userClass: '*', address: '192.0.2.1', enabled: false }],
    is: '10.0.0.5',
    code: 'no-address-rule',
  },
  {
    name: 'local clients get the local address',
    rules: [
      { userClass: '*', clients: '10.0.0.0/8', address: 'local' },
      { userClass: '*', address: '203.0.113.7' },
    ],
    ask: { client: '10.9.9.9' },
    is: '10.0.0.5',
    code: 'address-rule',
  },
  {
    name: 'control: the address that the client dialled',
    rules: [{ userClass: '*', address: 'control' }],
    is: '198.51.100.20',
    code: 'address-rule',
  },
  {
    name: '0.0.0.0 is another way to write control',
    rules: [{ userClass: '*', address: '0.0.0.0' }],
    is: '198.51.100.20',
    code: 'address-rule',
  },
  {
    name: 'several proxies, several addresses, told apart by what was dialled',
    rules: [
      { userClass: '*', destination: '198.51.100.10', address: '203.0.113.10' },
      { userClass: '*', destination: '198.51.100.16/28', address: '203.0.113.20' },
    ],
    is: '203.0.113.20',
    code: 'address-rule',
  },
  {
    name: 'a DNS name',
    rules: [{ userClass: '*', address: 'ftp.example.com' }],
    is: '192.0.2.80',
    code: 'address-rule',
  },
  {
    name: 'EPSV of an IPv6 client gets the IPv6 address of the name',
    rules: [{ userClass: '*', address: 'ftp.example.com' }],
    ask: { family: 6 },
    is: '2001:db8::80',
    code: 'address-rule',
  },
]
for (const { name, rules, ask, is, code } of cases) {
  test(`${name}`, async () => {
    const { value, because } = await choose(rules, ask)
    assert.deepEqual([value, because.code], [is, code])
  })
}

test('the reason names the rule and the address', async () => {
  const { because } = await choose([
    { userClass: 'x', address: '192.0.2.1' },
    { name: 'branch', userClass: '*', address: 'ftp.example.com' },
  ])
  assert.equal(
    because.text,
    'passive address rule 2 (branch) tells ftp.example.com: ftp.example.com is 192.0.2.80',
  )
})

for (const rules of [[], [{ userClass: '*', address: '2001:db8::7' }]]) {
  test(`PASV does not lie about an IPv6 address (${rules.length} rules)`, async () => {
    await assert.rejects(choose(rules, { local: '2001:db8::5' }), {
      code: 'CHANNEL_ADDRESS',
      message: /PASV cannot carry the IPv6 address 2001:db8::[57].*use EPSV/,
    })
  })
}

test('a name without an answer is told by name, not hidden behind another address', async () => {
  await assert.rejects(choose([{ userClass: '*', address: 'gone.example.com' }]), {
    code: 'CHANNEL_ADDRESS',
    message: /gone\.example\.com has no IPv4 address.*ENOTFOUND/,
  })
})

for (const address of [
  '',
  '300.1.2.3',
  '10.0.0.0/8',
  'two words',
  '-x.example',
  'ftp..example',
  'fe80::1%eth0',
]) {
  test(`the address "${address}" is refused when the rules are compiled`, () => {
    assert.throws(() => compileAddressRules([{ userClass: '*', address }]), {
      code: 'CHANNEL_SETTING',
      message: /write an IP address, a DNS name, local or control/,
    })
  })
}
