import assert from 'node:assert/strict'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { FtpClient } from '@portolan/client'
import { FakeServer } from './client-cases/fake-server.ts'
import { type Answer, FEATURES, type Script } from './client-cases/script.ts'
import { AWKWARD, makeTree, readTree } from './client-mirror/trees.ts'
import { LAB_SERVERS } from './lab/servers/kinds.ts'
import { type LabServer, startServer } from './lab/servers/start.ts'
import { skipServer } from './lab/servers/workshop.ts'
import { type Embedded, PASSWORD, startEmbedded } from './support/embedded.ts'

const USER = 'folders'

describe('at our own server', () => {
  let server: Embedded
  let client: FtpClient
  let number = 0
  let name: string

  before(async () => {
    server = await startEmbedded()
    client = new FtpClient({ ...server.at(), user: USER, password: PASSWORD })
    await mkdir(server.home(USER), { recursive: true })
  })
  after(async () => {
    await client.close()
    await server[Symbol.asyncDispose]()
  })
  beforeEach(() => {
    name = `f${number++}`
  })
  const home = (...path: readonly string[]) => join(server.home(USER), name, ...path)

  it('a folder is made with those above, and again without complaint', async () => {
    await client.makeFolder(`${name}/a b/c`, { parents: true })
    await client.makeFolder(`${name}/a b/c`, { parents: true })
    await client.makeFolder(`/${name}/a b/d/`, { parents: true })
    assert.deepEqual(await readTree(home()), { 'a b/': '', 'a b/c/': '', 'a b/d/': '' })
  })

  it('a folder that is there, or has none above, is refused when nobody asked for more', async () => {
    await client.makeFolder(name)
    await assert.rejects(client.makeFolder(name), { code: 'FTP_REPLY' })
    await assert.rejects(client.makeFolder(`${name}/a/b`), { code: 'FTP_REPLY' })
    assert.deepEqual(await readTree(home()), {})
  })

  it('a file in the place of a folder above is a refusal, not an endless climb', async () => {
    await makeTree(home(), { file: 'x' })
    await assert.rejects(client.makeFolder(`${name}/file/a/b`, { parents: true }), { code: 'FTP_REPLY' })
    await assert.rejects(client.makeFolder(`${name}/file`, { parents: true }), { code: 'FTP_REPLY' })
    assert.deepEqual(await readTree(home()), { file: 'x' })
  })

  it('a tree is removed with all that is in it, and counted; what links point to stays', async () => {
    await makeTree(home('tree'), AWKWARD)
    await makeTree(home('kept'), { a: 'x' })
    await symlink('../kept', home('tree', 'to-folder'))
    await symlink('../kept/a', home('tree', 'to-file'))
    const all = Object.keys(AWKWARD)
    const folders = all.filter(path => path.endsWith('/')).length
    const removed = await client.removeTree(`${name}/tree`)
    assert.deepEqual(await readTree(home()), { 'kept/': '', 'kept/a': 'x' })
    assert.deepEqual(removed, { files: all.length - folders + 2, folders: folders + 1 })
  })

  it('a tree that is not there is a refusal', async () => {
    await assert.rejects(client.removeTree(`${name}/nowhere`), { code: 'FTP_REPLY' })
  })
})

const MLST = [...FEATURES, 'MLST type*;size*;modify*;']
const listing = (...lines: readonly string[]): Answer => [
  '150 Here it comes',
  { accept: true },
  { data: { send: lines.map(line => `${line}\r\n`).join('') } },
  { data: { end: 'clean' } },
  '226 Listed',
]

/** What a server shows of the folder that is to be removed, and which commands that removes anything with. */
const hostile: readonly {
  readonly name: string
  readonly script: Script
  readonly code: string
  readonly removes: readonly string[]
}[] = [
  {
    name: 'a name that climbs',
    script: { features: MLST, on: { 'MLSD tree': listing('type=file; a', 'type=file; ../../b') } },
    code: 'FTP_NAME',
    removes: [],
  },
  {
    name: 'a folder with a name that is a path',
    script: { features: MLST, on: { 'MLSD tree': listing('type=dir; /etc') } },
    code: 'FTP_NAME',
    removes: [],
  },
  {
    name: 'a name that is a second command',
    script: { features: MLST, on: { 'MLSD tree': listing('type=file; a\rDELE b') } },
    code: 'FTP_NAME',
    removes: [],
  },
  {
    name: 'lines that nobody can read',
    script: { features: MLST, on: { 'MLSD tree': listing('type=file; a', 'nonsense') } },
    code: 'FTP_PROTOCOL',
    removes: [],
  },
  {
    name: 'folders without end',
    script: { features: MLST, on: { MLSD: listing('type=dir; more') } },
    code: 'FTP_NAME',
    removes: [],
  },
  {
    name: 'a file that it does not let go',
    script: {
      features: MLST,
      on: { 'MLSD tree': listing('type=file; a', 'type=file; b'), DELE: ['550 No'] },
    },
    code: 'FTP_REPLY',
    removes: ['DELE tree/a'],
  },
]

describe('at a server that shows', () => {
  for (const { name, script, code, removes } of hostile) {
    it(`${name}, the removal of a tree ends`, async () => {
      await using server = await FakeServer.start(script)
      await using client = new FtpClient({ host: server.address, port: server.port, retry: { retries: 0 } })
      await assert.rejects(client.removeTree('tree'), { code })
      assert.deepEqual(
        server.lines.filter(line => /^(?:DELE|RMD)/.test(line)),
        removes,
      )
    })
  }
})

const rows = await Promise.all(LAB_SERVERS.map(async one => ({ ...one, skip: await skipServer(one.kind) })))

for (const { kind, label, skip } of rows) {
  describe(label, { skip }, () => {
    let server: LabServer
    before(async () => {
      server = await startServer(kind)
    })
    after(() => server?.stop())

    it('makes folders with those above and removes the tree, hidden files and odd names included', async () => {
      const { host, port, user, password } = server
      await using client = new FtpClient({ host, port, user, password })
      for (const folder of ['tree/a b/[c]', 'tree/.hidden', 'tree/-d'])
        await client.makeFolder(folder, { parents: true })
      for (const file of ['tree/a b/[c]/x*', 'tree/.hidden/.y', 'tree/-d/-z', 'tree/with  blanks'])
        await client.upload(Buffer.from(file), file)
      await client.cd('tree/a b')
      assert.deepEqual(
        (await client.list('[c]')).entries.map(entry => entry.name),
        ['x*'],
      )
      // The folder is where it was, although the server may have been sent elsewhere for the listing.
      assert.equal((await client.stat('[c]/x*')).size, 'tree/a b/[c]/x*'.length)
      await client.cd('../..')
      assert.deepEqual(await client.removeTree('tree'), { files: 4, folders: 5 })
      assert.deepEqual(await readTree(server.files), {})
    })
  })
}
