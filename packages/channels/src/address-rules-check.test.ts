import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { PassiveAddressRule } from './address-rules.ts'
import { checkAddressRules } from './address-rules-check.ts'

test('all mistakes are told at once, with rule and part', () => {
  const { errors } = checkAddressRules([
    { userClass: '', address: '300.1.2.3' },
    { name: 'branch', userClass: '*', clients: '10.0.0.0/99', destination: 'x', address: '224.0.0.1' },
    { userClass: '*', address: '203.0.113.7' },
  ])
  assert.deepEqual(
    errors.map(({ text }) => text.replace(/: (?:"|224).*/, '')),
    [
      'passive address rule 1: userClass',
      'passive address rule 1: address',
      'passive address rule 2 (branch): clients',
      'passive address rule 2 (branch): destination',
      'passive address rule 2 (branch): address',
    ],
  )
  assert.match(errors[4]?.text ?? '', /multicast address: no client can connect/)
})

test('a rule behind one that fits everybody can never match', () => {
  const { errors, warnings } = checkAddressRules([
    { userClass: '*', clients: '10.0.0.0/8', address: 'local' },
    { userClass: '*', address: '198.51.100.7', enabled: false },
    { userClass: '*', address: 'ftp.example.com' },
    { userClass: 'partner?', clients: '192.0.2.0/24', address: '198.51.100.8' },
  ])
  assert.deepEqual(errors, [])
  assert.deepEqual(
    warnings.map(({ code, text }) => [code, text.slice(0, 23), text.includes('passive address rule 3')]),
    [['address-rule-unreachable', 'passive address rule 4 ', true]],
  )
})

test('a rule that fits only part of what a later one fits does not hide it', () => {
  const { warnings } = checkAddressRules([
    { userClass: '*', clients: '10.0.0.0/8', address: 'local' },
    { userClass: 'a', address: '198.51.100.7' },
    { userClass: '*', destination: '198.51.100.9', address: '198.51.100.8' },
    { userClass: '*', address: '198.51.100.8' },
  ])
  assert.deepEqual(warnings, [])
})

/** The definition, rule by rule. */
function hiddenBy(rules: readonly PassiveAddressRule[], later: PassiveAddressRule, index: number): number {
  const part = (wide: string | undefined, narrow: string | undefined) =>
    wide === undefined || wide === '*' || wide === narrow
  return rules
    .slice(0, index)
    .findIndex(
      earlier =>
        earlier.enabled !== false &&
        part(earlier.userClass, later.userClass) &&
        part(earlier.clients, later.clients) &&
        part(earlier.destination, later.destination),
    )
}

test('each rule that never matches is told with the first one that hides it', () => {
  const optional = (...texts: string[]) => fc.constantFrom(undefined, '*', ...texts)
  const rule = fc.record({
    userClass: fc.constantFrom('*', 'a', 'b', ''),
    clients: optional('10.0.0.0/8', '192.0.2.0/24', 'x'),
    destination: optional('198.51.100.9', '["*"]'),
    address: fc.constantFrom('local', 'ftp.example.com'),
    enabled: fc.constantFrom(undefined, true, false),
  })
  const numberOf = (text: string, pattern: RegExp) => Number(pattern.exec(text)?.[1]) - 1
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 12 }), rules => {
      const { errors, warnings } = checkAddressRules(rules)
      const broken = new Set(errors.map(({ text }) => numberOf(text, /^passive address rule (\d+)/)))
      const expected = rules.flatMap((later, index) => {
        const by = hiddenBy(rules, later, index)
        return later.enabled === false || broken.has(index) || by < 0 ? [] : [[index, by]]
      })
      const told = warnings.map(({ text }) => [
        numberOf(text, /^passive address rule (\d+)/),
        numberOf(text, /matches: passive address rule (\d+)/),
      ])
      assert.deepEqual(told, expected)
    }),
  )
})

const addresses: readonly (readonly [string, string | undefined, boolean])[] = [
  ['10.0.0.5', undefined, true],
  ['192.168.1.1', '203.0.113.0/24', true],
  ['127.0.0.1', '*', true],
  ['fd00::1', undefined, true],
  ['100.64.0.1', undefined, true],
  ['10.0.0.5', '10.0.0.0/8', false],
  ['10.0.0.5', '10.*, 192.168.*', false],
  ['10.0.0.5', '10.*, 203.0.113.9', true],
  ['8.8.8.8', undefined, false],
  ['local', undefined, false],
  ['0.0.0.0', undefined, false],
  ['ftp.example.com', undefined, false],
]
for (const [address, clients, warned] of addresses) {
  test(`${address} told to ${clients ?? 'everybody'} ${warned ? 'is a warning' : 'is no matter'}`, () => {
    const { errors, warnings } = checkAddressRules([{ userClass: '*', address, ...(clients && { clients }) }])
    assert.deepEqual(errors, [])
    assert.deepEqual(
      warnings.map(({ code }) => code),
      warned ? ['address-rule-private'] : [],
    )
  })
}
