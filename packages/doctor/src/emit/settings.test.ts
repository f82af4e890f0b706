import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientOptions } from '@portolan/client'
import type { Evidence } from '../evidence.ts'
import { active, CONNECT, factsOf, GOOD, passive, ports, TLS, without } from '../testing.ts'
import { worksOf } from '../works.ts'
import { emitSettings, type Settings } from './settings.ts'

function settings(evidence: Evidence, options: Partial<ClientOptions> = {}): Settings {
  const facts = factsOf(evidence, options)
  const works = worksOf(facts)
  assert.ok(works, 'something works')
  return emitSettings(facts, works)
}

const ACTIVE_ALONE = without(GOOD, 'epsv', 'pasv', 'ports')

const cases: readonly [string, Evidence, Partial<ClientOptions>, Settings][] = [
  [
    'EPSV in the clear',
    GOOD,
    {},
    {
      portolan: 'portolan get ftp://ada@192.175.48.1/FILE',
      winscp: 'open ftp://ada@192.175.48.1/ -passive=on -rawsettings FtpForcePasvIp2=0',
      lftp: [
        'set ftp:passive-mode on',
        'set ftp:auto-passive-mode off',
        'set ftp:prefer-epsv on',
        'set ftp:ignore-pasv-address on',
        'set ftp:ssl-allow off',
        'open ftp://ada@192.175.48.1/',
      ].join('\n'),
      curl: 'curl --remote-name --ftp-skip-pasv-ip --user ada ftp://192.175.48.1/FILE',
    },
  ],
  [
    'PASV at the address that the server tells, under explicit TLS with an authority of its own',
    {
      ...GOOD,
      tls: TLS,
      epsv: passive('EPSV', 'refused', { channel: 'tls' }),
      pasv: passive('PASV', 'refused', { told: '8.8.4.4', toldOutcome: 'connected', channel: 'tls' }),
    },
    { tls: 'explicit', port: 2121, tlsOptions: { ca: 'PEM' } },
    {
      portolan: 'portolan get --pasv-address server --ca CA.pem ftpes://ada@192.175.48.1:2121/FILE',
      winscp:
        'open ftpes://ada@192.175.48.1:2121/ -passive=on -certificate="aa:bb" -rawsettings FtpForcePasvIp2=1 SslSessionReuse=1',
      lftp: [
        'set ftp:passive-mode on',
        'set ftp:auto-passive-mode off',
        'set ftp:prefer-epsv off',
        'set ftp:ignore-pasv-address off',
        'set ftp:fix-pasv-address off',
        'set ftp:ssl-force on',
        'set ftp:ssl-protect-data on',
        'set ftp:ssl-copy-sid on',
        'set ssl:ca-file CA.pem',
        'open ftp://ada@192.175.48.1:2121/',
      ].join('\n'),
      curl: 'curl --remote-name --ssl-reqd --disable-epsv --no-ftp-skip-pasv-ip --cacert CA.pem --user ada ftp://192.175.48.1:2121/FILE',
    },
  ],
  [
    'PORT with an outer address and a range',
    without({ ...ACTIVE_ALONE, port: active('PORT') }, 'eprt'),
    { mode: 'active', externalAddress: '8.8.4.4', activePorts: { basePort: 40_000, numberOfPorts: 100 } },
    {
      portolan:
        'portolan get --mode active --external-address 8.8.4.4 --active-ports 40000:100 ftp://ada@192.175.48.1/FILE',
      winscp: 'open ftp://ada@192.175.48.1/ -passive=off',
      lftp: [
        'set ftp:passive-mode off',
        'set ftp:auto-passive-mode off',
        'set ftp:port-ipv4 8.8.4.4',
        'set ftp:port-range 40000-40099',
        'set ftp:ssl-allow off',
        'open ftp://ada@192.175.48.1/',
      ].join('\n'),
      curl: 'curl --remote-name --ftp-port 8.8.4.4:40000-40099 --disable-eprt --user ada ftp://192.175.48.1/FILE',
    },
  ],
  [
    'implicit TLS with a certificate that nobody vouches for',
    {
      ...GOOD,
      tls: { ...TLS, start: 'implicit', problem: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT', text: 'x' } },
    },
    { tls: 'implicit', tlsOptions: { verify: false } },
    {
      portolan: 'portolan get --pin AA:BB ftps://ada@192.175.48.1/FILE',
      winscp:
        'open ftps://ada@192.175.48.1/ -passive=on -certificate="aa:bb" -rawsettings FtpForcePasvIp2=0 SslSessionReuse=1',
      lftp: [
        'set ftp:passive-mode on',
        'set ftp:auto-passive-mode off',
        'set ftp:prefer-epsv on',
        'set ftp:ignore-pasv-address on',
        'set ftp:ssl-protect-data on',
        'set ftp:ssl-copy-sid on',
        'set ssl:verify-certificate off',
        'open ftps://ada@192.175.48.1/',
      ].join('\n'),
      curl: 'curl --remote-name --ftp-skip-pasv-ip --insecure --user ada ftps://192.175.48.1/FILE',
    },
  ],
]

for (const [what, evidence, options, expected] of cases) {
  test(`the settings for ${what}`, () => assert.deepEqual(settings(evidence, options), expected))
}

test('where one address of a name is dead, the one that works takes its place', () => {
  const connect = {
    ...CONNECT,
    host: 'ftp.example.org',
    addresses: [
      {
        address: '2620:4f:8000::1',
        class: 'global' as const,
        connect: { outcome: 'timeout' as const, ms: 9 },
      },
      ...CONNECT.addresses,
    ],
  }
  const found = settings({ ...GOOD, connect }, { host: 'ftp.example.org' })
  assert.match(found.portolan, /ftp:\/\/ada@192\.175\.48\.1\/FILE$/)
  assert.match(
    found.curl,
    /--resolve ftp\.example\.org:21:192\.175\.48\.1 .*ftp:\/\/ftp\.example\.org\/FILE$/,
  )
})

test('no password and no login of a proxy is in any of them, and what a shell would take apart is quoted', () => {
  const found = settings(GOOD, {
    user: "o'neill",
    password: 'hidden',
    proxy: 'socks5://me:hidden@proxy.example.org:1080',
  })
  assert.doesNotMatch(JSON.stringify(found), /hidden/)
  assert.match(found.curl, /--proxy socks5h:\/\/proxy\.example\.org:1080 --user 'o'\\''neill'/)
  assert.match(found.winscp, /ProxyMethod=2 ProxyHost=proxy\.example\.org ProxyPort=1080/)
})

test('what works is not what was asked for, when the mode is another', () => {
  assert.equal(worksOf(factsOf(ACTIVE_ALONE))?.asAsked, false)
  assert.equal(worksOf(factsOf(ACTIVE_ALONE, { mode: 'auto' }))?.asAsked, true)
  assert.equal(worksOf(factsOf({ ...GOOD, ports: ports({ 1: 'timeout' }) }))?.asAsked, true)
  assert.equal(worksOf(factsOf({})), undefined)
})

test('the other way is offered where the first leads nowhere', () => {
  const nothing = without(GOOD, 'epsv', 'pasv', 'ports', 'eprt', 'port')
  const other = { channel: 'clear', login: 'ok', epsv: passive('EPSV') } as const
  const works = worksOf(factsOf({ ...nothing, 'other-way': other }, { tls: 'explicit' }))
  assert.deepEqual([works?.tls, works?.rung, works?.asAsked], ['off', 'EPSV', false])
})
