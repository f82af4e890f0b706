import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import type { SecureContextOptions, SecureVersion, TLSSocket } from 'node:tls'
import { ClientTls, type ClientTlsOptions } from './client-tls.ts'
import { adoptSocket } from './connection.ts'
import type { DataConnection } from './data-connection.ts'
import { CertificateError } from './peer-certificate.ts'
import {
  EARLY_CERTIFICATE,
  EXPIRED_CERTIFICATE,
  OTHER_NAME_CERTIFICATE,
  SERVER_CA,
  SIGNED_CERTIFICATE,
} from './test-authority.ts'
import { CLIENT_CA, CLIENT_CERTIFICATE, SERVER_CERTIFICATE } from './test-certificates.ts'
import {
  collector,
  type DataPair,
  dataPair,
  type LoopbackPair,
  loopback,
  pattern,
  sourceOf,
  unbounded,
} from './testing.ts'
import { SessionTls } from './tls.ts'

const VERSIONS: readonly SecureVersion[] = ['TLSv1.2', 'TLSv1.3']
const soon = () => AbortSignal.timeout(5_000)

interface Session extends AsyncDisposable {
  readonly pair: LoopbackPair
  readonly server: SessionTls
  readonly client: ClientTls
  /** The server's end of the control connection. */
  readonly control: TLSSocket
  /** The client's end. */
  readonly tls: TLSSocket
}

async function session(
  contextOptions: SecureContextOptions = {},
  options: Partial<ClientTlsOptions> = {},
): Promise<Session> {
  const pair = await loopback()
  const server = new SessionTls({ contextOptions: { ...SIGNED_CERTIFICATE, ...contextOptions } })
  const client = new ClientTls({ host: 'localhost', ca: SERVER_CA, ...options })
  const [control, tls] = await Promise.all([
    server.wrapControl(pair.server, soon()),
    client.wrapControl(pair.client, soon()),
  ])
  return { pair, server, client, control, tls, [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose]() }
}

/** Reads a reply, as a client does before it asks for data: the tickets come with it. */
async function reply({ control, tls }: Session, text: string): Promise<void> {
  const came = once(tls, 'data')
  control.write(`${text}\r\n`)
  assert.equal(String((await came)[0]), `${text}\r\n`)
}

/** Both ends of a data connection. */
interface Ends extends AsyncDisposable {
  readonly pair: DataPair
  readonly server: DataConnection
  readonly client: DataConnection
}

async function dataEnds(): Promise<Ends> {
  const pair = await dataPair()
  const client = adoptSocket(pair.client, {
    mode: 'passive',
    peer: 'server',
    local: { address: '127.0.0.1', port: pair.client.localPort ?? 0 },
    remote: { address: '127.0.0.1', port: pair.client.remotePort ?? 0 },
    because: { code: 'test', text: 'a test' },
  })
  return {
    pair,
    server: pair.data,
    client,
    async [Symbol.asyncDispose]() {
      client.destroy({ code: 'aborted', text: 'the test is over' })
      await pair[Symbol.asyncDispose]()
    },
  }
}

async function secured({ server, client }: Session, direction: 'up' | 'down' = 'down'): Promise<Ends> {
  const ends = await dataEnds()
  await Promise.all([
    ends.server.secure(server, { signal: soon(), watchEnd: direction === 'up' }),
    ends.client.secure(client.data, { signal: soon(), watchEnd: direction === 'down' }),
  ])
  return ends
}

async function download(ends: Ends, bytes: Buffer): Promise<void> {
  const sink = collector()
  const [sent, received] = await Promise.all([
    ends.server.send(sourceOf(bytes), unbounded()),
    ends.client.receive(sink, unbounded()),
  ])
  assert.deepEqual([sent.kind, received], ['clean', { kind: 'clean', bytes: bytes.length }])
  assert.ok(bytes.equals(sink.bytes))
}

async function upload(ends: Ends, bytes: Buffer): Promise<void> {
  const sink = collector()
  const [sent, received] = await Promise.all([
    ends.client.send(sourceOf(bytes), unbounded()),
    ends.server.receive(sink, unbounded()),
  ])
  assert.deepEqual([sent.kind, received], ['clean', { kind: 'clean', bytes: bytes.length }])
  assert.ok(bytes.equals(sink.bytes))
}

for (const version of VERSIONS) {
  const only = { minVersion: version, maxVersion: version }

  test(`${version}: twenty data connections in a row resume the control connection, both ways`, async () => {
    await using control = await session(only, only)
    await reply(control, '230 in')
    for (let n = 0; n < 20; n++) {
      const direction = n % 2 === 0 ? 'down' : 'up'
      await using ends = await secured(control, direction)
      assert.deepEqual([n, ends.server.tls?.reused, ends.client.tls?.reused], [n, true, true])
      assert.equal(ends.client.tls?.protocol, version)
      // A short transfer may be over before its ticket is read; a long one never is.
      await (direction === 'down' ? download : upload)(ends, pattern(n % 3 === 0 ? 0 : 100_000 * n))
    }
    assert.ok(control.client.tickets <= 8)
  })

  test(`${version}: several data connections at once resume, too`, async () => {
    await using control = await session(only, only)
    await reply(control, '230 in')
    const all = await Promise.all(Array.from({ length: 6 }, () => secured(control)))
    for (const ends of all) {
      assert.equal(ends.server.tls?.reused, true)
      await ends[Symbol.asyncDispose]()
    }
  })

  test(`${version}: nothing is resumed where that is switched off`, async () => {
    await using control = await session(only, { ...only, resume: false })
    await reply(control, '230 in')
    for (let n = 0; n < 2; n++) {
      await using ends = await secured(control)
      assert.equal(ends.server.tls?.reused, false)
      await download(ends, pattern(1000))
    }
    assert.equal(control.client.tickets, 0)
  })

  test(`${version}: the end of TCP without close_notify is a truncation, and the server is named`, async () => {
    await using control = await session(only, only)
    await using raw = await loopback()
    const client = adoptSocket(raw.client, {
      mode: 'passive',
      peer: 'server',
      local: { address: '127.0.0.1', port: 1 },
      remote: { address: '127.0.0.1', port: 2 },
      because: { code: 'test', text: 'a test' },
    })
    const tls = control.server.wrap(raw.server)
    tls.on('error', () => {})
    await client.secure(control.client.data, { signal: soon(), watchEnd: true })
    const sink = collector()
    const received = client.receive(sink, unbounded())
    tls.write(pattern(100_000), () => raw.server.end())
    const end = await received
    assert.ok(end.kind === 'broken')
    assert.equal(end.cause.code, 'truncated')
    assert.ok(pattern(100_000).equals(sink.bytes))
  })

  test(`${version}: a reset under TLS is the server’s`, async () => {
    await using control = await session(only, only)
    await using ends = await secured(control)
    const received = ends.client.receive(collector(), unbounded())
    ends.server.destroy({ code: 'aborted', text: 'x' })
    const end = await received
    assert.ok(end.kind === 'broken')
    assert.match(end.cause.text, /^the server reset the data connection$|^the data connection is gone$/)
  })

  test(`${version}: after a new control connection only its tickets are used`, async () => {
    await using first = await session(only, only)
    await reply(first, '230 in')
    const { client } = first
    await using pair = await loopback()
    const server = new SessionTls({ contextOptions: { ...SIGNED_CERTIFICATE, ...only } })
    const [control, tls] = await Promise.all([
      server.wrapControl(pair.server, soon()),
      client.wrapControl(pair.client, soon()),
    ])
    await reply({ ...first, control, tls }, '230 again')
    await using ends = await secured({ ...first, server })
    assert.equal(ends.server.tls?.reused, true)

    await using third = await loopback()
    const other = new SessionTls({ contextOptions: { ...SERVER_CERTIFICATE, ...only } })
    other.wrapControl(third.server, soon()).catch(() => {})
    await assert.rejects(client.wrapControl(third.client, soon()), { problem: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    assert.deepEqual([client.tickets, client.certificate], [0, undefined])
  })

  test(`${version}: a data connection of a server that does not resume is verified all the same`, async () => {
    await using control = await session(only, only)
    await reply(control, '230 in')
    for (const [certificate, problem] of [
      [SIGNED_CERTIFICATE, undefined],
      [OTHER_NAME_CERTIFICATE, 'ERR_TLS_CERT_ALTNAME_INVALID'],
      [SERVER_CERTIFICATE, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ] as const) {
      const elsewhere = new SessionTls({ contextOptions: { ...certificate, ...only } })
      await using ends = await dataEnds()
      const served = ends.server.secure(elsewhere, { signal: soon(), watchEnd: false })
      served.catch(() => {})
      const wrapped = ends.client.secure(control.client.data, { signal: soon(), watchEnd: true })
      if (problem) {
        await assert.rejects(wrapped, { code: 'CHANNEL_TLS_HANDSHAKE', problem })
      } else {
        await wrapped
        assert.equal(ends.client.tls?.reused, false)
      }
    }
  })

  test(`${version}: where nothing is verified, data has to come from the server of the control connection`, async () => {
    await using control = await session(only, { ...only, verify: false })
    const elsewhere = new SessionTls({ contextOptions: { ...SERVER_CERTIFICATE, ...only } })
    await using ends = await dataEnds()
    ends.server.secure(elsewhere, { signal: soon(), watchEnd: false }).catch(() => {})
    await assert.rejects(ends.client.secure(control.client.data, { signal: soon(), watchEnd: true }), {
      problem: 'CERT_DIFFERS',
      message: /not accepted on the data connection: it is another one than that of the control connection/,
    })
  })
}

async function pinsOf(contextOptions: SecureContextOptions): Promise<string[]> {
  await using control = await session(contextOptions, { verify: false })
  const { fingerprint256 = '', publicKeySha256 = '' } = control.client.certificate ?? {}
  return [fingerprint256, fingerprint256.replaceAll(':', '').toLowerCase(), publicKeySha256]
}

const verification: readonly {
  name: string
  server: SecureContextOptions
  client: Partial<ClientTlsOptions>
  problem?: string
  says?: RegExp
  known?: string
}[] = [
  { name: 'a certificate of our own CA', server: SIGNED_CERTIFICATE, client: { ca: SERVER_CA } },
  {
    name: 'an own CA among others',
    server: SIGNED_CERTIFICATE,
    client: { ca: [CLIENT_CA, Buffer.from(SERVER_CA)] },
  },
  {
    name: 'an address that it is for',
    server: SIGNED_CERTIFICATE,
    client: { ca: SERVER_CA, host: '127.0.0.1' },
  },
  {
    name: 'an IPv6 address that it is for',
    server: SIGNED_CERTIFICATE,
    client: { ca: SERVER_CA, host: '::1' },
  },
  {
    name: 'a name with the dot at its end',
    server: SIGNED_CERTIFICATE,
    client: { ca: SERVER_CA, host: 'localhost.' },
  },
  {
    name: 'another name to verify',
    server: OTHER_NAME_CERTIFICATE,
    client: { ca: SERVER_CA, servername: 'ftp.example.org' },
  },
  {
    name: 'a self-signed one that is our CA',
    server: SERVER_CERTIFICATE,
    client: { ca: SERVER_CERTIFICATE.cert },
  },
  {
    name: 'a certificate of an unknown CA',
    server: SIGNED_CERTIFICATE,
    client: { ca: CLIENT_CA },
    problem: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    says: /its issuer \(CN=Test Authority\) is not among the authorities .*; give its CA \(ca\), pin it if it is right \(its SHA-256 fingerprint is ([0-9A-F]{2}:){31}[0-9A-F]{2}\), or accept any \(verify: false\)/,
  },
  {
    name: 'a certificate of a CA that the web does not know',
    server: SIGNED_CERTIFICATE,
    client: {},
    problem: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  },
  {
    name: 'a self-signed one',
    server: SERVER_CERTIFICATE,
    client: { ca: SERVER_CA },
    problem: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    says: /on the control connection: nobody vouches for it: it is signed with its own key \(CN=localhost\)/,
  },
  {
    name: 'another name',
    server: OTHER_NAME_CERTIFICATE,
    client: { ca: SERVER_CA },
    problem: 'ERR_TLS_CERT_ALTNAME_INVALID',
    says: /it is for ftp\.example\.org, example\.org, and not for localhost; connect to one of those names/,
  },
  {
    name: 'an address that it is not for',
    server: OTHER_NAME_CERTIFICATE,
    client: { ca: SERVER_CA, host: '127.0.0.1' },
    problem: 'ERR_TLS_CERT_ALTNAME_INVALID',
    says: /and not for 127\.0\.0\.1/,
  },
  {
    name: 'an expired one',
    server: EXPIRED_CERTIFICATE,
    client: { ca: SERVER_CA },
    problem: 'CERT_HAS_EXPIRED',
    says: /has expired \(valid to 2021-01-01\)/,
  },
  {
    name: 'one that is not valid yet',
    server: EARLY_CERTIFICATE,
    client: { ca: SERVER_CA },
    problem: 'CERT_NOT_YET_VALID',
    says: /not valid yet \(valid from 2100-01-01\): check the clock/,
  },
  {
    name: 'a wrong pin, although the chain is right',
    server: SIGNED_CERTIFICATE,
    client: { ca: SERVER_CA, pins: ['00'.repeat(32)] },
    problem: 'PIN_MISMATCH',
    says: /none of those that are pinned: .*ask whoever runs the server/,
  },
  {
    name: 'a wrong pin, although nothing is verified',
    server: SIGNED_CERTIFICATE,
    client: { verify: false, pins: ['00'.repeat(32)] },
    problem: 'PIN_MISMATCH',
  },
  {
    name: 'anything where nothing is verified',
    server: EXPIRED_CERTIFICATE,
    client: { ca: SERVER_CA, verify: false },
    known: 'CERT_HAS_EXPIRED',
  },
]

test('tickets of data connections are kept once their server was judged', async () => {
  const only = { maxVersion: 'TLSv1.2' } as const
  await using control = await session(only, only)
  const { data } = control.client
  for (const resumes of [true, false]) {
    await using pair = await loopback()
    const server = resumes
      ? control.server
      : new SessionTls({ contextOptions: { ...SIGNED_CERTIFICATE, ...only } })
    server.wrap(pair.server).on('error', () => {})
    const tls = data.wrap(pair.client)
    await once(tls, 'secureConnect')
    assert.equal(tls.isSessionReused(), resumes)
    const before = control.client.tickets
    // Node's server gives a ticket for a full handshake alone; others give one to those who resume as well.
    tls.emit('session', Buffer.from('a ticket'))
    assert.equal(control.client.tickets, before)
    data.verify?.(tls)
    tls.emit('session', Buffer.from('another'))
    assert.equal(control.client.tickets, resumes ? 2 : before)
  }
})

test('the session of somebody who was refused is not offered again', async () => {
  const only = { maxVersion: 'TLSv1.2' } as const
  await using control = await session(only, { ...only, verify: false })
  // TLS 1.2 gives one ticket, which the first round takes: that of the stranger would be the next.
  const elsewhere = new SessionTls({ contextOptions: { ...SERVER_CERTIFICATE, ...only } })
  for (let round = 0; round < 3; round++) {
    await using ends = await dataEnds()
    const served = ends.server.secure(elsewhere, { signal: soon(), watchEnd: false })
    await assert.rejects(ends.client.secure(control.client.data, { signal: soon(), watchEnd: true }), {
      problem: 'CERT_DIFFERS',
    })
    await served
    assert.deepEqual([ends.server.tls?.reused, control.client.tickets], [false, 0])
  }
})

for (const { name, server, client, problem, says, known } of verification) {
  for (const version of VERSIONS) {
    const only = { minVersion: version, maxVersion: version }
    test(`${version}: ${name} is ${problem ? `not accepted (${problem})` : 'accepted'}`, async () => {
      await using pair = await loopback()
      const theirs = new SessionTls({ contextOptions: { ...server, ...only } })
      const ours = new ClientTls({ host: 'localhost', ...client, ...only })
      const served = theirs.wrapControl(pair.server, soon())
      served.catch(() => {})
      const wrapped = ours.wrapControl(pair.client, soon())
      if (!problem) {
        await wrapped
        assert.equal(ours.certificate?.problem?.code, known)
        return
      }
      await assert.rejects(wrapped, (error: unknown) => {
        assert.ok(error instanceof CertificateError)
        assert.deepEqual([error.code, error.problem], ['CHANNEL_TLS_HANDSHAKE', problem])
        if (says) assert.match(error.message, says)
        assert.equal(error.certificate?.problem?.code, problem)
        return true
      })
      assert.equal(pair.client.destroyed, true)
      assert.equal(ours.certificate, undefined)
    })
  }
}

test('a pin is enough, in each of its forms, and holds for data connections, too', async () => {
  for (const pin of await pinsOf(SERVER_CERTIFICATE)) {
    await using control = await session(SERVER_CERTIFICATE, {
      host: 'somewhere.else',
      pins: ['ab'.repeat(32), pin],
    })
    await using same = await secured(control)
    assert.equal(same.client.tls?.protocol, 'TLSv1.3')
    const elsewhere = new SessionTls({ contextOptions: SIGNED_CERTIFICATE })
    await using other = await dataEnds()
    other.server.secure(elsewhere, { signal: soon(), watchEnd: false }).catch(() => {})
    await assert.rejects(other.client.secure(control.client.data, { signal: soon(), watchEnd: true }), {
      problem: 'PIN_MISMATCH',
    })
  }
})

test('the certificate is told', async () => {
  await using control = await session()
  const { fingerprint256, publicKeySha256, ...facts } = control.client.certificate ?? assert.fail('none')
  assert.deepEqual(facts, {
    subject: 'CN=localhost',
    issuer: 'CN=Test Authority',
    validFrom: new Date('2026-01-01'),
    validTo: new Date('2126-01-01'),
    names: ['localhost', '127.0.0.1', '0:0:0:0:0:0:0:1'],
    selfSigned: false,
  })
  assert.match(fingerprint256, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  assert.match(publicKeySha256, /^sha256\/\/[A-Za-z0-9+/]{43}=$/)
})

test('a name is sent with the handshake, an address is not', async () => {
  await using named = await session()
  assert.equal(named.control.servername, 'localhost')
  assert.deepEqual(named.client.identity, { host: 'localhost', servername: 'localhost' })
  await using numbered = await session({}, { host: '127.0.0.1' })
  assert.equal(numbered.control.servername, false)
  assert.deepEqual(numbered.client.identity, { host: '127.0.0.1' })
})

test('a client certificate is shown on the control connection', async () => {
  await using pair = await loopback()
  const server = new SessionTls({
    contextOptions: { ...SIGNED_CERTIFICATE, ca: CLIENT_CA },
    rejectUnauthorized: true,
  })
  const client = new ClientTls({ host: 'localhost', ca: SERVER_CA, ...CLIENT_CERTIFICATE })
  const [control] = await Promise.all([
    server.wrapControl(pair.server, soon()),
    client.wrapControl(pair.client, soon()),
  ])
  assert.equal(control.getPeerCertificate().subject.CN, 'client')
})

test('a server that wants a client certificate', async () => {
  const contextOptions = { ...SIGNED_CERTIFICATE, ca: CLIENT_CA }
  await using pair = await loopback()
  const server = new SessionTls({
    contextOptions: { ...contextOptions, maxVersion: 'TLSv1.2' },
    rejectUnauthorized: true,
  })
  server.wrapControl(pair.server, soon()).catch(() => {})
  const client = new ClientTls({ host: 'localhost', ca: SERVER_CA })
  await assert.rejects(client.wrapControl(pair.client, soon()), {
    code: 'CHANNEL_TLS_HANDSHAKE',
    message: /client certificate/,
  })
})

const others: readonly {
  name: string
  act: (pair: LoopbackPair) => void
  says: RegExp
  client?: Partial<ClientTlsOptions>
}[] = [
  {
    name: 'a server that answers in the clear',
    act: ({ server }) => server.write('220 hello\r\n'),
    says: /handshake of the control connection failed: the server did not speak TLS/,
  },
  {
    name: 'a server that hangs up',
    act: ({ server }) => server.end(),
    says: /the server closed the connection/,
  },
  {
    name: 'a server that resets',
    act: ({ server }) => server.resetAndDestroy(),
    says: /the server closed the connection/,
  },
  {
    name: 'a server without a version in common',
    act: ({ server }) => {
      const old = new SessionTls({ contextOptions: { ...SIGNED_CERTIFICATE, maxVersion: 'TLSv1.2' } })
      old.wrapControl(server, soon()).catch(() => {})
    },
    client: { minVersion: 'TLSv1.3' },
    says: /no TLS version in common/,
  },
  {
    name: 'a server without a cipher in common',
    act: ({ server }) => {
      const tls = new SessionTls({
        contextOptions: {
          ...SIGNED_CERTIFICATE,
          maxVersion: 'TLSv1.2',
          ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384',
        },
      })
      tls.wrapControl(server, soon()).catch(() => {})
    },
    client: { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' },
    says: /no cipher in common/,
  },
]
for (const { name, act, says, client } of others) {
  test(`${name} is told so`, async () => {
    await using pair = await loopback()
    act(pair)
    await assert.rejects(
      new ClientTls({ host: 'localhost', ca: SERVER_CA, ...client }).wrapControl(pair.client, soon()),
      { code: 'CHANNEL_TLS_HANDSHAKE', message: says },
    )
    assert.equal(pair.client.destroyed, true)
  })
}

test('a server that says nothing is given up at the signal', async () => {
  await using pair = await loopback()
  const client = new ClientTls({ host: 'localhost' })
  await assert.rejects(client.wrapControl(pair.client, AbortSignal.timeout(20)), {
    code: 'CHANNEL_TLS_HANDSHAKE',
    message: /it took too long/,
  })
})

test('what cannot be used is a wrong setting', () => {
  const wrong: readonly Partial<ClientTlsOptions>[] = [
    { pins: ['xyz'] },
    { pins: ['sha256//abc='] },
    { pins: ['ab:cd'] },
    { ca: '-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----' },
    { cert: 'rubbish', key: 'rubbish' },
    { ciphers: 'NOT-A-CIPHER' },
  ]
  for (const options of wrong) {
    assert.throws(() => new ClientTls({ host: 'localhost', ...options }), { code: 'CHANNEL_SETTING' })
  }
})
