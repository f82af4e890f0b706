import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { FtpClient, fxp } from '@portolan/client'
import { LAB_SERVERS } from './lab/servers/kinds.ts'
import { type LabServer, startServer } from './lab/servers/start.ts'
import { skipServer } from './lab/servers/workshop.ts'
import { type Embedded, PASSWORD, startEmbedded } from './support/embedded.ts'

const CONTENT = randomBytes(700_000)
const USER = 'mover'

describe('between two servers of our own', () => {
  let one: Embedded
  let other: Embedded

  before(async () => {
    one = await startEmbedded()
    other = await startEmbedded()
    for (const server of [one, other]) await mkdir(server.home(USER), { recursive: true })
    await writeFile(join(one.home(USER), 'there.bin'), CONTENT)
  })
  after(async () => {
    await one[Symbol.asyncDispose]()
    await other[Symbol.asyncDispose]()
  })

  const clientOf = (server: Embedded) => new FtpClient({ ...server.at(), user: USER, password: PASSWORD })

  for (const passive of ['source', 'target'] as const) {
    it(`moves a file with the ${passive} listening`, async () => {
      await using source = clientOf(one)
      await using target = clientOf(other)
      const result = await fxp(source, 'there.bin', target, `by-${passive}.bin`, { passive })
      assert.deepEqual(result, { bytes: CONTENT.length, resumedAt: 0, passive, protection: 'clear' })
      assert.deepEqual(await readFile(join(other.home(USER), `by-${passive}.bin`)), CONTENT)
      // Both sessions are in step afterwards.
      assert.equal((await source.stat('there.bin')).size, CONTENT.length)
      assert.equal((await target.stat(`by-${passive}.bin`)).size, CONTENT.length)
      assert.equal((await source.list()).entries.length, 1)
    })
  }

  it('goes on behind the bytes that the target has', async () => {
    await writeFile(join(other.home(USER), 'begun.bin'), CONTENT.subarray(0, 100_001))
    await using source = clientOf(one)
    await using target = clientOf(other)
    const result = await fxp(source, 'there.bin', target, 'begun.bin', { resume: true })
    assert.equal(result.resumedAt, 100_001)
    assert.deepEqual(await readFile(join(other.home(USER), 'begun.bin')), CONTENT)
  })

  it('moves in opposite directions at once over one session each, without a deadlock', async () => {
    await writeFile(join(other.home(USER), 'back.bin'), CONTENT)
    await using source = clientOf(one)
    await using target = clientOf(other)
    await Promise.all([
      fxp(source, 'there.bin', target, 'crossed.bin'),
      fxp(target, 'back.bin', source, 'crossed.bin'),
    ])
    assert.deepEqual(await readFile(join(one.home(USER), 'crossed.bin')), CONTENT)
    assert.deepEqual(await readFile(join(other.home(USER), 'crossed.bin')), CONTENT)
  })

  it('moves a file within one server, over two sessions of one client', async () => {
    await using client = clientOf(one)
    await fxp(client, 'there.bin', client, 'copy.bin')
    assert.deepEqual(await readFile(join(one.home(USER), 'copy.bin')), CONTENT)
  })

  it('tells what the source said of a file that is not there, and the target is left as it was', async () => {
    await using source = clientOf(one)
    await using target = clientOf(other)
    await assert.rejects(fxp(source, 'nowhere.bin', target, 'nothing.bin'), {
      code: 'FTP_REPLY',
      command: 'RETR nowhere.bin',
    })
    await assert.rejects(target.stat('nothing.bin'), { code: 'FTP_REPLY' })
    assert.equal(
      (await source.list()).entries.some(entry => entry.name === 'there.bin'),
      true,
    )
  })

  it('tells what the target said of a name that it does not take', async () => {
    await using source = clientOf(one)
    await using target = clientOf(other)
    await assert.rejects(fxp(source, 'there.bin', target, 'no/such/folder.bin'), {
      code: 'FTP_REPLY',
      command: 'STOR no/such/folder.bin',
    })
    assert.equal((await source.stat('there.bin')).size, CONTENT.length)
  })

  it('does not protect by itself what one side protects: it says what is missing', async () => {
    await using source = clientOf(one)
    await using target = clientOf(other)
    await assert.rejects(fxp(source, 'there.bin', target, 'secret.bin', { protection: 'private' }), {
      code: 'FTP_UNSUPPORTED',
    })
  })

  it('ends both sessions when the caller has enough', async () => {
    await using source = clientOf(one)
    await using target = clientOf(other)
    const signal = AbortSignal.abort()
    await assert.rejects(fxp(source, 'there.bin', target, 'ended.bin', { signal }), { code: 'FTP_ABORTED' })
    assert.equal((await source.stat('there.bin')).size, CONTENT.length)
  })
})

describe('under TLS', () => {
  let one: Embedded
  let other: Embedded
  const settings = {
    listeners: [{ host: '127.0.0.1', port: 0, tls: 'optional' as const }],
    tls: { selfSigned: true },
  }

  before(async () => {
    one = await startEmbedded({ settings })
    other = await startEmbedded({ settings })
    for (const server of [one, other]) await mkdir(server.home(USER), { recursive: true })
    await writeFile(join(one.home(USER), 'there.bin'), CONTENT)
  })
  after(async () => {
    await one[Symbol.asyncDispose]()
    await other[Symbol.asyncDispose]()
  })

  const clientOf = (server: Embedded) =>
    new FtpClient({
      ...server.at(),
      user: USER,
      password: PASSWORD,
      tls: 'explicit',
      tlsOptions: { verify: false },
    })

  it('refuses to send in the clear unasked, and names what the servers lack', async () => {
    await using source = clientOf(one)
    await using target = clientOf(other)
    await assert.rejects(fxp(source, 'there.bin', target, 'clear.bin'), error => {
      assert.ok(error instanceof Error && /CPSV or SSCN/.test(error.message))
      return true
    })
  })

  it('sends in the clear when it is asked to, and both sessions protect their data again afterwards', async () => {
    await using source = clientOf(one)
    await using target = clientOf(other)
    const result = await fxp(source, 'there.bin', target, 'clear.bin', { protection: 'clear' })
    assert.equal(result.protection, 'clear')
    assert.deepEqual(await readFile(join(other.home(USER), 'clear.bin')), CONTENT)
    for (const client of [source, target])
      await client.use('a look', new AbortController().signal, 'safe', async session =>
        assert.equal(session.protection, 'private'),
      )
    assert.equal((await target.list()).entries.length, 1)
  })
})

const theirs = await Promise.all(
  LAB_SERVERS.filter(({ kind }) => kind !== 'portolan').map(async one => ({
    ...one,
    skip: await skipServer(one.kind),
  })),
)

describe('between servers of others', () => {
  for (const { kind, label, skip } of theirs) {
    describe(label, { skip }, () => {
      let lab: LabServer
      let ours: Embedded
      before(async () => {
        lab = await startServer(kind)
        ours = await startEmbedded()
        await mkdir(ours.home(USER), { recursive: true })
        await lab.give('there.bin', CONTENT)
      })
      after(async () => {
        await lab?.stop()
        await ours?.[Symbol.asyncDispose]()
      })

      it('sends to us and takes from us, from one address', async () => {
        const { host, port, user, password } = lab
        await using their = new FtpClient({ host, port, user, password })
        await using mine = new FtpClient({ ...ours.at(), user: USER, password: PASSWORD })
        await fxp(their, 'there.bin', mine, 'here.bin')
        assert.deepEqual(await readFile(join(ours.home(USER), 'here.bin')), CONTENT)
        await fxp(mine, 'here.bin', their, 'back.bin')
        assert.deepEqual(await readFile(join(lab.files, 'back.bin')), CONTENT)
      })
    })
  }
})
