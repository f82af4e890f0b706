import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type FlagValue,
  numberOrText,
  parseHostPort,
  parsePassiveRule,
  parsePorts,
  parseUser,
} from './flag-values.ts'

/** The value, or undefined when the text was refused. */
function accepted<T>(result: FlagValue<T>): T | undefined {
  return 'value' in result ? result.value : undefined
}

const places: { text: string; host?: string; port?: number }[] = [
  { text: '127.0.0.1:2121', host: '127.0.0.1', port: 2121 },
  { text: '[::1]:2121', host: '::1', port: 2121 },
  { text: '[::]:0', host: '::', port: 0 },
  { text: 'ftp.example.com:21', host: 'ftp.example.com', port: 21 },
  { text: ':2121', host: '0.0.0.0', port: 2121 },
  { text: '2121', host: '0.0.0.0', port: 2121 },
  { text: '127.0.0.1' },
  { text: '127.0.0.1:' },
  { text: '127.0.0.1:65536' },
  { text: '::1:2121' },
  { text: '[127.0.0.1]:2121' },
  { text: '[::1]' },
  { text: 'host:21x' },
  { text: '' },
]

for (const { text, host, port } of places) {
  test(`parseHostPort: ${JSON.stringify(text)} ${host === undefined ? 'is refused' : `is ${host}, ${port}`}`, () => {
    assert.deepEqual(accepted(parseHostPort(text)), host === undefined ? undefined : { host, port })
  })
}

const users: { text: string; user?: [name: string, password: string, readOnly: boolean] }[] = [
  { text: 'anna:secret', user: ['anna', 'secret', false] },
  { text: 'anna:secret:ro', user: ['anna', 'secret', true] },
  { text: 'anna:a:b', user: ['anna', 'a:b', false] },
  { text: 'anna:a:b:ro', user: ['anna', 'a:b', true] },
  { text: 'anna: ', user: ['anna', ' ', false] },
  { text: 'anna' },
  { text: 'anna:' },
  { text: 'anna::ro' },
  { text: ':secret' },
]

for (const { text, user } of users) {
  test(`parseUser: ${JSON.stringify(text)} ${user === undefined ? 'is refused' : `is ${user.join(', ')}`}`, () => {
    const [name, password, readOnly] = user ?? []
    assert.deepEqual(accepted(parseUser(text)), user === undefined ? undefined : { name, password, readOnly })
  })
}

test('parseUser: a password comes out as it was typed, whatever it holds', () => {
  const name = fc.string({ minLength: 1 }).filter(text => !text.includes(':'))
  const password = fc.string({ minLength: 1 }).filter(text => !text.endsWith(':ro'))
  fc.assert(
    fc.property(name, password, (user, secret) => {
      assert.equal(accepted(parseUser(`${user}:${secret}`))?.password, secret)
      assert.equal(accepted(parseUser(`${user}:${secret}:ro`))?.password, secret)
    }),
  )
})

test('parseUser: what is wrong is told without the text, which may hold a password', () => {
  const result = parseUser('hunter2')
  assert.ok('wrong' in result && !result.wrong.includes('hunter2'))
})

const rules: { text: string; rule?: object }[] = [
  { text: '*=203.0.113.7', rule: { userClass: '*', address: '203.0.113.7' } },
  { text: 'staff=local@10.0.0.0/8', rule: { userClass: 'staff', address: 'local', clients: '10.0.0.0/8' } },
  { text: 'a,b=2001:db8::1', rule: { userClass: 'a,b', address: '2001:db8::1' } },
  { text: 'staff' },
  { text: '=local' },
  { text: 'staff=' },
  { text: 'staff=@10.0.0.0/8' },
  { text: 'staff=local@' },
]

for (const { text, rule } of rules) {
  test(`parsePassiveRule: ${text} ${rule === undefined ? 'is refused' : 'is a rule'}`, () => {
    assert.deepEqual(accepted(parsePassiveRule(text)), rule)
  })
}

test('parsePorts: takes a base port and a number of ports, and leaves their bounds to the schema', () => {
  assert.deepEqual(accepted(parsePorts('61000:1024')), { basePort: 61_000, numberOfPorts: 1024 })
  assert.deepEqual(accepted(parsePorts('1:99999')), { basePort: 1, numberOfPorts: 99_999 })
  for (const text of ['61000', '61000-62000', ':5', '61000:', 'a:b', '1:2:3']) {
    assert.equal(accepted(parsePorts(text)), undefined, text)
  }
})

test('numberOrText: digits are a number, anything else is left for the schema to refuse', () => {
  assert.deepEqual(['0', '300', '5m', '-1', '', '1e3', '9'.repeat(20)].map(numberOrText), [
    0,
    300,
    '5m',
    '-1',
    '',
    '1e3',
    '9'.repeat(20),
  ])
})
