import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile, readlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { dial, type PassivePort, passive } from './support/data-way.ts'
import { Dialogue } from './support/dialogue.ts'
import { type Embedded, PASSWORD, startEmbedded } from './support/embedded.ts'
import { ALICE, type Portolan, startPortolan } from './support/portolan.ts'
import { freePorts } from './support/ports.ts'
import { mustSucceed, runProgram } from './support/programs.ts'
import { makeScratch } from './support/scratch.ts'
import { begin, get, put } from './support/transfers.ts'
import { until } from './support/within.ts'

/** More than two sockets hold: a download of it runs until its client reads. */
const LARGE = 16 * 1024 * 1024
const CONTENT = randomBytes(100_000)

/** The settings file of a server: it stands in the folder where the server was started. */
const settingsFile = async ({ pid }: Portolan): Promise<string> =>
  join(await readlink(`/proc/${pid}/cwd`), 'portolan.yaml')

/** Changes the settings file and sends SIGHUP. Resolves when the log has told what came of it. */
async function reload(server: Portolan, text: string, event: 'reloaded' | 'reload-failed'): Promise<void> {
  await writeFile(await settingsFile(server), text)
  const before = server.log.lines.length
  server.signal('SIGHUP')
  await server.log.wait(line => line.event === event && server.log.lines.indexOf(line) >= before)
}

async function makeCertificate(folder: string, name: string): Promise<{ cert: string; key: string }> {
  const cert = join(folder, 'cert.pem')
  const key = join(folder, 'key.pem')
  const args = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ]
  mustSucceed(
    'openssl',
    await runProgram('openssl', [...args, '-subj', `/CN=${name}`, '-keyout', key, '-out', cert]),
  )
  return { cert, key }
}

const commonName = (dialogue: Dialogue): unknown => dialogue.tls?.getPeerCertificate().subject.CN

describe('SIGHUP', { concurrency: 3 }, () => {
  it('puts a new settings file and a new certificate in force, and no running transfer notices', async () => {
    await using scratch = await makeScratch()
    const { cert, key } = await makeCertificate(scratch.path, 'first')
    await using server = await startPortolan({
      flags: ['--tls-cert', cert, '--tls-key', key, '--workers', '2'],
    })
    await writeFile(join(server.folder, 'large.bin'), Buffer.alloc(LARGE))
    const at = server.listener()
    const target = { host: at.host, port: at.port }
    await using old = await Dialogue.begin(target)
    await old.secure('TLSv1.3')
    await old.logIn(ALICE.name, ALICE.password)
    await old.ask('TYPE I', 200)
    await using download = await begin(old, 'RETR large.bin')
    await using uploading = await Dialogue.begin(target)
    await uploading.logIn(ALICE.name, ALICE.password)
    await uploading.ask('TYPE I', 200)
    await using upload = await begin(uploading, 'STOR up.bin')
    await upload.write(CONTENT.subarray(0, 1000))

    await makeCertificate(scratch.path, 'second')
    const settings = { log: { format: 'json', level: 'debug' }, messages: { greeting: 'A new greeting.' } }
    await reload(server, JSON.stringify(settings), 'reloaded')

    await using fresh = await Dialogue.open(target)
    await fresh.expect(220, /A new greeting/)
    await fresh.secure('TLSv1.3')
    assert.equal(commonName(fresh), 'second')
    assert.equal(commonName(old), 'first')
    await fresh.logIn(ALICE.name, ALICE.password)
    await put(fresh, 'STOR fresh.bin', CONTENT)

    await upload.write(CONTENT.subarray(1000))
    upload.end()
    await uploading.expect(226)
    assert.deepEqual(await readFile(join(server.folder, 'up.bin')), CONTENT)
    assert.equal(await download.readCount(), LARGE)
    await old.expect(226)
    // The old session goes on, with new data connections of its own TLS session.
    assert.deepEqual(await get(old, 'RETR up.bin'), CONTENT)
    await Promise.all([old.quit(), fresh.quit(), uploading.quit()])
  })

  it('with a mistake in the file changes nothing, and tells the line', async () => {
    await using server = await startPortolan()
    const at = server.listener()
    await reload(server, 'log: { format: json, level: debug }\ntimeouts:\n  idel: 5m\n', 'reload-failed')
    await server.log.wait(({ msg }) => /old settings stay in force/.test(String(msg)))
    const told = server.log.lines.filter(({ event }) => event === 'reload-failed').map(({ msg }) => msg)
    assert.match(told.join('\n'), /portolan\.yaml:3.*idel/)
    await using dialogue = await Dialogue.begin({ host: at.host, port: at.port })
    await dialogue.logIn(ALICE.name, ALICE.password)
    await put(dialogue, 'STOR still.bin', CONTENT)
    await dialogue.quit()
  })

  it('ten times in a row ends in the last settings', async () => {
    await using server = await startPortolan({ flags: ['--workers', '2'] })
    const at = server.listener()
    const file = await settingsFile(server)
    for (let round = 0; round < 10; round += 1) {
      await writeFile(
        file,
        JSON.stringify({
          log: { format: 'json', level: 'debug' },
          messages: { greeting: `Round ${round}.` },
        }),
      )
      server.signal('SIGHUP')
    }
    const greets = async () => {
      await using dialogue = await Dialogue.open({ host: at.host, port: at.port })
      return (await dialogue.reply()).text
    }
    for (let tries = 0; (await greets()) !== 'Round 9.'; tries += 1) {
      assert.ok(tries < 500, await greets())
    }
  })
})

describe('a reload', { concurrency: 3 }, () => {
  const logIn = async (server: Embedded, name?: string) => {
    const dialogue = await Dialogue.begin(server.at(name))
    await dialogue.logIn('alice', PASSWORD)
    await dialogue.ask('TYPE I', 200)
    return dialogue
  }

  const portWarnings = ({ events }: Embedded) =>
    events.of('warning').flatMap(({ code, text }) => (code === 'worker' ? text : []))

  for (const processes of [false, true]) {
    const where = processes ? 'two workers' : 'one process'
    it(`moves the passive ports while transfers run (${where})`, async () => {
      await using server = await startEmbedded({
        processes,
        settings: { server: { workers: 2 }, timeouts: { shutdown: '1s' }, passive: { acceptTimeout: '2s' } },
      })
      await using downloading = await logIn(server)
      await using uploading = await logIn(server)
      await using promised = await logIn(server)
      await writeFile(join(server.home('alice'), 'large.bin'), Buffer.alloc(LARGE))
      await using download = await begin(downloading, 'RETR large.bin')
      await using upload = await begin(uploading, 'STOR up.bin')
      await upload.write(CONTENT.subarray(0, 1000))
      const stale = await passive(promised)

      const range = await freePorts(4)
      await server.server.reload({ ...server.settings, passive: { ...server.settings.passive, ...range } })
      const isInside = (port: number) => port >= range.basePort && port < range.basePort + 4

      assert.ok(isInside((await passive(promised)).port), 'a new port')
      await dial(stale, promised.from).then(
        async link => {
          await using late = link
          assert.equal(await late.drain(), 'reset')
        },
        (error: NodeJS.ErrnoException) => assert.match(String(error.code), /ECONNREFUSED|ECONNRESET/),
      )
      assert.deepEqual(await get(promised, 'NLST').then(bytes => bytes.length > 0), true)

      await upload.write(CONTENT.subarray(1000))
      upload.end()
      await uploading.expect(226)
      assert.equal(await download.readCount(), LARGE)
      await downloading.expect(226)
      for (const dialogue of [downloading, uploading, promised]) {
        await put(dialogue, 'STOR after.bin', CONTENT)
        await dialogue.quit()
      }
      const { passive: figures } = await server.server.figures()
      assert.equal(figures.listening, 4)
      assert.equal(figures.reserved, 0)
    })
  }

  it('to a range that overlaps the old one', async () => {
    await using server = await startEmbedded({ passivePorts: 8 })
    await using dialogue = await logIn(server)
    const { basePort } = server.passive
    for (const range of [
      { basePort: basePort + 2, numberOfPorts: 6 },
      { basePort, numberOfPorts: 4 },
      { basePort, numberOfPorts: 8 },
    ]) {
      await server.server.reload({ ...server.settings, passive: { ...server.settings.passive, ...range } })
      const { passive: figures } = await server.server.figures()
      assert.equal(figures.listening, range.numberOfPorts)
      await put(dialogue, 'STOR x.bin', CONTENT)
    }
    await dialogue.quit()
  })

  for (const processes of [false, true]) {
    const where = processes ? 'two workers' : 'one process'
    it(`waits on the old ports for whom they were promised to, and hands out new ones (${where})`, async () => {
      await using server = await startEmbedded({ processes, settings: { server: { workers: 2 } } })
      await using stack = new AsyncDisposableStack()
      const dialogues: Dialogue[] = []
      for (let count = 0; count < 4; count += 1) dialogues.push(stack.use(await logIn(server)))
      const promised: PassivePort[] = []
      for (const dialogue of dialogues) promised.push(await passive(dialogue, 'PASV'))

      const range = await freePorts(4)
      await server.server.reload({ ...server.settings, passive: { ...server.settings.passive, ...range } })
      await using fresh = await logIn(server)
      const isInside = ({ port }: PassivePort) => port >= range.basePort && port < range.basePort + 4
      assert.ok(isInside(await passive(fresh, 'PASV')))
      await put(fresh, 'STOR f.bin', CONTENT)

      for (const [index, dialogue] of dialogues.entries()) {
        const port = promised[index]
        assert.ok(port && !isInside(port))
        await using link = await dial(port, dialogue.from)
        await dialogue.ask('RETR f.bin', 150)
        assert.deepEqual(await link.readAll(), CONTENT)
        await dialogue.expect(226)
        // Nobody is waited for there any more: the port is closed.
        await until(() =>
          dial(port, dialogue.from).then(
            () => 'the old port takes connections',
            (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED' || String(error.code),
          ),
        )
        assert.ok(isInside(await passive(dialogue, 'PASV')))
        await dialogue.quit()
      }
      const { ports } = (await server.server.ports()).passive ?? {}
      assert.deepEqual(
        ports?.filter(({ state }) => state === 'in-use' || state === 'failed'),
        [],
      )
    })
  }

  it('moves ports from worker to worker, and those that are promised once they were used', async () => {
    await using server = await startEmbedded({
      processes: true,
      passivePorts: 8,
      settings: { server: { workers: 2 }, passive: { waitTimeout: '10s' } },
    })
    await using stack = new AsyncDisposableStack()
    const { basePort } = server.passive
    const seats: { dialogue: Dialogue; port: PassivePort }[] = []
    // Two workers take turns: each has a session, and each has promised a port. That of the second has to move.
    for (let count = 0; count < 2; count += 1) {
      const dialogue = stack.use(await logIn(server))
      let port = await passive(dialogue)
      while (port.port >= basePort + 6) port = await passive(dialogue)
      seats.push({ dialogue, port })
    }
    const range = { basePort: basePort + 4, numberOfPorts: 4 }
    await server.server.reload({ ...server.settings, passive: { ...server.settings.passive, ...range } })
    const listening = async () => (await server.server.figures()).passive.listening
    assert.equal(await listening(), 3, 'all but the one that is promised')
    assert.deepEqual(portWarnings(server), [])
    await using fresh = await logIn(server)
    await put(fresh, 'STOR f.bin', CONTENT)
    for (const { dialogue, port } of seats) {
      await using link = await dial(port, dialogue.from)
      await dialogue.ask('RETR f.bin', 150)
      assert.deepEqual(await link.readAll(), CONTENT)
      await dialogue.expect(226)
    }
    // It has gone to where it belongs as soon as it was used.
    await until(async () => (await listening()) === 4 || 'a port is missing')
    for (const { dialogue } of seats) {
      for (const name of ['a', 'b']) await put(dialogue, `STOR ${name}.bin`, CONTENT)
      await dialogue.quit()
    }
    assert.deepEqual(portWarnings(server), [])
  })

  it('never closes a port that is in both ranges', async () => {
    await using server = await startEmbedded({ passivePorts: 8 })
    const { basePort } = server.passive
    await using dialogue = await logIn(server)
    let refused = 0
    let stop = false
    const knock = async () => {
      while (!stop) {
        await dial({ host: '127.0.0.1', port: basePort + 4 }, '127.0.0.9').then(
          link => link[Symbol.asyncDispose](),
          (error: NodeJS.ErrnoException) => {
            if (error.code === 'ECONNREFUSED') refused += 1
          },
        )
      }
    }
    const knocking = knock()
    for (let round = 0; round < 20; round += 1) {
      const range =
        round % 2 === 0
          ? { basePort: basePort + 4, numberOfPorts: 4 }
          : { basePort: basePort + 1, numberOfPorts: 5 }
      await server.server.reload({ ...server.settings, passive: { ...server.settings.passive, ...range } })
      await put(dialogue, 'STOR x.bin', CONTENT)
    }
    stop = true
    await knocking
    assert.equal(refused, 0)
    await dialogue.quit()
  })

  it('gives who waits for a port one of the new range', async () => {
    await using server = await startEmbedded({
      passivePorts: 1,
      settings: { passive: { waitTimeout: '30s' } },
    })
    await using first = await logIn(server)
    await using second = await logIn(server)
    const promised = await passive(first)
    second.line('EPSV')
    await until(async () => (await server.server.figures()).passive.waiting === 1 || 'nobody waits')
    const range = await freePorts(2)
    await server.server.reload({ ...server.settings, passive: { ...server.settings.passive, ...range } })
    const { text } = await second.expect(229)
    const port = Number(/\(\|\|\|(\d+)\|\)/.exec(text)?.[1])
    assert.ok(port >= range.basePort && port < range.basePort + 2)
    await using link = await dial(promised, first.from)
    await first.ask('NLST', 150)
    await link.readAll()
    await first.expect(226)
    for (const dialogue of [first, second]) {
      await put(dialogue, 'STOR x.bin', CONTENT)
      await dialogue.quit()
    }
  })

  it('that switches passive mode off keeps what was promised, and answers 425 in words to who waits', async () => {
    await using server = await startEmbedded({
      passivePorts: 1,
      settings: { passive: { waitTimeout: '30s' } },
    })
    await using first = await logIn(server)
    await using second = await logIn(server)
    const promised = await passive(first)
    second.line('EPSV')
    await until(async () => (await server.server.figures()).passive.waiting === 1 || 'nobody waits')
    await server.server.reload({
      ...server.settings,
      passive: { ...server.settings.passive, enabled: false },
    })
    await second.expect(425, /settings/)
    await using link = await dial(promised, first.from)
    await first.ask('NLST', 150)
    await link.readAll()
    await first.expect(226)
    await second.ask('EPSV', 502)
    await server.server.reload(server.settings)
    for (const dialogue of [first, second]) {
      await put(dialogue, 'STOR x.bin', CONTENT)
      await dialogue.quit()
    }
  })

  for (const processes of [false, true]) {
    const where = processes ? 'two workers' : 'one process'
    it(`whose passive ports the system refuses changes nothing at all (${where})`, async () => {
      await using server = await startEmbedded({
        processes,
        settings: {
          server: { workers: 2 },
          tls: { selfSigned: true },
          passive: { bind: ['127.0.0.1'] },
        },
      })
      const range = await freePorts(2)
      await using stack = new AsyncDisposableStack()
      for (const port of [range.basePort, range.basePort + 1]) {
        const taken = createServer().listen(port, '127.0.0.1')
        stack.defer(() => void taken.close())
        await once(taken, 'listening')
      }
      await using dialogue = await logIn(server)
      const promised = await passive(dialogue)
      const before = server.server.certificate()
      await assert.rejects(
        server.server.reload({
          ...server.settings,
          listeners: [{ host: '127.0.0.2', port: 0 }],
          passive: { ...server.settings.passive, ...range },
          messages: { greeting: 'No.' },
          bans: { exempt: [] },
        }),
        { code: 'SERVER_LISTEN', message: /refuses to listen on any of the passive ports/ },
      )
      assert.deepEqual(server.server.certificate(), before)
      assert.deepEqual(
        server.server.addresses.map(({ host }) => host),
        ['127.0.0.1'],
      )
      await using link = await dial(promised, dialogue.from)
      await dialogue.ask('NLST', 150)
      await link.readAll()
      await dialogue.expect(226)
      await using fresh = await Dialogue.open(server.at())
      await fresh.expect(220, /^Portolan ready/)
      assert.equal((await server.server.figures()).passive.listening, 16)
      await dialogue.quit()
    })
  }

  it('with single ports that the system refuses warns of them, and goes on', async () => {
    await using server = await startEmbedded()
    const range = await freePorts(2)
    const taken = createServer().listen(range.basePort, '127.0.0.1')
    await once(taken, 'listening')
    await server.server.reload({ ...server.settings, passive: { ...server.settings.passive, ...range } })
    taken.close()
    const [warning] = portWarnings(server)
    assert.match(warning ?? '', new RegExp(`passive port ${range.basePort} .*EADDRINUSE`))
    await using dialogue = await logIn(server)
    assert.equal((await passive(dialogue)).port, range.basePort + 1)
    await dialogue.quit()
  })

  it('to fewer passive ports than workers is refused in words', async () => {
    await using server = await startEmbedded({ processes: true, settings: { server: { workers: 2 } } })
    await assert.rejects(
      server.server.reload({
        ...server.settings,
        passive: { ...server.settings.passive, numberOfPorts: 1 },
      }),
      { code: 'SERVER_SETTING', message: /at least 2/ },
    )
    await using dialogue = await logIn(server)
    await put(dialogue, 'STOR x.bin', CONTENT)
    await dialogue.quit()
  })

  it('takes listeners and passive ports to another address of the same ports', async () => {
    const control = (await freePorts(1)).basePort
    await using server = await startEmbedded({
      settings: { listeners: [{ host: '127.0.0.1', port: control }] },
    })
    await using old = await logIn(server)
    const promised = await passive(old)
    await server.server.reload({ ...server.settings, listeners: [{ host: '0.0.0.0', port: control }] })
    await using dialogue = await Dialogue.begin({ host: '127.0.0.2', port: control })
    await dialogue.logIn('alice', PASSWORD)
    await dialogue.ask('TYPE I', 200)
    await put(dialogue, 'STOR x.bin', CONTENT)
    await using link = await dial(promised, old.from)
    await old.ask('RETR x.bin', 150)
    assert.deepEqual(await link.readAll(), CONTENT)
    await old.expect(226)
    await put(old, 'STOR y.bin', CONTENT)
    await until(async () => (await server.server.figures()).passive.listening === 16 || 'ports are missing')
    assert.deepEqual(portWarnings(server), [])
    await old.quit()
    await dialogue.quit()
  })

  it('that takes a listener away leaves the sessions that came through it', async () => {
    const listeners = [
      { name: 'kept', host: '127.0.0.1', port: 0, tls: 'optional' as const },
      { name: 'gone', host: '127.0.0.2', port: 0, tls: 'optional' as const },
    ]
    await using server = await startEmbedded({
      settings: { listeners, tls: { selfSigned: true }, passive: { bind: ['127.0.0.1', '127.0.0.2'] } },
    })
    const gone = server.at('gone')
    await using dialogue = await logIn(server, 'gone')
    await put(dialogue, 'STOR large.bin', Buffer.alloc(LARGE))
    await using download = await begin(dialogue, 'RETR large.bin')
    await server.server.reload({ ...server.settings, listeners: listeners.slice(0, 1) })
    await assert.rejects(Dialogue.open(gone), { code: 'ECONNREFUSED' })
    assert.equal(await download.readCount(), LARGE)
    await dialogue.expect(226)
    await dialogue.ask('PWD', 257)
    assert.deepEqual(await get(dialogue, 'NLST').then(String), 'large.bin\r\n')
    await dialogue.ask('STAT', 211)
    await dialogue.quit()
    assert.deepEqual(server.events.of('warning'), [])
  })

  it('that cannot have a new port changes nothing', async () => {
    await using server = await startEmbedded()
    await using other = await startEmbedded()
    const taken = other.at().port
    const wanted = {
      ...server.settings,
      listeners: [{ host: '127.0.0.1', port: taken }],
      passive: { ...server.settings.passive, ...(await freePorts(4)) },
      messages: { greeting: 'No.' },
    }
    await assert.rejects(server.server.reload(wanted), { code: 'SERVER_LISTEN' })
    assert.equal((await server.server.figures()).passive.listening, 16)
    await using dialogue = await Dialogue.open(server.at())
    await dialogue.expect(220, /^Portolan ready/)
    await dialogue.logIn('alice', PASSWORD)
    await put(dialogue, 'STOR x.bin', CONTENT)
    await dialogue.quit()
  })
})
