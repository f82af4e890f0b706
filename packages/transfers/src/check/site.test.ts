import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSite, type SiteContext } from './site.ts'
import { OLD_CERTIFICATE, OTHER_KEY, OWN } from './testing-certificates.ts'
import { found, testZone } from './testing-values.ts'

const SITE = { name: 'partner', host: 'ftp.partner.test' }
const DIRECT: SiteContext = { zones: [], activePorts: { basePort: 10_000, numberOfPorts: 24 } }
const PROXIED: SiteContext = {
  ...DIRECT,
  zones: [testZone(), testZone({ name: 'standard', isDefault: true })],
}
const OWNERS: SiteContext = { ...DIRECT, owners: { users: ['alice'], groups: ['sales'] } }

type Row = readonly [title: string, more: Record<string, unknown>, context: SiteContext, expected: RegExp]

const REFUSED: readonly Row[] = [
  ['no host', { host: undefined }, DIRECT, /^host: is missing/],
  ['an empty host', { host: '' }, DIRECT, /^host: must not be empty/],
  [
    'a URL',
    { host: 'ftps://alice@ftp.partner.test:990/in' },
    DIRECT,
    /^host: .*alone: write ftp\.partner\.test$/,
  ],
  ['a port behind the host', { host: 'ftp.partner.test:21' }, DIRECT, /^host: .*write ftp\.partner\.test$/],
  ['brackets', { host: '[2001:db8::1]' }, DIRECT, /^host: .*write 2001:db8::1$/],
  ['a mistyped address', { host: '10.0.0.300' }, DIRECT, /^host: must be an IP address or a DNS name/],
  ['a host with spaces', { host: 'ftp partner' }, DIRECT, /^host: must be an IP address/],
  ['a port that is none', { port: 70_000 }, DIRECT, /^port: must be at most 65535/],
  ['a timeout that is none', { timeouts: { idle: 0 } }, DIRECT, /^timeouts\.idle: must be more than 0/],
  ['a mistyped timeout', { timeouts: { conect: 3 } }, DIRECT, /^timeouts\.conect: .*did you mean connect/],
  [
    'an unknown protocol',
    { protocol: 'sftp' },
    DIRECT,
    /^protocol: must be ftp, ftps-explicit, ftps-implicit/,
  ],
  ['an unknown zone', { zone: 'dmx' }, PROXIED, /^zone: names the network zone dmx.*did you mean dmz/],
  [
    'active mode through a zone',
    { zone: 'dmz', enableActiveMode: true },
    PROXIED,
    /^enableActiveMode: .*network zone dmz only dials out/,
  ],
  [
    'active mode through the default zone',
    { enableActiveMode: true },
    PROXIED,
    /^enableActiveMode: .*default network zone standard only dials out/,
  ],
  [
    'an unknown owner',
    { owner: { kind: 'user', name: 'alise' } },
    OWNERS,
    /^owner\.name: .*did you mean alice/,
  ],
  [
    'a group that is a user',
    { owner: { kind: 'group', name: 'alice' } },
    OWNERS,
    /^owner\.name: .*group alice, which is not there$/,
  ],
  ['a folder that climbs', { folder: 'in/../../other' }, DIRECT, /^folder: must not lead out/],
  ['a second command in the folder', { folder: 'in\r\nDELE x' }, DIRECT, /^folder: must not hold line ends/],
  ['a second command in the user', { user: 'a\r\nDELE x' }, DIRECT, /^user: must not hold line ends/],
  [
    'a passive address that is none',
    { passive: { address: 'here' } },
    DIRECT,
    /^passive\.address: must be control/,
  ],
  ['an external address that is none', { externalAddress: 'a b' }, DIRECT, /^externalAddress: must be/],
  ['a pin that is none', { tls: { pinned: 'abc' } }, DIRECT, /^tls\.pinned: must be the SHA-256/],
  ['authorities that are no PEM', { tls: { ca: 'abc' } }, DIRECT, /^tls\.ca: must be PEM/],
  [
    'a damaged certificate',
    { tls: { certificate: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' } },
    DIRECT,
    /^tls\.certificate: holds a certificate that cannot be read/,
  ],
  [
    'a key as certificate',
    { tls: { certificate: OWN.key } },
    DIRECT,
    /^tls\.certificate: holds a private key/,
  ],
  [
    'an address as the name of the server',
    { tls: { servername: '10.0.0.1' } },
    DIRECT,
    /^tls\.servername: must be a DNS name/,
  ],
  [
    'the key of another certificate',
    { tls: { certificate: OWN.certificate } },
    { ...DIRECT, secrets: { key: OTHER_KEY } },
    /^secrets\.key: is not the key of the certificate/,
  ],
  [
    'a key that is none',
    { tls: { certificate: OWN.certificate } },
    { ...DIRECT, secrets: { key: OWN.certificate } },
    /^secrets\.key: must be PEM: -----BEGIN PRIVATE KEY/,
  ],
]

for (const [title, more, context, expected] of REFUSED) {
  test(`a site is refused for ${title}`, () => {
    const { problems } = found(checkSite({ ...SITE, ...more }, context))
    assert.equal(problems.length, 1, problems.join('\n'))
    assert.match(problems[0] ?? '', expected)
  })
}

const WARNED: readonly Row[] = [
  [
    'a password in the clear',
    { protocol: 'ftp', user: 'alice' },
    DIRECT,
    /^protocol: sends the password in the clear/,
  ],
  ['files in the clear', { tls: { data: 'clear' } }, DIRECT, /^tls\.data: sends the files in the clear/],
  ['any certificate', { tls: { verify: false } }, DIRECT, /^tls\.verify: takes any certificate/],
  ['a loopback host', { host: '127.0.0.1' }, DIRECT, /^host: is a loopback address/],
  ['its own name', { host: 'localhost' }, DIRECT, /^host: is this machine itself/],
  ['a link-local host', { host: 'fe80::1' }, DIRECT, /^host: is a link-local address/],
  [
    'a certificate without its key',
    { tls: { certificate: OWN.certificate } },
    { ...DIRECT, secrets: { password: 'p' } },
    /^tls\.certificate: has no key/,
  ],
  [
    'a key without its certificate',
    {},
    { ...DIRECT, secrets: { key: OWN.key } },
    /^tls\.certificate: is missing, so the key is not used/,
  ],
  [
    'a certificate whose time is over',
    { tls: { certificate: OLD_CERTIFICATE } },
    { ...DIRECT, secrets: { key: OWN.key } },
    /^tls\.certificate: is no longer valid: it ended on 2021-01-01/,
  ],
  ['a user without a password', { user: 'alice' }, { ...DIRECT, secrets: {} }, /^user: has no password/],
  [
    'any port in active mode',
    { enableActiveMode: true },
    { zones: [], activePorts: undefined },
    /^enableActiveMode: uses any free port above 1023/,
  ],
  [
    'more connections than ports',
    { enableActiveMode: true, connections: 4 },
    { zones: [], activePorts: { basePort: 10_000, numberOfPorts: 3 } },
    /^connections: is more than the 3 active ports/,
  ],
  [
    'an address that is not used',
    { externalAddress: '192.0.2.1' },
    DIRECT,
    /^externalAddress: is used in active mode/,
  ],
]

for (const [title, more, context, expected] of WARNED) {
  test(`a site is saved, and tells of ${title}`, () => {
    const { problems, warnings } = found(checkSite({ ...SITE, ...more }, context))
    assert.deepEqual(problems, [])
    assert.equal(warnings.length, 1, warnings.join('\n'))
    assert.match(warnings[0] ?? '', expected)
  })
}

test('what works is saved without a word', () => {
  const sites = [
    {},
    { host: '192.168.1.20', protocol: 'ftp' },
    { host: '2606:4700::1', zone: 'none', enableActiveMode: true, externalAddress: 'ask' },
    { zone: 'dmz', folder: '/in/../out', passive: { address: '192.168.1.1' } },
    { tls: { verify: false, pinned: `${'AB:'.repeat(31)}CD`, ca: OWN.certificate, servername: 'ftp.test' } },
  ]
  for (const more of sites) {
    assert.deepEqual(found(checkSite({ ...SITE, ...more }, PROXIED)), { problems: [], warnings: [] })
  }
  const secrets = { password: 'p', key: OWN.key }
  const checked = checkSite({ ...SITE, tls: { certificate: OWN.certificate } }, { ...DIRECT, secrets })
  assert.deepEqual(found(checked), { problems: [], warnings: [] })
})

test('all mistakes are told at once', () => {
  const more = { host: 'a b', zone: 'x', folder: '..', tls: { pinned: 'x', ca: 'y' } }
  const { problems } = found(checkSite({ ...SITE, ...more }, DIRECT))
  assert.deepEqual(
    problems.map(line => line.split(':')[0]),
    ['host', 'zone', 'tls.pinned', 'tls.ca', 'folder'],
  )
})
