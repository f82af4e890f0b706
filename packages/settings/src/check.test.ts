import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PortRange } from '@portolan/channels'
import { checkSettings } from './check.ts'
import { parseSettings } from './parse.ts'
import type { SettingsInput } from './schema.ts'

const HASH = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`
const anna = { name: 'anna', home: '/srv/anna', password: HASH }
/** Settings that nothing is wrong with; each case changes one thing. */
const FINE: SettingsInput = { users: [anna], tls: { selfSigned: true } }
const NOW = Date.UTC(2026, 10, 21)

function check(input: SettingsInput): { errors: string[]; warnings: string[] } {
  const { errors, warnings } = checkSettings(parseSettings({ ...FINE, ...input }), {
    ephemeral: undefined,
    now: NOW,
  })
  const line = ({ path, message }: { path: string; message: string }) => `${path}: ${message}`
  return { errors: errors.map(line), warnings: warnings.map(line) }
}

test('settings that fit each other have neither errors nor warnings', () => {
  assert.deepEqual(check({}), { errors: [], warnings: [] })
})

const errors: { name: string; input: SettingsInput; told: string[] }[] = [
  {
    name: 'a range that ends above the last port',
    input: { passive: { basePort: 65_000, numberOfPorts: 1_000 } },
    told: [
      'passive.numberOfPorts: 1000 ports from base port 65000 would end at 65999, above 65535: use at most 536 ports, or a base port of at most 64536',
    ],
  },
  {
    name: 'passive and active ports that overlap',
    input: { active: { basePort: 62_000, numberOfPorts: 10 } },
    told: [
      'active.basePort: the passive ports 61000-62023 and the active ports 62000-62009 overlap: a port can do only one of both, so move one of them',
    ],
  },
  {
    name: 'figures on a passive port',
    input: { metrics: { port: 61_500 } },
    told: [
      'passive.basePort: the passive ports 61000-62023 contain port 61500 of the listener metrics: move one of them',
    ],
  },
  {
    name: 'two listeners of one name',
    input: { listeners: [{ name: 'a' }, { name: 'a', port: 2122 }] },
    told: ['listeners[1].name: is the name of listeners[0], too: every listener needs its own'],
  },
  {
    name: 'two listeners on one port',
    input: { listeners: [{ name: 'a' }, { name: 'b', host: '127.0.0.1' }] },
    told: ['listeners[1].port: port 2121 is taken by the listener a already: use another port or host'],
  },
  {
    name: 'figures on the port of a listener',
    input: { metrics: { port: 2121 } },
    told: ['metrics.port: port 2121 is taken by the listener public already: use another port'],
  },
  {
    name: 'no way to transfer',
    input: { passive: { enabled: false }, active: { enabled: false } },
    told: [
      'passive.enabled: passive and active mode are both off, so no file could ever be transferred: switch one of them on',
    ],
  },
  {
    name: 'implicit TLS without a certificate',
    input: { tls: {}, listeners: [{ tls: 'implicit' }] },
    told: [
      'listeners[0].tls: implicit needs a certificate: set tls.certificate and tls.key, or tls.selfSigned: true',
    ],
  },
  {
    name: 'encrypted data without a certificate',
    input: { tls: {}, listeners: [{ encryptData: true }] },
    told: [
      'listeners[0].encryptData: needs a certificate, or every transfer would be refused: set tls.certificate and tls.key, or tls.selfSigned: true',
    ],
  },
  {
    name: 'a certificate without its key',
    input: { tls: { certificate: '/c.pem' } },
    told: ['tls.certificate: needs its private key: set tls.key, too'],
  },
  {
    name: 'a key without its certificate',
    input: { tls: { key: '/k.pem', selfSigned: true } },
    told: ['tls.key: needs its certificate: set tls.certificate, too'],
  },
  {
    name: 'client certificates that nobody signs',
    input: { tls: { selfSigned: true, clientCertificates: 'require' } },
    told: [
      'tls.clientCertificates: require needs tls.clientCa, the CA that signs the certificates of clients',
    ],
  },
  {
    name: 'two users of one name',
    input: { users: [anna, anna] },
    told: ['users[1].name: is the name of users[0], too: names are unique'],
  },
  {
    name: 'a user who needs TLS where there is none',
    input: { tls: {}, listeners: [{ tls: 'off' }], users: [{ ...anna, requireTls: true }] },
    told: [
      'users[0].requireTls: anna may log in under TLS only, and no listener offers it: set a certificate, or requireTls: false',
    ],
  },
  {
    name: 'a virtual folder in place of the home',
    input: { users: [{ ...anna, folders: [{ path: '/', folder: '/x' }] }] },
    told: ['users[0].folders[0].path: is the place of the home folder: use a path below it, such as /shared'],
  },
  {
    name: 'two virtual folders at one path',
    input: { groups: [{ name: 'g', folders: ['/x', '/x/'].map(path => ({ path, folder: '/srv' })) }] },
    told: ['groups[0].folders[1].path: is the path of folders[0], too: only one folder can show up there'],
  },
  {
    name: 'anonymous users without a folder',
    input: { anonymous: { enabled: true } },
    told: ['anonymous.home: is missing: anonymous users need a folder to see'],
  },
  {
    name: 'a user called anonymous beside anonymous users',
    input: { anonymous: { enabled: true, home: '/pub' }, users: [{ ...anna, name: 'FTP' }] },
    told: ['users[0].name: FTP is the name of anonymous users while anonymous.enabled is true: use another'],
  },
  {
    name: 'a delay that begins above its ceiling',
    input: { bans: { delay: { first: '10s' } } },
    told: ['bans.delay.first: must not be longer than bans.delay.ceiling'],
  },
  {
    name: 'a user class with an address that is none',
    input: { userClasses: [{ name: 'staff', from: '10.x' }] },
    told: [
      'userClasses[0].from: "10.x" is neither an address nor a network: write 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32',
    ],
  },
  {
    name: 'an address rule that tells an address nobody can dial',
    input: { passive: { addressRules: [{ name: 'b', address: '224.0.0.1' }] } },
    told: ['passive.addressRules[0].address: 224.0.0.1 is a multicast address: no client can connect to it'],
  },
]

for (const { name, input, told } of errors) {
  test(`checkSettings: ${name} is an error`, () => assert.deepEqual(check(input).errors, told))
}

const warnings: { name: string; input: SettingsInput; told: string[] }[] = [
  {
    name: 'optional TLS without a certificate',
    input: { tls: {} },
    told: [
      'listeners[0].tls: there is no certificate, so public runs without TLS and passwords travel in the clear: set tls.certificate and tls.key, or tls.selfSigned: true',
    ],
  },
  {
    name: 'a self-signed certificate beside a real one',
    input: { tls: { certificate: '/c', key: '/k', selfSigned: true } },
    told: ['tls.selfSigned: has no effect, because tls.certificate is set: remove one of them'],
  },
  {
    name: 'nobody who can log in',
    input: { users: [{ ...anna, enabled: false }] },
    told: ['users: nobody can log in: add a user with a password, or anonymous.enabled: true'],
  },
  {
    name: 'a user without a password',
    input: { users: [anna, { name: 'bob', home: '/b' }] },
    told: ['users[1]: bob has no password, so nobody can log in under this name'],
  },
  {
    name: 'an account that is over',
    input: { users: [{ ...anna, expires: '2026-11-20' }] },
    told: ['users[0].expires: is over, so anna cannot log in any more'],
  },
  {
    name: 'permissions that leave out the root',
    input: { users: [{ ...anna, permissions: [{ path: '/in', allow: 'all' }] }] },
    told: [
      'users[0].permissions: no rule holds for /, so nothing is allowed there, not even a listing: add a rule with path /',
    ],
  },
  {
    name: 'two rules for one path',
    input: { users: [{ ...anna, permissions: [{ allow: 'all' }, { path: '/', allow: 'none' }] }] },
    told: ['users[0].permissions[1].path: has a rule already in permissions[0]: only that one counts'],
  },
  {
    name: 'a group that nothing knows',
    input: { users: [{ ...anna, groups: ['staff'] }] },
    told: ['users[0].groups[0]: no group and no user class knows staff, so it has no effect'],
  },
  {
    name: 'a rule for a user class that is mistyped',
    input: {
      userClasses: [{ name: 'partner' }],
      commands: { forbidden: [{ userClass: 'partners', commands: ['dele'] }] },
    },
    told: [
      'commands.forbidden[0].userClass: no user class is called partners, so the rule never matches; did you mean partner?',
    ],
  },
  {
    name: 'a rule behind one that matches everybody',
    input: {
      passive: { addressRules: [{ address: 'local' }, { address: 'control', clients: '10.0.0.0/8' }] },
    },
    told: [
      'passive.addressRules[1]: never matches: passive address rule 1 fits everybody that it fits. The first rule that fits wins; move it up',
    ],
  },
  {
    name: 'a limit that another one makes useless',
    input: { limits: { sessions: 10 } },
    told: ['limits.sessionsPerAddress: has no effect, because it is above limits.sessions'],
  },
]

for (const { name, input, told } of warnings) {
  test(`checkSettings: ${name} is a warning`, () =>
    assert.deepEqual(check(input), { errors: [], warnings: told }))
}

test('checkSettings: ports that the kernel gives away are a warning', () => {
  const ephemeral = PortRange.of({ basePort: 60_000, numberOfPorts: 2_000 })
  const { errors, warnings } = checkSettings(parseSettings(FINE), { ephemeral })
  assert.deepEqual(errors, [])
  assert.deepEqual(
    warnings.map(warning => warning.path),
    ['passive.basePort'],
  )
})

const fine: { name: string; input: SettingsInput }[] = [
  {
    name: 'listeners for IPv4 and IPv6 on one port',
    input: { listeners: [{ host: '0.0.0.0' }, { host: '::' }] },
  },
  { name: 'several listeners on any free port', input: { listeners: [{ port: 0 }, { port: 0 }] } },
  { name: 'one port at two addresses', input: { listeners: [{ host: '127.0.0.1' }, { host: '127.0.0.2' }] } },
  {
    name: 'rules for a class by wildcard, and for the class of everybody else',
    input: {
      userClasses: [{ name: 'partner1', groups: 'partners' }],
      users: [{ ...anna, groups: ['partners'] }],
      commands: {
        forbidden: [
          { userClass: 'partner?', commands: ['SITE CHMOD'] },
          { userClass: 'default', commands: ['DELE'] },
        ],
      },
    },
  },
  {
    name: 'a user called anonymous while nobody is anonymous',
    input: { users: [{ ...anna, name: 'anonymous' }] },
  },
]

for (const { name, input } of fine) {
  test(`checkSettings: ${name} is fine`, () => assert.deepEqual(check(input), { errors: [], warnings: [] }))
}
