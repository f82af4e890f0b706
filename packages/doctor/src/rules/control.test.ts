import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientOptions } from '@portolan/client'
import type { Connect, ConnectEvidence } from '../evidence.ts'
import { CONNECT, connect, factsOf, GOOD, GREETING, judged, LOGIN, PEER } from '../testing.ts'
import { judge } from './rules.ts'

function reached(outcomes: Readonly<Record<string, Connect['outcome']>>): ConnectEvidence {
  const addresses = Object.entries(outcomes).map(([address, outcome]) => ({
    address,
    class: 'global' as const,
    connect: connect(outcome),
  }))
  const used = addresses.find(one => one.connect.outcome === 'connected')?.address
  return { host: 'ftp.example.org', port: 21, addresses, ...(used !== undefined && { used }) }
}

const unreachable: readonly [string, ConnectEvidence, string, Partial<ClientOptions>?][] = [
  [
    'a name without an address',
    { host: 'ftp.example.org', port: 21, addresses: [], nameError: 'ENOTFOUND' },
    'NAME_UNKNOWN',
  ],
  ['a refusal', reached({ [PEER]: 'refused' }), 'CONTROL_REFUSED'],
  ['silence', reached({ [PEER]: 'timeout' }), 'CONTROL_FILTERED'],
  ['no route', reached({ [PEER]: 'unreachable' }), 'UNREACHABLE'],
  ['a firewall of this machine', reached({ [PEER]: 'forbidden' }), 'LOCAL_FIREWALL'],
  [
    'silence at one address and a refusal at another, which says more',
    reached({ [PEER]: 'timeout', '192.175.48.2': 'refused' }),
    'CONTROL_REFUSED',
  ],
  [
    'a proxy that does not connect',
    reached({ 'ftp.example.org': 'proxy' }),
    'PROXY_FAILED',
    { proxy: 'socks5://proxy.example.org' },
  ],
]

for (const [what, found, code, options] of unreachable) {
  test(`${what} is ${code}`, () => {
    assert.deepEqual(judged({ connect: found }, options), [`error ${code} certain`])
  })
}

const partly: readonly [string, ConnectEvidence, string][] = [
  ['one dead address of two', reached({ [PEER]: 'connected', '192.175.48.2': 'timeout' }), 'PARTIAL_DNS'],
  [
    'dead IPv6 beside IPv4 that works',
    reached({ '2620:4f:8000::1': 'unreachable', [PEER]: 'connected' }),
    'IPV6_BROKEN',
  ],
  [
    'dead IPv6 beside IPv6 that works',
    reached({ '2620:4f:8000::1': 'unreachable', '2620:4f:8000::2': 'connected', [PEER]: 'connected' }),
    'PARTIAL_DNS',
  ],
]

for (const [what, found, code] of partly) {
  test(`${what} is ${code}, and the address that works is named`, () => {
    const [first] = judge(factsOf({ ...GOOD, connect: found }))
    assert.deepEqual([first?.code, first?.severity], [code, 'warning'])
    assert.match(first?.fixes.client ?? '', new RegExp(RegExp.escape(found.used ?? '?')))
  })
}

const greetings: readonly [string, Partial<typeof GREETING>, string, number?][] = [
  ['an SSH server', { kind: 'ssh', text: 'SSH-2.0-OpenSSH_9.2' }, 'THIS_IS_SFTP certain'],
  ['a web server', { kind: 'http', text: 'HTTP/1.1 400 Bad Request' }, 'NOT_FTP certain'],
  ['a mail server', { kind: 'mail', text: '* OK IMAP4rev1' }, 'NOT_FTP certain'],
  ['what nobody knows', { kind: 'other', text: 'hello' }, 'NOT_FTP certain'],
  [
    'a server that lets nobody in',
    { kind: 'refused', code: 421, text: '421 Too many' },
    'SERVER_BUSY certain',
  ],
  ['another refusal', { kind: 'refused', code: 530, text: '530 Go away' }, 'SERVER_BUSY likely'],
  ['silence in the clear and under TLS', { kind: 'silence', otherStart: false }, 'NO_GREETING certain'],
  ['silence in the clear alone', { kind: 'silence', otherStart: true }, 'WRONG_PORT_MODE certain'],
  ['a TLS alert', { kind: 'tls', otherStart: true }, 'WRONG_PORT_MODE certain'],
  ['an end', { kind: 'closed', otherStart: false }, 'GREETING_CUT certain'],
  ['a reset', { kind: 'reset', otherStart: false }, 'GREETING_CUT certain'],
]

for (const [what, greeting, expected] of greetings) {
  test(`${what} in place of the greeting is ${expected}`, () => {
    const found = judged({ connect: CONNECT, greeting: { ...GREETING, ...greeting } })
    assert.deepEqual(found, [`error ${expected}`])
  })
}

test('a greeting in the clear where TLS was tried is a wrong port mode, and its failed handshake is not told again', () => {
  const found = judged(
    {
      connect: CONNECT,
      tls: { start: 'implicit', outcome: 'handshake', at: 'handshake', text: 'wrong version number' },
      greeting: { ...GREETING, asked: 'implicit', otherStart: true },
    },
    { tls: 'implicit' },
  )
  assert.deepEqual(found, ['error WRONG_PORT_MODE certain'])
})

test('a greeting of asterisks was masked, and one that has a few in it was not', () => {
  const masked = (text: string) => judged({ ...GOOD, greeting: { ...GREETING, text } })[0]
  assert.equal(masked('220 ********************'), 'warning INSPECTION_MASKS_BANNER likely')
  assert.equal(masked('220 ********* ***** ****'), 'warning INSPECTION_MASKS_BANNER likely')
  assert.equal(masked('220 **** Welcome to ACME ****'), 'note ALL_GOOD certain')
})

const logins: readonly [string, Partial<typeof LOGIN>, string][] = [
  ['a refusal', { outcome: 'refused', text: '530 Login incorrect.' }, 'LOGIN_FAILED'],
  ['a server that wants TLS', { outcome: 'wants-tls', text: '534 Use TLS' }, 'TLS_REQUIRED'],
  ['too many sessions', { outcome: 'busy', text: '421 Too many' }, 'TOO_MANY_CONNECTIONS'],
  ['an end', { outcome: 'closed', text: 'closed' }, 'LOGIN_BROKE'],
  ['silence', { outcome: 'timeout', text: 'silent' }, 'LOGIN_BROKE'],
]

for (const [what, login, code] of logins) {
  test(`${what} at the login is ${code}`, () => {
    const found = judged({ connect: CONNECT, greeting: GREETING, login: { ...LOGIN, ...login } })
    assert.deepEqual(found, [`error ${code} certain`])
  })
}
