import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type ClientOptions, FtpClient, type MirrorOptions, mirror } from '@portolan/client'
import { FakeServer } from './client-cases/fake-server.ts'
import { type Answer, FEATURES, inTurn, type Script } from './client-cases/script.ts'
import { makeTree, readTree, type TreeText } from './client-mirror/trees.ts'
import { makeScratch, type Scratch } from './support/scratch.ts'

const MLST = [...FEATURES, 'MLST type*;size*;modify*;']
const BEGIN: Answer = ['150 Here it comes', { accept: true }]

/** A listing that ends as it should. */
const listing = (...lines: readonly string[]): Answer => [
  ...BEGIN,
  { data: { send: lines.map(line => `${line}\r\n`).join('') } },
  { data: { end: 'clean' } },
  '226 Listed',
]
const file = (name: string, size = 4) => `type=file;size=${size};modify=20260102030405; ${name}`
const folder = (name: string, unique?: string) =>
  `type=dir;modify=20260102030405;${unique === undefined ? '' : `unique=${unique};`} ${name}`

interface HostileCase {
  readonly name: string
  readonly script: Script
  readonly options?: Partial<MirrorOptions>
  readonly client?: Partial<ClientOptions>
  /** What is there before. */
  readonly local?: TreeText
  /** `path CODE` of each failure. */
  readonly failed?: readonly string[]
  /** What is there afterwards. */
  readonly after: TreeText
  readonly refused?: string
  /** Lines that must not be sent. */
  readonly never?: RegExp
}

const GOOD = { good: 'good' }
const files = { 'src/good': 'good', 'src/../evil': 'evil', 'src//etc/evil': 'evil', evil: 'evil' }
const mlsd = (...lines: readonly string[]): Script => ({
  features: MLST,
  files,
  on: { 'MLSD src': listing(...lines) },
})
const list = (...lines: readonly string[]): Script => ({
  files,
  on: { LIST: listing(...lines) },
})

const cases: readonly HostileCase[] = [
  {
    name: 'a name that climbs',
    script: mlsd(file('../evil'), file('good')),
    failed: ['../evil FTP_NAME'],
    after: GOOD,
    never: /evil/,
  },
  {
    name: 'an absolute name',
    script: mlsd(file('/etc/evil'), file('good')),
    failed: ['/etc/evil FTP_NAME'],
    after: GOOD,
    never: /evil/,
  },
  {
    name: 'a folder with a path for a name',
    script: mlsd(folder('a/b'), file('good')),
    failed: ['a/b FTP_NAME'],
    after: GOOD,
    never: /MLSD .*a\/b/,
  },
  {
    name: 'a name with NUL',
    script: mlsd(file('e\0vil'), file('good')),
    failed: ['e\0vil FTP_NAME'],
    after: GOOD,
    never: /vil/,
  },
  {
    name: 'a name with CR, which would be a second command',
    script: mlsd(file('x\rDELE good'), file('good')),
    failed: ['x\rDELE good FTP_NAME'],
    after: GOOD,
    never: /DELE/,
  },
  {
    name: 'the same name twice, first as a file',
    script: mlsd(file('good'), folder('good')),
    failed: ['good FTP_NAME'],
    after: GOOD,
  },
  {
    name: 'a link that leads out, and then a folder of its name',
    script: {
      features: MLST,
      files: { ...files, 'src/out/evil': 'evil' },
      on: {
        'MLSD src': listing('type=OS.unix=slink:/etc; out', folder('out'), file('good')),
        'MLSD src/out': listing(file('evil')),
      },
    },
    options: { links: 'copy' },
    failed: ['out FTP_NAME', 'out FTP_NAME'],
    after: GOOD,
  },
  {
    name: 'a link that stays inside, and then a folder of its name',
    script: {
      features: MLST,
      files: { ...files, 'src/in/evil': 'evil' },
      on: {
        'MLSD src': listing('type=OS.unix=slink:good; in', folder('in'), file('good')),
        'MLSD src/in': listing(file('evil')),
      },
    },
    options: { links: 'copy' },
    failed: ['in FTP_NAME'],
    after: { good: 'good', 'in -> good': '' },
  },
  {
    name: 'a folder within itself without end, by its unique fact',
    script: {
      features: MLST,
      on: {
        'MLSD src': listing(folder('a', '1U1'), folder('b', '1U2')),
        MLSD: listing(folder('a', '1U1'), folder('b', '1U2')),
      },
    },
    failed: [
      'a/a FTP_NAME',
      'a/b/a FTP_NAME',
      'a/b/b FTP_NAME',
      'b/a/a FTP_NAME',
      'b/a/b FTP_NAME',
      'b/b FTP_NAME',
    ],
    after: { 'a/': '', 'a/b/': '', 'b/': '', 'b/a/': '' },
  },
  {
    name: 'a listing with lines that nobody can read, when it is to delete',
    script: mlsd(file('good'), 'type=file'),
    options: { delete: true },
    local: { extra: 'kept' },
    after: { extra: 'kept', ...GOOD },
    refused: 'unparsed',
  },
  {
    name: 'a listing that breaks off, when it is to delete',
    script: {
      features: MLST,
      files,
      on: {
        'MLSD src': listing(file('good'), folder('sub')),
        'MLSD src/sub': [
          ...BEGIN,
          { data: { send: `${file('a')}\r\n` } },
          { wait: 50 },
          { data: { end: 'reset' } },
          '426 Broken',
        ],
      },
    },
    options: { delete: true },
    local: { extra: 'kept', 'sub/extra': 'kept' },
    failed: ['sub FTP_REPLY'],
    after: { extra: 'kept', ...GOOD, 'sub/': '', 'sub/extra': 'kept' },
    refused: 'folder-failed',
  },
  {
    name: 'a folder that may not be listed, when it is to delete',
    script: {
      features: MLST,
      files,
      on: {
        'MLSD src': listing(file('good'), folder('sub')),
        'MLSD src/sub': ['550 Permission denied'],
      },
    },
    options: { delete: true },
    local: { extra: 'kept' },
    failed: ['sub FTP_REPLY'],
    after: { extra: 'kept', ...GOOD },
    refused: 'folder-failed',
  },
  {
    name: 'a file that became shorter since it was listed',
    script: mlsd(file('good', 400)),
    failed: ['good FTP_CHANGED'],
    after: {},
  },
  {
    name: 'a file that may not be read, while the others go on',
    script: {
      features: MLST,
      files: { ...files, 'src/no': 'no' },
      on: { 'MLSD src': listing(file('no', 2), file('good')), 'RETR src/no': ['550 Not yours'] },
    },
    failed: ['no FTP_REPLY'],
    after: GOOD,
  },
  {
    name: 'a server without MLSD and without LIST -a',
    script: {
      files,
      on: {
        'LIST -a': ['550 No such file'],
        LIST: listing('-rw-r--r-- 1 o g 4 Jan 02 2026 good'),
      },
    },
    after: GOOD,
  },
  {
    name: 'a server that takes -a for the name of nothing',
    script: {
      files,
      on: { 'LIST -a': listing(), LIST: listing('-rw-r--r-- 1 o g 4 Jan 02 2026 good') },
    },
    after: GOOD,
  },
  {
    name: 'a folder that goes while LIST would call it empty, when it is to delete',
    script: {
      files,
      on: {
        CWD: ['250 There'],
        'CWD src/sub': ['550 It is gone'],
        LIST: listing(),
        'LIST -a': inTurn(listing('drwxr-xr-x 2 o g 0 Jan 02 2026 sub'), listing()),
      },
    },
    options: { delete: true },
    local: { 'sub/extra': 'kept' },
    failed: ['sub FTP_REPLY'],
    after: { 'sub/': '', 'sub/extra': 'kept' },
    refused: 'folder-failed',
  },
  {
    name: 'a listing under TLS whose end nothing proves, when it is to delete',
    script: {
      features: MLST,
      files,
      on: {
        'MLSD src': [
          ...BEGIN,
          { data: { secure: 'signed' } },
          { data: { send: `${file('good')}\r\n` } },
          { data: { end: 'no-notify' } },
          '226 Listed',
        ],
      },
    },
    client: { tls: 'explicit', tlsOptions: { verify: false } },
    options: { delete: true },
    local: { extra: 'kept' },
    after: { extra: 'kept', ...GOOD },
    refused: 'not-proved',
  },
  {
    name: 'LIST in a language of nobody, when it is to delete',
    script: list('complete nonsense', '-rw-r--r-- 1 o g 4 Jan 02 2026 good'),
    options: { delete: true },
    local: { extra: 'kept' },
    after: { extra: 'kept', ...GOOD },
    refused: 'unparsed',
  },
]

describe('a mirror of a server that lies, fails or changes', () => {
  let scratch: Scratch
  before(async () => {
    scratch = await makeScratch()
  })
  after(() => scratch[Symbol.asyncDispose]())

  for (const [index, one] of cases.entries()) {
    it(`with ${one.name}`, async () => {
      const around = join(scratch.path, String(index))
      const local = join(around, 'target')
      await mkdir(local, { recursive: true })
      await makeTree(local, one.local ?? {})
      await using server = await FakeServer.start(one.script)
      await using client = new FtpClient({
        host: server.address,
        port: server.port,
        retry: { retries: 0 },
        pipelining: false,
        ...one.client,
      })
      const summary = await mirror(client, { direction: 'download', remote: 'src', local, ...one.options })
      assert.deepEqual(
        summary.failed.map(({ path, error }) => `${path} ${error.code}`).toSorted(),
        one.failed ?? [],
      )
      assert.deepEqual(await readTree(local), one.after)
      assert.deepEqual(
        Object.keys(await readTree(around)).filter(path => !path.startsWith('target')),
        [],
      )
      assert.equal(summary.deleteRefused?.code, one.refused)
      const { entries, transferred, unchanged, links, folders, skipped, failed } = summary
      assert.equal(transferred + unchanged + links + folders + skipped + failed.length, entries)
      const sent = server.lines.filter(line => one.never?.test(line))
      assert.deepEqual(sent, [])
      assert.deepEqual(server.failures, [])
    })
  }

  const names = Array.from({ length: 12 }, (_, index) => `f${index}`)
  const limits: readonly { readonly name: string; readonly on: Script['on'] }[] = [
    {
      name: 'refuses the login of a third session in words of its own',
      on: { PASS: inTurn(['230 In'], ['230 In'], ['530 Come back another day']) },
    },
    {
      name: 'greets a third session with 421',
      on: {
        GREETING: inTurn(['220 Ready'], ['220 Ready'], ['421 Too many connections', { control: 'fin' }]),
      },
    },
  ]
  for (const { name, on = {} } of limits) {
    it(`makes do with two sessions when the server ${name}`, async () => {
      const local = join(scratch.path, name)
      await using server = await FakeServer.start({
        features: MLST,
        files: Object.fromEntries(names.map(file => [`src/${file}`, 'four'])),
        on: { ...on, 'MLSD src': listing(...names.map(one => file(one))) },
      })
      await using client = new FtpClient({ host: server.address, port: server.port })
      const summary = await mirror(client, { direction: 'download', remote: 'src', local, parallel: 6 })
      assert.deepEqual(summary.failed, [])
      assert.equal(summary.transferred, names.length)
      assert.equal(client.pool.most, 2)
    })
  }

  it('ends when transfer after transfer breaks the connection, instead of trying for hours', async () => {
    const many = Array.from({ length: 200 }, (_, index) => `f${index}`)
    await using server = await FakeServer.start({
      features: MLST,
      on: { 'MLSD src': listing(...many.map(one => file(one))), RETR: [{ control: 'reset' }] },
    })
    await using client = new FtpClient({ host: server.address, port: server.port, retry: { retries: 0 } })
    const local = join(scratch.path, 'broken')
    await assert.rejects(mirror(client, { direction: 'download', remote: 'src', local }), {
      code: 'FTP_CLOSED',
    })
    assert.ok(server.lines.filter(line => line.startsWith('RETR')).length <= 10)
  })
})
