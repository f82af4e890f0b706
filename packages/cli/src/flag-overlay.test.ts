import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSettings, type Settings } from '@portolan/settings'
import { readFlags } from './flag-overlay.ts'
import type { ServeFlags } from './flags.ts'

const HASH = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`

/** The settings that flags make of what a file says. */
function put(
  flags: ServeFlags,
  file: Record<string, unknown> = {},
): { settings: Settings; flags: Record<string, string> } {
  const read = readFlags(flags, { cwd: '/work', anonymousHome: '/srv' })
  assert.deepEqual(read.problems, [])
  const users = read.users.map(user => ({ ...user, password: HASH, home: '/srv' }))
  const { input, flags: marks } = read.overlay(users)(file)
  return { settings: parseSettings(input), flags: Object.fromEntries(marks) }
}

const FILE = {
  listeners: [
    { name: 'lan', port: 21 },
    { name: 'old', port: 990, tls: 'implicit' },
  ],
  tls: { certificate: '/c.pem', key: '/k.pem' },
  users: [
    { name: 'anna', home: '/a' },
    { name: 'bob', home: '/b' },
  ],
  passive: { addressRules: [{ address: 'ftp.example.com' }] },
}

const cases: { name: string; flags: ServeFlags; see: (settings: Settings) => unknown; is: unknown }[] = [
  {
    name: 'no flags leave the file alone',
    flags: {},
    see: ({ listeners, users }) => [listeners.map(one => one.port), users.map(one => one.name)],
    is: [
      [21, 990],
      ['anna', 'bob'],
    ],
  },
  {
    name: '--listen and --implicit-tls stand in place of all listeners',
    flags: { listen: ['127.0.0.1:1'], implicitTls: ['[::1]:2'] },
    see: ({ listeners }) => listeners.map(({ host, port, tls }) => `${host} ${port} ${tls}`),
    is: ['127.0.0.1 1 optional', '::1 2 implicit'],
  },
  {
    name: '--require-tls goes for listeners of flags',
    flags: { listen: ['1'], implicitTls: ['2'], requireTls: true },
    see: ({ listeners }) => listeners.map(one => one.tls),
    is: ['required', 'implicit'],
  },
  {
    name: '--require-tls goes for listeners of the file',
    flags: { requireTls: true },
    see: ({ listeners }) => listeners.map(one => one.tls),
    is: ['required', 'implicit'],
  },
  {
    name: '--proxy-protocol goes for every listener and for data connections',
    flags: { proxyProtocol: ['10.0.0.1', '10.0.0.2'] },
    see: ({ listeners, passive }) => [...listeners, passive].map(one => one.proxyProtocol.join()),
    is: Array(3).fill('10.0.0.1,10.0.0.2'),
  },
  {
    name: '--passive-ports and --active-ports are ranges',
    flags: { passivePorts: '40000:10', activePorts: '50000:20', active: true },
    see: ({ passive, active }) => [
      passive.basePort,
      passive.numberOfPorts,
      active.basePort,
      active.numberOfPorts,
      active.enabled,
    ],
    is: [40_000, 10, 50_000, 20, true],
  },
  {
    name: '--no-active switches active mode off',
    flags: { active: false },
    see: ({ active }) => active.enabled,
    is: false,
  },
  {
    name: '--passive-rule comes before the rules of the file',
    flags: { passiveRule: ['staff=local@10.0.0.0/8', '*=192.0.2.1'] },
    see: ({ passive }) =>
      passive.addressRules.map(rule => `${rule.userClass} ${rule.clients ?? '-'} ${rule.address}`),
    is: ['staff 10.0.0.0/8 local', '* - 192.0.2.1', '* - ftp.example.com'],
  },
  {
    name: '--passive-address is for everybody: no rule of the file is left, those of flags come first',
    flags: { passiveAddress: '192.0.2.9', passiveRule: ['staff=local'] },
    see: ({ passive }) => passive.addressRules.map(rule => rule.address),
    is: ['local', '192.0.2.9'],
  },
  {
    name: '--user adds users, and stands in place of one with the same name',
    flags: { user: ['bob:x:ro', 'cleo:y'] },
    see: ({ users }) =>
      users.map(one => [one.name, one.home, one.password === HASH, one.permissions?.[0]?.allow]),
    is: [
      ['anna', '/a', false, undefined],
      ['bob', '/srv', true, 'readOnly'],
      ['cleo', '/srv', true, undefined],
    ],
  },
  {
    name: '--anonymous opens the folder for reading',
    flags: { anonymous: true },
    see: ({ anonymous }) => anonymous,
    is: { enabled: true, home: '/srv' },
  },
  {
    name: '--tls-cert and --tls-key are relative to the working directory',
    flags: { tlsCert: 'c.pem', tlsKey: '/other/k.pem' },
    see: ({ tls }) => [tls.certificate, tls.key],
    is: ['/work/c.pem', '/other/k.pem'],
  },
  {
    name: '--tls-self-signed stands in place of a certificate of the file',
    flags: { tlsSelfSigned: true },
    see: ({ tls }) => [tls.certificate, tls.key, tls.selfSigned],
    is: [undefined, undefined, true],
  },
  {
    name: 'numbers and words go where they belong',
    flags: {
      maxSessions: '7',
      maxPerIp: '0',
      idleTimeout: '90',
      workers: '3',
      sessionReuse: 'required',
      log: 'json',
    },
    see: ({ limits, timeouts, server, tls, log }) => [
      limits.sessions,
      limits.sessionsPerAddress,
      timeouts.idle,
      server.workers,
      tls.sessionReuse,
      log.format,
    ],
    is: [7, 0, 90_000, 3, 'required', 'json'],
  },
  {
    name: '--metrics takes a port alone for this machine only',
    flags: { metrics: '9000' },
    see: ({ metrics }) => metrics,
    is: { host: '127.0.0.1', port: 9000 },
  },
]

for (const { name, flags, see, is } of cases) {
  test(name, () => assert.deepEqual(see(put(flags, FILE).settings), is))
}

test('every setting says which flag it came from', () => {
  const { flags } = put(
    { listen: ['1'], implicitTls: ['2'], user: ['cleo:y'], passiveRule: ['*=local'], requireTls: true },
    FILE,
  )
  assert.deepEqual(flags, {
    listeners: '--listen',
    'listeners[1]': '--implicit-tls',
    'listeners[0].tls': '--require-tls',
    'passive.addressRules[0]': '--passive-rule',
    'users[2]': '--user',
  })
})

test('what flags do not touch stays the very object of the file', () => {
  const { overlay } = readFlags({ maxSessions: '1', passiveRule: ['*=local'] }, { cwd: '/' })
  const { input } = overlay([])(FILE)
  assert.equal(input.users, FILE.users)
  assert.equal(input.tls, FILE.tls)
  const { addressRules } = input.passive as typeof FILE.passive
  assert.equal(addressRules[1], FILE.passive.addressRules[0])
  assert.equal(FILE.passive.addressRules.length, 1)
})

test('flags that cannot be read are told together, and passwords are not repeated', () => {
  const { problems } = readFlags(
    {
      listen: ['here', '1'],
      user: ['hunter2'],
      passivePorts: '5',
      passiveRule: ['x'],
      metrics: 'y',
      tlsSelfSigned: true,
      tlsCert: 'z',
    },
    { cwd: '/' },
  )
  assert.deepEqual(
    problems.map(problem => problem.source),
    ['--listen', '--passive-ports', '--passive-rule', '--metrics', '--user', '--tls-self-signed'],
  )
  assert.ok(!JSON.stringify(problems).includes('hunter2'))
})

test('a file that is malformed where a flag writes does not stop the flag', () => {
  const { overlay } = readFlags({ passiveRule: ['*=local'], requireTls: true }, { cwd: '/' })
  const { input } = overlay([])({ passive: 3, listeners: 'x' })
  assert.deepEqual(input.passive, { addressRules: [{ userClass: '*', address: 'local' }] })
})
