import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import {
  CLIENT_CA,
  CLIENT_CERTIFICATE,
  SERVER_CERTIFICATE,
} from '../packages/channels/src/test-certificates.ts'
import { TlsSessions } from './support/client-tls.ts'
import { dial, passive } from './support/data-way.ts'
import { Dialogue } from './support/dialogue.ts'
import { type Embedded, PASSWORD, type PartialSettings, startEmbedded } from './support/embedded.ts'
import { makeScratch, type Scratch } from './support/scratch.ts'
import { begin, get, put } from './support/transfers.ts'
import { until, within } from './support/within.ts'

type TlsMode = 'off' | 'optional' | 'required' | 'implicit'
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const

/** Writes a key pair as the server's, whole files at once. */
async function keep({ path }: Scratch, { cert, key }: { cert: string; key: string }) {
  const files = { certificate: join(path, 'server.crt'), key: join(path, 'server.key') }
  for (const [file, text] of [
    [files.certificate, cert],
    [files.key, key],
  ] as const) {
    await writeFile(`${file}.new`, text)
    await rename(`${file}.new`, file)
  }
  return files
}

async function start(
  scratch: Scratch,
  listener: { tls?: TlsMode; encryptData?: boolean } = {},
  tls: PartialSettings['tls'] = {},
): Promise<Embedded> {
  const files = await keep(scratch, SERVER_CERTIFICATE)
  return startEmbedded({
    settings: {
      listeners: [{ host: '127.0.0.1', port: 0, ...listener }],
      tls: { ...files, ...tls },
      timeouts: { handshake: '5s' },
    },
  })
}

async function secureSession(server: Embedded, version: (typeof VERSIONS)[number], prot: 'P' | 'C' = 'P') {
  const dialogue = await Dialogue.begin(server.at())
  await dialogue.secure(version, prot)
  await dialogue.logIn('alice', PASSWORD)
  await dialogue.ask('TYPE I', 200)
  return dialogue
}

describe('a listener with TLS', () => {
  it('off knows no AUTH, and does not offer it', async () => {
    await using scratch = await makeScratch()
    await using server = await start(scratch, { tls: 'off' })
    await using dialogue = await Dialogue.begin(server.at())
    await dialogue.ask('AUTH TLS', 502, /switched off/)
    await dialogue.logIn('alice', PASSWORD)
    await put(dialogue, 'STOR a', 'a')
    await dialogue.quit()
  })

  it('optional serves both, and data in the clear until PROT P', async () => {
    await using scratch = await makeScratch()
    await using server = await start(scratch, { tls: 'optional' })
    await using plain = await Dialogue.begin(server.at())
    assert.match((await plain.ask('FEAT', 211)).text, /AUTH TLS/)
    await plain.ask('PROT P', 503)
    await plain.logIn('alice', PASSWORD)
    await put(plain, 'STOR a', 'a')
    for (const version of VERSIONS) {
      await using secured = await secureSession(server, version)
      assert.equal(String(await get(secured, 'RETR a')), 'a')
      await secured.ask('PROT C', 200)
      secured.protect = false
      assert.equal(String(await get(secured, 'RETR a')), 'a')
      await secured.ask('PROT P', 200)
      secured.protect = true
      assert.equal(String(await get(secured, 'RETR a')), 'a')
      await secured.quit()
    }
  })

  it('optional and no certificate runs without TLS, with a warning', async () => {
    await using server = await startEmbedded()
    assert.equal(server.server.addresses[0]?.tls, 'off')
    assert.match((await server.events.wait('warning')).text, /no certificate: listener1 without TLS/)
    await using dialogue = await Dialogue.begin(server.at())
    await dialogue.ask('AUTH TLS', 502)
  })

  for (const tls of ['required', 'implicit'] as const) {
    it(`${tls} and no certificate does not start, in words`, async () => {
      await assert.rejects(
        startEmbedded({ settings: { listeners: [{ port: 0, host: '127.0.0.1', tls }] } }),
        {
          code: 'SERVER_CERTIFICATE',
          message: new RegExp(`listener1 has tls: ${tls}, but no certificate`),
        },
      )
    })
  }

  it('required lets nobody name a user in the clear', async () => {
    await using scratch = await makeScratch()
    await using server = await start(scratch, { tls: 'required' })
    await using dialogue = await Dialogue.begin(server.at())
    await dialogue.ask('USER alice', 530, /AUTH TLS before USER/)
    await dialogue.ask(`PASS ${PASSWORD}`, 503)
    await dialogue.secure('TLSv1.3')
    await dialogue.logIn('alice', PASSWORD)
    await dialogue.ask('CCC', 534)
    await put(dialogue, 'STOR a', 'a')
    await dialogue.quit()
  })

  it('implicit speaks TLS from the first byte, for data too, and refuses AUTH and CCC', async () => {
    await using scratch = await makeScratch()
    await using server = await start(scratch, { tls: 'implicit' })
    await using dialogue = await Dialogue.begin({ ...server.at(), tlsFromStart: 'TLSv1.2' })
    await dialogue.ask('AUTH TLS', 503, /from the first byte/)
    await dialogue.logIn('alice', PASSWORD)
    await put(dialogue, 'STOR a', 'a')
    assert.equal(String(await get(dialogue, 'RETR a')), 'a')
    await dialogue.ask('CCC', 534)
    await dialogue.quit()
  })

  it('and encryptData answers 521 to transfers in the clear, and refuses PROT C', async () => {
    await using scratch = await makeScratch()
    await using server = await start(scratch, { encryptData: true })
    await using plain = await Dialogue.begin(server.at())
    await plain.logIn('alice', PASSWORD)
    for (const line of ['RETR a', 'STOR a', 'LIST', 'MLSD']) {
      await plain.ask('EPSV', 229)
      const { code } = await plain.ask(line)
      assert.ok(code === 521 || (line === 'RETR a' && code === 550), `${line}: ${code}`)
    }
    await using secured = await secureSession(server, 'TLSv1.3')
    await put(secured, 'STOR a', 'a')
    await secured.ask('PROT C', 534)
    assert.equal(String(await get(secured, 'RETR a')), 'a')
    await plain.ask('EPSV', 229)
    await plain.ask('RETR a', 521, /PROT P/)
  })

  it('and minimumVersion TLSv1.3 does not speak TLS 1.2', async () => {
    await using scratch = await makeScratch()
    await using server = await start(scratch, {}, { minimumVersion: 'TLSv1.3' })
    await using modern = await secureSession(server, 'TLSv1.3')
    await put(modern, 'STOR a', 'a')
    assert.equal(modern.tls?.getProtocol(), 'TLSv1.3')
    await using old = await Dialogue.begin(server.at())
    await old.ask('AUTH TLS', 234)
    await assert.rejects(old.handshake('TLSv1.2'))
    await server.events.wait('tls-failed')
  })
})

describe('CCC', () => {
  for (const version of VERSIONS) {
    it(`ends ${version} on the control connection, and PASV can be read there, while data stays under TLS`, async () => {
      await using scratch = await makeScratch()
      await using server = await start(scratch)
      await using dialogue = await secureSession(server, version)
      await dialogue.clear()
      await put(dialogue, 'STOR a', 'a', 'PASV')
      assert.equal(String(await get(dialogue, 'RETR a', 'PASV')), 'a')
      const ended = await transfers(server, 2)
      assert.deepEqual(
        ended.map(({ tls }) => tls?.protocol),
        [version, version],
      )
      await dialogue.ask('CCC', 503)
      await dialogue.quit()
    })
  }
})

describe('tls.sessionReuse', () => {
  for (const version of VERSIONS) {
    it(`required takes data connections of ${version} that resume the session of their control connection`, async () => {
      await using scratch = await makeScratch()
      await using server = await start(scratch, {}, { sessionReuse: 'required' })
      await using dialogue = await secureSession(server, version)
      await put(dialogue, 'STOR a', 'a')
      assert.equal(String(await get(dialogue, 'RETR a')), 'a')
      assert.deepEqual(
        (await transfers(server, 2)).map(({ tls }) => tls),
        [
          { protocol: version, reused: true },
          { protocol: version, reused: true },
        ],
      )
    })

    it(`required answers 522 to a full handshake of ${version}, and nothing is stored`, async () => {
      await using scratch = await makeScratch()
      await using server = await start(scratch, {}, { sessionReuse: 'required' })
      await using dialogue = await secureSession(server, version)
      await refused(dialogue, new TlsSessions(version), false)
      await put(dialogue, 'STOR b', 'b')
      await dialogue.ask('SIZE a', 550)
    })

    it(`required answers 522 to the ticket of another session in ${version}`, async () => {
      await using scratch = await makeScratch()
      await using server = await start(scratch, {}, { sessionReuse: 'required' })
      await using dialogue = await secureSession(server, version)
      await using thief = await secureSession(server, version)
      // Only now is it sure that the thief's own ticket has come.
      await put(thief, 'STOR own', 'x')
      assert.ok(thief.sessions)
      await refused(dialogue, thief.sessions, true)
      await dialogue.ask('SIZE a', 550)
    })

    it(`enabled takes both in ${version}`, async () => {
      await using scratch = await makeScratch()
      await using server = await start(scratch)
      await using dialogue = await secureSession(server, version)
      await put(dialogue, 'STOR a', 'a')
      dialogue.sessions = new TlsSessions(version)
      await put(dialogue, 'STOR b', 'b')
      assert.deepEqual(
        (await transfers(server, 2)).map(({ tls }) => tls?.reused),
        [true, false],
      )
    })

    it(`off resumes nothing in ${version}`, async () => {
      await using scratch = await makeScratch()
      await using server = await start(scratch, {}, { sessionReuse: 'off' })
      await using dialogue = await secureSession(server, version)
      await put(dialogue, 'STOR a', 'a')
      assert.equal(String(await get(dialogue, 'RETR a')), 'a')
      assert.deepEqual(
        (await transfers(server, 2)).map(({ tls }) => tls?.reused),
        [false, false],
      )
    })
  }

  /** An upload whose data connection goes under TLS with these sessions. */
  async function refused(dialogue: Dialogue, sessions: TlsSessions, resume: boolean): Promise<void> {
    await using link = await dial(await passive(dialogue), dialogue.from)
    await dialogue.ask('STOR a', 150)
    // In TLS 1.3 the client's handshake is over before the server judges it.
    await link
      .secure(sessions, { resume })
      .then(
        () => link.write('a').then(() => link.end()),
        () => {},
      )
      .catch(() => {})
    await dialogue.expect(522, /session/)
  }
})

describe('client certificates', () => {
  const open = async (server: Embedded, options: ConnectionOptions): Promise<TLSSocket> => {
    const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>()
    const socket = connect({ ...server.at(), rejectUnauthorized: false, ...options })
    socket.once('error', reject)
    // Only the greeting shows that the server has taken the certificate: in TLS 1.3 it comes last.
    socket.once('data', () => resolve(socket))
    socket.once('close', () => reject(new Error('closed before the greeting')))
    return within(promise, 10_000, 'the greeting')
  }
  const withCa = async (mode: 'request' | 'require') => {
    const scratch = await makeScratch()
    const clientCa = join(scratch.path, 'ca.crt')
    await writeFile(clientCa, CLIENT_CA)
    const server = await start(scratch, { tls: 'implicit' }, { clientCertificates: mode, clientCa })
    return {
      server,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]()
        await scratch[Symbol.asyncDispose]()
      },
    }
  }

  const cases: readonly {
    mode: 'request' | 'require'
    who: string
    given: ConnectionOptions
    in: boolean
  }[] = [
    { mode: 'require', who: 'one that the CA signed', given: CLIENT_CERTIFICATE, in: true },
    { mode: 'require', who: 'none', given: {}, in: false },
    { mode: 'require', who: 'one of its own making', given: SERVER_CERTIFICATE, in: false },
    { mode: 'request', who: 'one that the CA signed', given: CLIENT_CERTIFICATE, in: true },
    { mode: 'request', who: 'none', given: {}, in: true },
    { mode: 'request', who: 'one of its own making', given: SERVER_CERTIFICATE, in: false },
  ]
  for (const version of VERSIONS) {
    for (const { mode, who, given, in: letIn } of cases) {
      it(`${mode}: a client with ${who} is ${letIn ? 'let in' : 'refused'} in ${version}`, async () => {
        await using held = await withCa(mode)
        const opening = open(held.server, { ...given, minVersion: version, maxVersion: version })
        if (letIn) (await opening).destroy()
        else {
          await assert.rejects(opening)
          await held.server.events.wait('tls-failed')
        }
      })
    }
  }
})

describe('a certificate that was replaced on disk', () => {
  it('is served after a reload, while sessions of the old one go on with their data connections', async () => {
    await using scratch = await makeScratch()
    await using server = await start(scratch)
    await using before = await secureSession(server, 'TLSv1.3')
    assert.equal(subjectOf(before), 'CN=localhost')
    await keep(scratch, CLIENT_CERTIFICATE)
    await server.server.reload(server.settings)
    await put(before, 'STOR a', 'a')
    await using after = await secureSession(server, 'TLSv1.3')
    assert.equal(subjectOf(after), 'CN=client')
    assert.equal(String(await get(after, 'RETR a')), 'a')
    await before.ask('NOOP', 200)
  })

  it('by one that does not fit its key leaves everything as it was', async () => {
    await using scratch = await makeScratch()
    await using server = await start(scratch)
    await keep(scratch, { cert: CLIENT_CERTIFICATE.cert, key: SERVER_CERTIFICATE.key })
    await assert.rejects(server.server.reload(server.settings), {
      code: 'SERVER_CERTIFICATE',
      message: /server\.crt cannot be used with its key/,
    })
    await using dialogue = await secureSession(server, 'TLSv1.2')
    assert.equal(subjectOf(dialogue), 'CN=localhost')
    await using link = await begin(dialogue, 'STOR a')
    link.end()
    await dialogue.expect(226)
  })
})

/** The ends of transfers; events come a moment after the replies. */
async function transfers(server: Embedded, count: number) {
  const ended = () => server.events.of('transfer-ended')
  await until(async () => ended().length >= count || `${ended().length} transfers have ended`)
  return ended()
}

function subjectOf(dialogue: Dialogue): string {
  assert.ok(dialogue.tls)
  return new X509Certificate(dialogue.tls.getPeerCertificate().raw).subject
}
