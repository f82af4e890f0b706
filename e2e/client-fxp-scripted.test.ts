import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import { FtpClient, type FxpOptions, fxp } from '@portolan/client'
import { type Certificate, makeCertificate } from '../bench/certificate.ts'
import { makeScratch, type Scratch } from './support/scratch.ts'

/** A server that agrees to everything and moves nothing: its replies by verb. */
async function scripted(replies: Readonly<Record<string, string>>, certificate?: Certificate) {
  const seen: string[] = []
  const talk = (socket: Socket) => {
    socket.on('error', () => {})
    socket.write('220 Ready\r\n')
    socket.setEncoding('latin1').on('data', (text: string) => {
      for (const line of text.split('\r\n').filter(part => part !== '')) {
        seen.push(line)
        const [verb = ''] = line.split(' ')
        const said = replies[verb] ?? '502 Not here.'
        if (said !== '') socket.write(`${said}\r\n`)
      }
    })
  }
  const server = certificate
    ? createTlsServer(
        { cert: await readFile(certificate.certificate), key: await readFile(certificate.key) },
        talk,
      )
    : createServer(talk)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const { port } = address
  return {
    seen,
    client: () =>
      new FtpClient({
        host: '127.0.0.1',
        port,
        ...(certificate && { tls: 'implicit', tlsOptions: { verify: false } }),
        retry: { retries: 0 },
        timeouts: { explanation: 200, completion: 300 },
      }),
    [Symbol.asyncDispose]: async () => {
      server.close()
    },
  }
}

const WILLING = {
  USER: '230 In.',
  TYPE: '200 Yes.',
  SIZE: '213 1000',
  PASV: '227 Here (127,0,0,1,200,10)',
  PORT: '200 Yes.',
  RETR: '150 Coming.',
  STOR: '150 Send it.',
  QUIT: '221 Bye.',
}

/** What servers do, and what comes of it. */
const hostile: readonly {
  readonly name: string
  readonly source?: Readonly<Record<string, string>>
  readonly target?: Readonly<Record<string, string>>
  readonly options?: FxpOptions
  readonly fails: { readonly code: string; readonly message: RegExp }
}[] = [
  {
    name: 'neither dials an address that is not its client’s',
    source: { PORT: '500 Illegal PORT command.', EPRT: '500 Illegal EPRT command.' },
    target: { PORT: '504 I won’t.' },
    fails: { code: 'FTP_UNSUPPORTED', message: /source listening.*504 I won.*target listening.*500 Illegal/ },
  },
  {
    name: 'neither listens',
    source: { PASV: '502 No.' },
    target: { PASV: '502 No.' },
    fails: { code: 'FTP_UNSUPPORTED', message: /502 No/ },
  },
  {
    name: 'the one that dials does not reach the other, which says nothing',
    source: { RETR: '425 Cannot connect.' },
    target: { STOR: '425 Cannot connect.' },
    fails: { code: 'FTP_UNSUPPORTED', message: /425 Cannot connect/ },
  },
  {
    name: 'the target has no room',
    target: { STOR: '552 Quota exceeded.' },
    fails: { code: 'FTP_REPLY', message: /STOR to was refused: 552/ },
  },
  {
    name: 'the source is done and the target never says so',
    source: { RETR: '226 Sent.' },
    fails: { code: 'FTP_TIMEOUT', message: /did not say within 0.3 seconds how STOR to ended/ },
  },
  {
    name: 'neither ever finishes',
    options: { limitMs: 200 },
    fails: { code: 'FTP_TIMEOUT', message: /did not finish within 0.2 seconds/ },
  },
  {
    name: 'the target has less than was sent, although both say that all went well',
    source: { RETR: '226 Sent.' },
    target: { STOR: '226 Stored.', SIZE: '213 999' },
    fails: { code: 'FTP_VERIFY', message: /999 bytes of to instead of 1000/ },
  },
  {
    name: 'the source breaks off',
    source: { RETR: '426 Broken.' },
    target: { STOR: '426 Broken as well.' },
    fails: { code: 'FTP_TRANSFER', message: /426 Broken/ },
  },
]

describe('with servers that fail', () => {
  for (const { name, source = {}, target = {}, options = {}, fails } of hostile) {
    it(`says so when ${name}`, async () => {
      await using one = await scripted({ ...WILLING, ...source })
      await using other = await scripted({ ...WILLING, ...target })
      await using from = one.client()
      await using to = other.client()
      await assert.rejects(fxp(from, 'from', to, 'to', options), fails)
    })
  }

  it('does not tell the target to store what the source refuses a moment later', async () => {
    await using one = await scripted({ ...WILLING, SIZE: '502 No.', RETR: '550 No such file.' })
    await using other = await scripted(WILLING)
    await using from = one.client()
    await using to = other.client()
    await assert.rejects(fxp(from, 'from', to, 'to'), { code: 'FTP_REPLY', command: 'RETR from' })
    assert.deepEqual(
      other.seen.filter(line => line.startsWith('STOR')),
      [],
    )
  })
})

describe('under TLS, with servers of which one can begin it', () => {
  let scratch: Scratch
  let certificate: Certificate
  before(async () => {
    scratch = await makeScratch()
    certificate = await makeCertificate(scratch.path, ['127.0.0.1'])
  })
  after(() => scratch[Symbol.asyncDispose]())

  const done = {
    ...WILLING,
    PBSZ: '200 Yes.',
    PROT: '200 Yes.',
    RETR: '226 Sent.',
    STOR: '226 Stored.',
    SSCN: '200 Yes.',
    CPSV: WILLING.PASV,
  }
  const feat = (feature: string) => ({ ...done, FEAT: `211-Features:\r\n ${feature}\r\n211 End` })
  const said = (seen: readonly string[]) =>
    seen.filter(line => /^(?:PROT|SSCN|CPSV|PASV|PORT|RETR|STOR)\b/.test(line))

  const ways: readonly {
    readonly name: string
    readonly source: Readonly<Record<string, string>>
    readonly target: Readonly<Record<string, string>>
    readonly options?: FxpOptions
    readonly atSource: readonly string[]
    readonly atTarget: readonly string[]
  }[] = [
    {
      name: 'CPSV at the source',
      source: feat('CPSV'),
      target: done,
      atSource: ['PROT P', 'CPSV', 'RETR from'],
      atTarget: ['PROT P', 'PORT 127,0,0,1,200,10', 'STOR to'],
    },
    {
      name: 'SSCN at the target, switched off again',
      source: done,
      target: feat('SSCN'),
      atSource: ['PROT P', 'PASV', 'RETR from'],
      atTarget: ['PROT P', 'SSCN ON', 'PORT 127,0,0,1,200,10', 'STOR to', 'SSCN OFF'],
    },
    {
      name: 'SSCN at the source, with the target listening',
      source: feat('SSCN'),
      target: done,
      options: { passive: 'target' },
      atSource: ['PROT P', 'SSCN ON', 'PORT 127,0,0,1,200,10', 'RETR from', 'SSCN OFF'],
      atTarget: ['PROT P', 'PASV', 'STOR to'],
    },
    {
      name: 'PROT C for both, when it is asked for, and PROT P again',
      source: done,
      target: done,
      options: { protection: 'clear' },
      atSource: ['PROT P', 'PROT C', 'PASV', 'RETR from', 'PROT P'],
      atTarget: ['PROT P', 'PROT C', 'PORT 127,0,0,1,200,10', 'STOR to', 'PROT P'],
    },
  ]
  for (const { name, source, target, options = {}, atSource, atTarget } of ways) {
    it(`uses ${name}`, async () => {
      await using one = await scripted(source, certificate)
      await using other = await scripted(target, certificate)
      await using from = one.client()
      await using to = other.client()
      await fxp(from, 'from', to, 'to', options)
      assert.deepEqual(said(one.seen), atSource)
      assert.deepEqual(said(other.seen), atTarget)
    })
  }

  it('ends a session that cannot be brought back to PROT P', async () => {
    let said = 0
    const changing = {
      ...done,
      get PROT() {
        return said++ === 2 ? '500 No.' : '200 Yes.'
      },
    }
    await using one = await scripted(changing, certificate)
    await using other = await scripted(done, certificate)
    await using from = one.client()
    await using to = other.client()
    await fxp(from, 'from', to, 'to', { protection: 'clear' })
    await from.raw('TYPE', 'A')
    assert.equal(one.seen.filter(line => line.startsWith('USER')).length, 2)
  })
})
