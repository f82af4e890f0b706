import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Address, listenerUrl, type ScreenFacts, startScreen } from './screen.ts'

const urls: { at: Address; url: string }[] = [
  { at: { host: '127.0.0.1', port: 2121, tls: 'optional' }, url: 'ftp://127.0.0.1:2121' },
  { at: { host: '::1', port: 21, tls: 'required' }, url: 'ftp://[::1]:21' },
  { at: { host: '0.0.0.0', port: 990, tls: 'implicit' }, url: 'ftps://0.0.0.0:990' },
  { at: { host: 'localhost', port: 2121, tls: 'off' }, url: 'ftp://localhost:2121' },
]

for (const { at, url } of urls)
  test(`a listener is shown as ${url}`, () => assert.equal(listenerUrl(at), url))

const FACTS: ScreenFacts = {
  addresses: [{ host: '0.0.0.0', port: 2121, tls: 'optional' }],
  reachable: '192.0.2.2',
  user: { name: 'portolan', home: './data/files/portolan' },
  password: 'abcde-fghjk',
  config: './data/portolan.yaml',
  sample: 'README.md',
  selfSigned: true,
}

function row(facts: Partial<ScreenFacts>, name: string): string | undefined {
  const line = startScreen({ ...FACTS, ...facts }).find(text => text.trimStart().startsWith(name))
  return line?.trimStart().slice(name.length).trimStart()
}

test('a first start shows the address, the user, the password, the files and a line to try', () => {
  assert.deepEqual(startScreen(FACTS), [
    '',
    'Portolan serves files by FTP and FTPS.',
    '',
    '  Address   ftp://127.0.0.1:2121   (from other machines: ftp://192.0.2.2:2121)',
    '  User      portolan',
    '  Password  abcde-fghjk   (shown only this once)',
    '  Files     ./data/files/portolan',
    '  Settings  ./data/portolan.yaml',
    '  Try it    curl --ssl-reqd -k -T README.md -u portolan:abcde-fghjk ftp://127.0.0.1:2121/',
    '',
  ])
})

test('a later start shows the same without the password, for which curl asks', () => {
  const later = { password: undefined }
  assert.equal(row(later, 'Password'), undefined)
  assert.equal(row(later, 'Try it'), 'curl --ssl-reqd -k -T README.md -u portolan ftp://127.0.0.1:2121/')
})

const tries: { name: string; facts: Partial<ScreenFacts>; line: string }[] = [
  {
    name: 'no TLS',
    facts: { addresses: [{ host: '127.0.0.1', port: 1, tls: 'off' }] },
    line: 'curl -T README.md -u portolan:abcde-fghjk ftp://127.0.0.1:1/',
  },
  {
    name: 'implicit TLS',
    facts: { addresses: [{ host: '::', port: 1, tls: 'implicit' }] },
    line: 'curl -k -T README.md -u portolan:abcde-fghjk ftps://[::1]:1/',
  },
  {
    name: 'a signed certificate',
    facts: { selfSigned: false },
    line: 'curl --ssl-reqd -T README.md -u portolan:abcde-fghjk ftp://127.0.0.1:2121/',
  },
  {
    name: 'nothing to upload',
    facts: { sample: undefined },
    line: 'curl --ssl-reqd -k -u portolan:abcde-fghjk ftp://127.0.0.1:2121/',
  },
]

for (const { name, facts, line } of tries) {
  test(`the line to try it with ${name}`, () => assert.equal(row(facts, 'Try it'), line))
}

test('an address that is bound alone is not promised to other machines', () => {
  const addresses: Address[] = [{ host: '127.0.0.1', port: 2121, tls: 'optional' }]
  assert.equal(row({ addresses }, 'Address'), 'ftp://127.0.0.1:2121')
  assert.equal(row({ reachable: undefined }, 'Address'), 'ftp://127.0.0.1:2121')
})

test('without a user there is nothing to try', () => {
  assert.equal(row({ user: undefined, password: undefined }, 'Try it'), undefined)
})
