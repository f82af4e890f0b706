import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { FtpServer, loadCertificate, type UserRecord } from '@portolan/server'
import { parseSettings } from '@portolan/settings'
import { announcement, dial, listen, passive } from './support/data-way.ts'
import { Dialogue } from './support/dialogue.ts'
import { type Embedded, PASSWORD, startEmbedded } from './support/embedded.ts'
import { freePorts } from './support/ports.ts'
import { makeScratch } from './support/scratch.ts'
import { begin, get, put } from './support/transfers.ts'
import { until } from './support/within.ts'

/** More than two sockets hold: a download of it runs until its client reads. */
const LARGE = 16 * 1024 * 1024
const HOME = '127.0.0.2'
const ELSEWHERE = '127.0.0.3'

async function logIn(server: Embedded, user = 'alice', from = '127.0.0.1'): Promise<Dialogue> {
  const dialogue = await Dialogue.begin({ ...server.at(), from })
  await dialogue.logIn(user, PASSWORD)
  await dialogue.ask('TYPE I', 200)
  return dialogue
}

/** The name of the only session of a user. */
async function sessionOf({ server }: Embedded, user = 'alice'): Promise<string> {
  const found = (await server.sessions()).filter(session => session.user === user)
  assert.equal(found.length, 1)
  return found[0]?.session ?? ''
}

for (const processes of [false, true]) {
  const where = processes ? 'in two workers' : 'in one process'
  const settings = { server: { workers: 2 }, tls: { selfSigned: true } }

  describe(`an administrator who looks ${where}`, { concurrency: 2 }, () => {
    it('at a session sees what was said and done, and no password', async () => {
      await using server = await startEmbedded({
        processes,
        settings: { ...settings, userClasses: [{ name: 'near', from: '127.0.0.0/8' }] },
      })
      await using dialogue = await Dialogue.begin(server.at())
      await dialogue.secure('TLSv1.3')
      await dialogue.ask('CLNT tester 1.0', 200)
      await dialogue.logIn('alice', PASSWORD)
      await dialogue.ask(`ACCT ${PASSWORD}`, 202)
      await dialogue.ask('MKD inner', 257)
      await dialogue.ask('CWD inner', 250)
      await put(dialogue, 'STOR a.bin', 'twelve bytes')
      await get(dialogue, 'RETR a.bin')
      const { port } = await passive(dialogue, 'PASV')
      const detail = await server.server.session(await sessionOf(server))
      assert.ok(detail)
      assert.equal(JSON.stringify(detail).includes(PASSWORD), false)
      const said = detail.dialogue.map(({ from, text }) => `${from}: ${text}`)
      for (const line of ['client: USER alice', 'client: PASS ***', 'client: ACCT ***', 'client: PASV']) {
        assert.ok(said.includes(line), `${line} in\n${said.join('\n')}`)
      }
      assert.match(said[0] ?? '', /^server: 220 /)
      assert.match(said.at(-1) ?? '', /^server: 227 /)
      assert.equal(detail.client, 'tester 1.0')
      assert.equal(detail.folder, '/inner')
      assert.equal(detail.home, server.home('alice'))
      assert.equal(detail.userClass, 'near')
      assert.ok(detail.userClassBecause)
      assert.equal(detail.tlsProtocol, 'TLSv1.3')
      assert.equal(detail.agreed?.mode, 'passive')
      assert.equal(detail.agreed.endpoint, `127.0.0.1:${port}`)
      assert.deepEqual(
        detail.dataConnections.map(one => [one.command, one.direction, one.bytes, one.ended?.verdict]),
        [
          ['RETR', 'download', 12, 'complete'],
          ['STOR', 'upload', 12, 'complete'],
        ],
      )
      for (const one of detail.dataConnections) {
        assert.equal(one.user, 'alice')
        assert.equal(one.session, detail.session)
        assert.match(one.local, /^127\.0\.0\.1:\d+$/)
      }
      assert.equal(await server.server.session('9-9'), undefined)
      await dialogue.quit()
    })

    it('at transfers that run sees them grow, and through which ports they go', async () => {
      await using server = await startEmbedded({ processes, settings })
      await using uploading = await logIn(server, 'alice')
      await using downloading = await logIn(server, 'bob')
      await using waiting = await logIn(server, 'carol', HOME)
      await writeFile(join(server.home('bob'), 'large.bin'), Buffer.alloc(LARGE))
      await using upload = await begin(uploading, 'STOR up.bin')
      await using download = await begin(downloading, 'RETR large.bin', 'PORT')
      const reserved = await passive(waiting)
      await upload.write(Buffer.alloc(1_000))
      const open = async (user: string) =>
        (await server.server.dataConnections()).find(one => one.user === user)
      await until(async () => ((await open('alice'))?.bytes ?? 0) === 1_000 || 'nothing has come')
      await upload.write(Buffer.alloc(500))
      await until(async () => ((await open('alice'))?.bytes ?? 0) === 1_500 || 'no more has come')
      const sent = await open('bob')
      assert.deepEqual(
        [sent?.mode, sent?.direction, sent?.size, sent?.ended, sent?.path],
        ['active', 'download', LARGE, undefined, '/large.bin'],
      )
      const received = await open('alice')
      const usedPort = Number(received?.local.split(':')[1])
      const { passive: doors, active } = await server.server.ports()
      const sessions = [await sessionOf(server, 'alice')]
      // Another address may be given the port that is in use: the doorway is shared.
      const expected =
        usedPort === reserved.port
          ? [{ port: usedPort, state: 'in-use', waitingFor: [HOME], sessions }]
          : [
              { port: usedPort, state: 'in-use', waitingFor: [], sessions },
              { port: reserved.port, state: 'reserved', waitingFor: [HOME], sessions: [] },
            ].toSorted((a, b) => a.port - b.port)
      assert.deepEqual(
        doors?.ports.filter(({ state }) => state !== 'resting'),
        expected,
      )
      assert.equal(doors.numberOfPorts, 16)
      assert.deepEqual(
        active?.ports.map(({ sessions }) => sessions),
        [[await sessionOf(server, 'bob')]],
      )
      const listed = (await server.server.sessions()).find(({ user }) => user === 'bob')
      assert.deepEqual(
        [listed?.transfer?.direction, listed?.transfer?.mode, listed?.transfer?.size, listed?.userClass],
        ['download', 'active', LARGE, 'default'],
      )
      assert.ok((await server.server.figures()).received >= 1_500)

      upload.end()
      await uploading.expect(226)
      assert.equal(await download.readCount(), LARGE)
      await downloading.expect(226)
      // A reply overtakes what the worker tells of its data connections.
      await until(
        async () => (await server.server.dataConnections()).length === 0 || 'a data connection is told of',
      )
      const { sent: bytesSent, received: bytesReceived } = await server.server.figures()
      assert.deepEqual([bytesSent, bytesReceived], [LARGE, 1_500])
    })
  })
}

it('bytes that a worker told of stay counted when it dies', async () => {
  await using server = await startEmbedded({ processes: true, settings: { server: { workers: 2 } } })
  await using dialogue = await logIn(server)
  await put(dialogue, 'STOR a.bin', Buffer.alloc(5_000))
  assert.equal((await server.server.figures()).received, 5_000)
  const worker = Number((await sessionOf(server)).split('-')[0])
  const { pid } = await server.events.wait('worker-started', event => event.worker === worker)
  process.kill(pid, 'SIGKILL')
  await server.events.wait('worker-started', event => event.worker === worker && event.pid !== pid)
  assert.equal((await server.server.figures()).received, 5_000)
  await using again = await logIn(server)
  await put(again, 'STOR b.bin', Buffer.alloc(100))
  assert.equal((await server.server.figures()).received, 5_100)
})

describe('a ban that is set', { concurrency: 2 }, () => {
  const startOpen = () => startEmbedded({ settings: { bans: { exempt: [] } } })

  it('keeps a network out, and ends no session until it is told to', async () => {
    await using server = await startOpen()
    await using inside = await logIn(server, 'alice', HOME)
    await using outside = await logIn(server, 'bob', '127.0.1.1')
    server.server.ban({ kind: 'address', value: '127.0.0.0/24', until: Date.now() + 60_000 })
    await using refused = await Dialogue.open({ ...server.at(), from: ELSEWHERE })
    await refused.expect(421, /Refused for (60|59|[1-5]\d) more seconds/)
    await inside.ask('NOOP', 200)
    assert.equal(await server.server.kickAddress('127.0.0.0/24'), 1)
    await inside.expect(421, /administrator/)
    await outside.ask('NOOP', 200)
    assert.deepEqual(
      server.server.bans().map(({ kind, value }) => `${kind} ${value}`),
      ['address 127.0.0.0/24'],
    )
    assert.equal(server.server.liftBan('address', '127.0.0.0/24'), true)
    assert.equal(server.server.liftBan('address', '127.0.0.0/24'), false)
    await using again = await logIn(server, 'alice', HOME)
    await again.quit()
    await outside.quit()
    await assert.rejects(server.server.kickAddress('nonsense'), { code: 'CHANNEL_SETTING' })
    assert.throws(() => server.server.ban({ kind: 'address', value: 'nonsense' }), {
      code: 'CHANNEL_SETTING',
    })
  })

  it('keeps a user out wherever the user comes from, and nobody else', async () => {
    await using server = await startOpen()
    await using first = await logIn(server, 'alice', HOME)
    await using second = await logIn(server, 'alice', ELSEWHERE)
    await using bob = await logIn(server, 'bob', HOME)
    server.server.ban({ kind: 'user', value: 'alice' })
    assert.equal(await server.server.kickUser('alice'), 2)
    for (const dialogue of [first, second]) await dialogue.expect(421)
    await bob.ask('NOOP', 200)
    await using again = await Dialogue.begin({ ...server.at(), from: HOME })
    await again.ask('USER alice', 331)
    await again.ask(`PASS ${PASSWORD}`, 421, /may not log in/)
    server.server.liftBan('user', 'alice')
    await using allowed = await logIn(server, 'alice', HOME)
    await allowed.quit()
  })

  it('that wrong passwords made is told of with its kind, can be seen and lifted', async () => {
    await using server = await startEmbedded({
      settings: {
        bans: { attempts: 100, attemptsPerUser: 2, exempt: [], delay: { first: '0s', ceiling: '0s' } },
      },
    })
    for (let count = 0; count < 2; count += 1) {
      await using dialogue = await Dialogue.begin({ ...server.at(), from: HOME })
      await dialogue.ask('USER alice', 331)
      await dialogue.ask('PASS wrong', 530)
    }
    const banned = await server.events.wait('banned')
    assert.deepEqual([banned.kind, banned.value, banned.address], ['user', 'alice', HOME])
    assert.deepEqual(server.server.bans(), [{ kind: 'user', value: 'alice', until: banned.until }])
    await using refused = await Dialogue.begin({ ...server.at(), from: ELSEWHERE })
    await refused.ask('USER alice', 331)
    await refused.ask(`PASS ${PASSWORD}`, 421)
    assert.equal(server.server.liftBan('user', 'alice'), true)
    await using again = await logIn(server, 'alice', ELSEWHERE)
    await again.quit()
  })
})

it('a password that changed elsewhere is the old one until its login is forgotten', async () => {
  await using host = await makeScratch()
  const [record] = parseSettings({ users: [{ name: 'alice', home: host.path }] }).users
  let user: UserRecord | undefined = record
  let right = 'old'
  await using server = new FtpServer(
    {
      listeners: [{ host: '127.0.0.1', port: 0 }],
      passive: await freePorts(1),
      bans: { delay: { first: '0s', ceiling: '0s' } },
    },
    {
      authenticator: {
        requiresTls: async () => false,
        authenticate: async ({ password }) => (password === right ? user : undefined),
      },
    },
  )
  await server.start()
  const [listener] = server.addresses
  assert.ok(listener)
  const answer = async (password: string) => {
    await using dialogue = await Dialogue.begin(listener)
    await dialogue.ask('USER alice', 331)
    return (await dialogue.ask(`PASS ${password}`)).code
  }
  assert.equal(await answer('old'), 230)
  right = 'new'
  assert.deepEqual([await answer('old'), await answer('new')], [230, 230])
  server.forgetLogins('bob')
  assert.equal(await answer('old'), 230)
  server.forgetLogins('alice')
  assert.deepEqual([await answer('old'), await answer('new')], [530, 230])
  user = record && { ...record, enabled: false }
  assert.equal(await answer('new'), 230)
  server.forgetLogins()
  assert.equal(await answer('new'), 530)
})

it('a ban that is set before the start is in force from the first connection on', async () => {
  await using server = new FtpServer({
    listeners: [{ host: '127.0.0.1', port: 0 }],
    bans: { exempt: [] },
    passive: await freePorts(1),
  })
  server.ban({ kind: 'address', value: HOME })
  await server.start()
  const [listener] = server.addresses
  assert.ok(listener)
  await using refused = await Dialogue.open({ ...listener, from: HOME })
  await refused.expect(421, /may not log in from 127\.0\.0\.2/)
  await using other = await Dialogue.begin({ ...listener, from: ELSEWHERE })
  await other.quit()
})

describe('a certificate from elsewhere', () => {
  const make = async () => {
    const made = await loadCertificate(parseSettings({ tls: { selfSigned: true } }))
    assert.ok(made)
    return made
  }
  const fingerprint = (pem: string) => new X509Certificate(pem).fingerprint256

  it('comes before that of the settings, at the start and at each reload, and its key is not told', async () => {
    const [first, second] = [await make(), await make()]
    let given: typeof first | undefined = first
    const passivePorts = await freePorts(2)
    const settings = {
      listeners: [{ host: '127.0.0.1', port: 0 }],
      passive: passivePorts,
      tls: { selfSigned: true },
    }
    await using server = new FtpServer(settings, { certificate: async () => given })
    assert.equal(server.certificate(), undefined)
    await server.start()
    const [listener] = server.addresses
    assert.ok(listener)
    const shown = async () => {
      await using dialogue = await Dialogue.begin(listener)
      await dialogue.secure('TLSv1.3')
      return dialogue.tls?.getPeerX509Certificate()?.fingerprint256
    }
    assert.equal(await shown(), fingerprint(first.cert))
    assert.deepEqual(server.certificate(), { cert: first.cert })
    given = second
    await server.reload(settings)
    assert.equal(await shown(), fingerprint(second.cert))
    given = { cert: first.cert, key: second.key }
    await assert.rejects(server.reload(settings), { code: 'SERVER_CERTIFICATE' })
    assert.equal(await shown(), fingerprint(second.cert))
    given = undefined
    await server.reload(settings)
    const own = await shown()
    assert.ok(own !== undefined && own !== fingerprint(first.cert) && own !== fingerprint(second.cert))
    assert.equal(own, fingerprint(server.certificate()?.cert ?? ''))
  })
})

it('a session whose client broke its data connections off keeps twenty of them, the newest first', async () => {
  await using server = await startEmbedded()
  await using dialogue = await logIn(server)
  for (let count = 0; count < 23; count += 1) await put(dialogue, `STOR ${count}.bin`, 'x')
  const port = await passive(dialogue)
  await using link = await dial(port, dialogue.from)
  await dialogue.ask('STOR broken.bin', 150)
  link.reset()
  await dialogue.expect(426)
  await using active = await listen(dialogue)
  await dialogue.ask(announcement('PORT', active), 200)
  const detail = await server.server.session(await sessionOf(server))
  assert.equal(detail?.dataConnections.length, 20)
  assert.deepEqual(
    detail.dataConnections.slice(0, 2).map(one => [one.path, one.ended?.verdict]),
    [
      ['/broken.bin', 'broken'],
      ['/22.bin', 'complete'],
    ],
  )
  assert.match(detail.dataConnections[0]?.ended?.text ?? '', /broken/)
  assert.deepEqual([detail.agreed?.mode, detail.agreed?.endpoint], ['active', `127.0.0.1:${active.port}`])
})
