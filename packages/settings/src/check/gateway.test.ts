import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSettings } from '../check.ts'
import { parseSettings } from '../parse.ts'
import type { SettingsInput } from '../schema.ts'

const texts = (input: SettingsInput, withStore = true) => {
  const { errors, warnings } = checkSettings(
    parseSettings({ listeners: [{ host: '0.0.0.0', port: 2121 }], passive: { basePort: 61_000 }, ...input }),
    { ephemeral: undefined, withStore },
  )
  const text = ({ path, message }: { path: string; message: string }) => `${path}: ${message}`
  return {
    errors: errors.map(text),
    warnings: warnings.filter(({ path }) => path.startsWith('gateway')).map(text),
  }
}

const ports: readonly [what: string, input: SettingsInput, errors: readonly string[]][] = [
  ['a port of its own', { gateway: { enabled: true } }, []],
  [
    'the port of a listener',
    { gateway: { enabled: true, port: 2121 } },
    ['gateway.port: port 2121 is taken by the listener listener1 already: use another port'],
  ],
  [
    'the port of the console',
    { gateway: { enabled: true, host: '127.0.0.1', port: 8021 } },
    ['gateway.port: port 8021 is taken by console already: use another port'],
  ],
  ['a port within the passive range', { gateway: { enabled: true, port: 61_000 } }, ['passive.basePort: ']],
  ['the port of a listener, switched off', { gateway: { port: 2121 } }, []],
  [
    'a public address without a port that there is',
    { gateway: { publicAddresses: ['a.example:8022', '[2001:db8::1]:0', 'b.example:70000'] } },
    [
      'gateway.publicAddresses[1]: has the port 0: it must be from 1 to 65535',
      'gateway.publicAddresses[2]: has the port 70000: it must be from 1 to 65535',
    ],
  ],
]

for (const [what, input, errors] of ports) {
  test(`a gateway with ${what} is told of as it should be`, () => {
    const found = texts(input).errors
    assert.equal(found.length, errors.length, found.join('\n'))
    for (const [index, error] of errors.entries()) {
      assert.ok(found[index]?.startsWith(error), `${found[index]} is not ${error}`)
    }
  })
}

test('a gateway without a store takes no port, and it is told that it has no effect', () => {
  assert.deepEqual(texts({ gateway: { enabled: true, port: 2121 } }, false), {
    errors: [],
    warnings: [
      'gateway.enabled: has no effect, because segments, policies and keys are kept in a store: start with --data',
    ],
  })
  assert.deepEqual(texts({ gateway: { enabled: true } }).warnings, [])
})
