import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { FakeServer } from '../client-cases/fake-server.ts'
import { type Answer, bytesOf, inTurn, type Script } from '../client-cases/script.ts'
import { makeStand } from './stand.ts'

const SIZE = 300_000
const WHOLE = bytesOf(SIZE)
const BEGIN: Answer = ['150 Go on', { accept: true }]
const END: Answer = [{ data: { end: 'clean' } }, '226 Done']
const GONE: Answer = [{ control: 'reset' }]
const PART: Answer = [...BEGIN, { data: { receive: 100_000 } }]
const SILENT: Answer = []
const FAST = { connect: 1, reply: 1, idle: 1, completion: 1 }

interface Case {
  readonly name: string
  readonly script: Script
  readonly code: string
  /** Default 2: it is tried again. */
  readonly attempts?: number
}

const on = (answers: NonNullable<Script['on']>): Script => ({ on: answers })

const PUSHES: readonly Case[] = [
  { name: 'vanishes at the greeting', script: on({ GREETING: GONE }), code: 'FTP_CONNECT' },
  { name: 'is full of others', script: on({ GREETING: ['421 Too many'] }), code: 'FTP_BUSY' },
  { name: 'answers nonsense', script: on({ GREETING: ['HTTP/1.1 400 Bad Request'] }), code: 'FTP_GREETING' },
  { name: 'refuses the login', script: on({ PASS: ['530 Wrong'] }), code: 'FTP_LOGIN', attempts: 1 },
  { name: 'vanishes in the login', script: on({ PASS: GONE }), code: 'FTP_CLOSED' },
  { name: 'is silent in the login', script: on({ USER: SILENT }), code: 'FTP_TIMEOUT' },
  {
    name: 'gives no data connection',
    script: on({ EPSV: ['425 No'], PASV: ['425 No'] }),
    code: 'FTP_DATA',
  },
  { name: 'refuses the file', script: on({ STOR: ['553 No'] }), code: 'FTP_REPLY', attempts: 1 },
  { name: 'is full', script: on({ STOR: ['452 Disk full'], APPE: ['452 Disk full'] }), code: 'FTP_REPLY' },
  {
    name: 'fills up in the middle',
    script: on({ STOR: [...PART, { data: { end: 'reset' } }, '552 Quota'], APPE: ['552 Quota'] }),
    code: 'FTP_REPLY',
  },
  {
    name: 'vanishes in the middle',
    script: on({ STOR: [...PART, { data: { end: 'reset' } }, ...GONE], APPE: GONE }),
    code: 'FTP_TRANSFER',
  },
  {
    name: 'vanishes before its 226',
    script: on({ STOR: [...BEGIN, { data: { receive: 'all' } }, ...GONE] }),
    code: 'FTP_CLOSED',
  },
  {
    name: 'takes a part and says that it is all',
    script: on({ STOR: [...PART, ...END], APPE: [...PART, ...END] }),
    code: 'FTP_VERIFY',
  },
  { name: 'lies about the size', script: on({ SIZE: ['213 299999'] }), code: 'FTP_VERIFY' },
  { name: 'has lost the file', script: on({ SIZE: ['550 No such file'], LIST: ['550 No'] }), code: '' },
  {
    name: 'says another checksum',
    script: {
      features: ['HASH SHA-256*', 'SIZE'],
      on: { HASH: [`213 SHA-256 0-300000 ${'0'.repeat(64)} x`] },
    },
    code: 'FTP_VERIFY',
  },
  { name: 'refuses the rename', script: on({ RNTO: ['553 No'] }), code: 'FTP_REPLY', attempts: 1 },
  { name: 'vanishes in the rename', script: on({ RNFR: GONE }), code: 'FTP_CLOSED' },
  { name: 'is silent at the rename', script: on({ RNTO: SILENT }), code: 'FTP_TIMEOUT' },
]

for (const { name, script, code, attempts = 2 } of PUSHES)
  test(`a push to a partner that ${name}: a named end, the source stays, nothing has the final name`, async () => {
    await using fake = await FakeServer.start(script)
    await using stand = await makeStand()
    await mkdir(join(stand.folder, 'out'))
    await writeFile(join(stand.folder, 'out/a.bin'), WHOLE)
    await stand.site('partner', {
      host: fake.address,
      port: fake.port,
      protocol: 'ftp',
      timeouts: FAST,
      retry: { attempts: 2, first: 0 },
    })
    await stand.transfer('send', {
      steps: [{ do: 'push', site: 'partner', from: { folder: '/out' }, onSuccess: { do: 'delete' } }],
    })
    const run = await stand.run(await stand.engine(), 'send')
    if (code === '') {
      // A folder that takes files and tells nothing of them: its 226 is believed.
      assert.equal(run.state, 'succeeded')
      return
    }
    assert.equal(run.state, 'failed')
    assert.deepEqual([run.error?.code, run.attempt], [code, attempts], run.error?.text ?? '')
    assert.deepEqual(await readFile(join(stand.folder, 'out/a.bin')), WHOLE)
    assert.equal(fake.file('a.bin'), undefined)
    const stored = fake.lines.filter(line => /^(STOR|APPE) /.test(line))
    for (const line of stored) assert.match(line, /\.part-/)
    const { items } = await stand.store.initiated.runs.files(run.id, { offset: 0, limit: 10 })
    for (const row of items) assert.equal(row.state, 'failed')
    assert.deepEqual([...fake.failures], [])
  })

const LISTING: Answer = [
  ...BEGIN,
  { data: { send: `-rw-r--r--   1 ftp      ftp        ${SIZE} Jan 02  2024 a.bin\r\n` } },
  ...END,
]
const listing = (name: string): Answer => [
  ...BEGIN,
  { data: { send: `-rw-r--r--   1 ftp      ftp        10 Jan 02  2024 ${name}\r\n` } },
  ...END,
]
const pulls = (answers: NonNullable<Script['on']>): Script => ({
  files: { 'a.bin': SIZE },
  on: { LIST: LISTING, ...answers },
})

const PULLS: readonly Case[] = [
  { name: 'refuses the listing', script: pulls({ LIST: ['550 No'] }), code: 'FTP_REPLY', attempts: 1 },
  { name: 'vanishes in the listing', script: pulls({ LIST: [...BEGIN, ...GONE] }), code: 'FTP_CLOSED' },
  {
    name: 'lists a name that leads out',
    script: pulls({ LIST: listing('../../evil') }),
    code: '',
  },
  { name: 'lists a name that this server hides', script: pulls({ LIST: listing('.portolan-x') }), code: '' },
  { name: 'refuses the file', script: pulls({ RETR: ['550 No'] }), code: 'FTP_REPLY', attempts: 1 },
  {
    name: 'ends the file early and says that it is whole',
    script: pulls({ RETR: [...BEGIN, { data: { file: true, to: 1000 } }, ...END] }),
    code: 'FTP_CHANGED',
  },
  {
    name: 'gives more than there is',
    script: pulls({ RETR: [...BEGIN, { data: { file: true } }, { data: { send: 'more' } }, ...END] }),
    code: 'FTP_CHANGED',
  },
  {
    name: 'vanishes in the middle',
    script: pulls({
      RETR: [...BEGIN, { data: { file: true, to: 1000 } }, { data: { end: 'reset' } }, ...GONE],
    }),
    code: 'FTP_TRANSFER',
  },
  { name: 'is silent', script: pulls({ RETR: SILENT }), code: 'FTP_TRANSFER' },
  {
    name: 'says another checksum',
    script: {
      ...pulls({ HASH: [`213 SHA-256 0-300000 ${'0'.repeat(64)} x`] }),
      features: ['HASH SHA-256*', 'SIZE', 'MDTM', 'REST STREAM'],
    },
    code: 'FTP_VERIFY',
  },
  {
    name: 'changes the file meanwhile',
    script: pulls({
      MDTM: inTurn(...[1, 2, 3, 4, 5].map((year): Answer => [`213 202${year}0102030405`])),
    }),
    code: 'FTP_CHANGED',
  },
]

for (const { name, script, code, attempts = 2 } of PULLS)
  test(`a pull from a partner that ${name}: a named end, and nothing is here`, async () => {
    await using fake = await FakeServer.start(script)
    await using stand = await makeStand()
    await mkdir(join(stand.folder, 'in'))
    await stand.site('partner', {
      host: fake.address,
      port: fake.port,
      protocol: 'ftp',
      timeouts: FAST,
      retry: { attempts: 2, first: 0 },
    })
    await stand.transfer('fetch', {
      steps: [
        {
          do: 'pull',
          site: 'partner',
          to: { folder: '/in' },
          quietSeconds: 0,
          remoteOnSuccess: { do: 'delete' },
        },
      ],
    })
    const run = await stand.run(await stand.engine(), 'fetch')
    assert.deepEqual(await readdir(join(stand.folder, 'in')), [])
    assert.deepEqual(
      fake.lines.filter(line => line.startsWith('DELE')),
      [],
    )
    if (code === '') {
      assert.equal(run.state, 'succeeded')
      return
    }
    assert.equal(run.state, 'failed')
    assert.deepEqual([run.error?.code, run.attempt], [code, attempts], run.error?.text ?? '')
    assert.deepEqual([...fake.failures], [])
  })
