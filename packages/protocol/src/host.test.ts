import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type HostArgument, parseHostArgument } from './host.ts'

const cases: { argument: string; host: HostArgument }[] = [
  { argument: 'ftp.example.com', host: { kind: 'name', name: 'ftp.example.com' } },
  { argument: 'FTP.Example.COM.', host: { kind: 'name', name: 'ftp.example.com' } },
  { argument: ' localhost ', host: { kind: 'name', name: 'localhost' } },
  { argument: 'xn--bcher-kva.example', host: { kind: 'name', name: 'xn--bcher-kva.example' } },
  { argument: '3com.com', host: { kind: 'name', name: '3com.com' } },
  { argument: '192.0.2.1', host: { kind: 'address', address: '192.0.2.1' } },
  { argument: '[2001:DB8::1]', host: { kind: 'address', address: '2001:db8::1' } },
  { argument: '2001:db8::1', host: { kind: 'address', address: '2001:db8::1' } },
  { argument: '[::ffff:192.0.2.1]', host: { kind: 'address', address: '192.0.2.1' } },
]

for (const { argument, host } of cases) {
  test(`HOST ${argument} is read`, () => assert.deepEqual(parseHostArgument(argument), host))
}

const refused = [
  '',
  '.',
  'a..b',
  '-a.example',
  'a-.example',
  'a b',
  'a/b',
  'bücher.example',
  '192.0.2',
  '192.0.2.256',
  '[192.0.2.1]',
  '[::1',
  '[::1]:21',
  'ftp.example.com:21',
  '[fe80::1%eth0]',
  'a\0b',
  `${'a'.repeat(64)}.example`,
  `${'a.'.repeat(127)}a`,
]

for (const argument of refused) {
  test(`HOST ${JSON.stringify(argument.slice(0, 20))} of ${argument.length} characters is refused`, () => {
    assert.throws(() => parseHostArgument(argument), { code: 'PROTOCOL_BAD_ARGUMENT' })
  })
}
