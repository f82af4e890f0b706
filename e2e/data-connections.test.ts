import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { announcement, dial, listen, type PassivePort, passive } from './support/data-way.ts'
import { Dialogue } from './support/dialogue.ts'
import { type Embedded, PASSWORD } from './support/embedded.ts'
import { client, logIn, startImpatient } from './support/impatient.ts'
import { ALICE, startPortolan } from './support/portolan.ts'
import { get, put } from './support/transfers.ts'
import { until } from './support/within.ts'

/** More than two sockets hold: a download of it runs until its client reads. */
const LARGE = 12 * 1024 * 1024

const reserved = (server: Embedded, count: number) =>
  until(async () => {
    const { passive } = await server.server.figures()
    return passive.reserved === count || `${passive.reserved} ports are reserved, not ${count}`
  })

describe('one passive port and many clients', () => {
  it('serves 60 clients at 60 addresses that download at the same moment', async () => {
    await using server = await startPortolan({ passivePorts: 1 })
    const content = randomBytes(LARGE)
    await writeFile(join(server.folder, 'large.bin'), content)
    const hash = createHash('sha256').update(content).digest('hex')
    const { host, port } = server.listener()
    await using stack = new AsyncDisposableStack()

    const sessions = await Promise.all(
      Array.from({ length: 60 }, async (_, number) => {
        const dialogue = stack.use(await Dialogue.begin({ host, port, from: client(number) }))
        await dialogue.logIn(ALICE.name, ALICE.password)
        await dialogue.ask('TYPE I', 200)
        const offer = await passive(dialogue, number % 2 === 0 ? 'EPSV' : 'PASV')
        return { dialogue, offer }
      }),
    )
    assert.deepEqual(new Set(sessions.map(({ offer }) => offer.port)), new Set([server.passive.basePort]))

    const running = await Promise.all(
      sessions.map(async ({ dialogue, offer }) => {
        const link = stack.use(await dial(offer, dialogue.from))
        await dialogue.ask('RETR large.bin', 150)
        return { dialogue, link }
      }),
    )
    await server.log.wait(
      () => server.log.lines.filter(({ event }) => event === 'transfer-started').length === 60,
    )
    assert.equal(server.log.lines.filter(({ event }) => event === 'transfer-ended').length, 0)
    const hashes = await Promise.all(
      running.map(async ({ dialogue, link }) => {
        const got = await link.readHash(30_000)
        await dialogue.expect(226)
        return got
      }),
    )
    assert.deepEqual(new Set(hashes), new Set([hash]))
    await Promise.all(running.map(({ dialogue }) => dialogue.quit()))
  })

  it('keeps the uploads of 30 clients apart, half of them under TLS', async () => {
    await using server = await startImpatient(
      {},
      { passivePorts: 1, settings: { tls: { selfSigned: true } } },
    )
    await Promise.all(
      Array.from({ length: 30 }, async (_, number) => {
        await using dialogue = await Dialogue.begin({ ...server.at(), from: client(number) })
        if (number % 2 === 0) await dialogue.secure(number % 4 === 0 ? 'TLSv1.2' : 'TLSv1.3')
        await dialogue.logIn('alice', PASSWORD)
        await dialogue.ask('TYPE I', 200)
        const content = randomBytes(100_000)
        await put(dialogue, `STOR ${number}.bin`, content)
        assert.deepEqual(await get(dialogue, `RETR ${number}.bin`), content)
        await dialogue.quit()
      }),
    )
  })
})

describe('one passive port and two sessions of one client', { concurrency: 4 }, () => {
  it('makes the second wait until the first has come', async () => {
    await using server = await startImpatient(
      { waitTimeout: '20s', acceptTimeout: '20s' },
      { passivePorts: 1 },
    )
    await using first = await logIn(server, client(0))
    await using second = await logIn(server, client(0))
    const offer = await passive(first)
    second.line('EPSV')
    await until(async () => (await server.server.figures()).passive.waiting === 1 || 'nobody waits')
    await using link = await dial(offer, first.from)
    const granted = await second.expect(229)
    assert.match(granted.text, new RegExp(`\\|${offer.port}\\|`))
    await using other = await dial(offer, second.from)
    // Each connection belongs to the session that was promised it, in the order of the promises.
    await writeFile(join(server.home('alice'), 'a.txt'), 'a')
    await writeFile(join(server.home('alice'), 'b.txt'), 'b')
    await second.ask('RETR b.txt', 150)
    await first.ask('RETR a.txt', 150)
    assert.equal((await link.readAll()).toString(), 'a')
    assert.equal((await other.readAll()).toString(), 'b')
    await Promise.all([first.expect(226), second.expect(226)])
  })

  it('answers the second 425 in words within the bound, and the session goes on', async () => {
    await using server = await startImpatient(
      { waitTimeout: '1s', acceptTimeout: '20s' },
      { passivePorts: 1 },
    )
    await using first = await logIn(server, client(0))
    await using second = await logIn(server, client(0))
    const offer = await passive(first)
    const asked = performance.now()
    const refusal = await second.ask('EPSV', 425)
    const waited = performance.now() - asked
    assert.match(refusal.text, new RegExp(`${offer.port}.*1 second`))
    assert.ok(waited > 900 && waited < 8_000, `${waited} ms`)
    await using link = await dial(offer, first.from)
    await first.ask('NLST', 150)
    await link.readAll()
    await first.expect(226)
    assert.deepEqual(await get(second, 'NLST').then(String), '')
    assert.equal((await server.server.figures()).passive.refused, 1)
  })

  it('gives the second the port when the session of the first ends', async () => {
    await using server = await startImpatient(
      { waitTimeout: '20s', acceptTimeout: '20s' },
      { passivePorts: 1 },
    )
    await using first = await logIn(server, client(0))
    await using second = await logIn(server, client(0))
    await passive(first)
    second.line('EPSV')
    await until(async () => (await server.server.figures()).passive.waiting === 1 || 'nobody waits')
    first.reset()
    await second.expect(229)
    assert.deepEqual(await get(second, 'NLST').then(String), '')
  })

  it('forgets a session that ends while it waits', async () => {
    await using server = await startImpatient(
      { waitTimeout: '20s', acceptTimeout: '20s' },
      { passivePorts: 1 },
    )
    await using first = await logIn(server, client(0))
    await using second = await logIn(server, client(0))
    await using third = await logIn(server, client(0))
    const offer = await passive(first)
    second.line('EPSV')
    await until(async () => (await server.server.figures()).passive.waiting === 1 || 'nobody waits')
    third.line('EPSV')
    await until(async () => (await server.server.figures()).passive.waiting === 2 || 'one waits')
    second.reset()
    await until(async () => (await server.server.figures()).passive.waiting === 1 || 'two wait')
    await using link = await dial(offer, first.from)
    await third.expect(229)
    await first.ask('NLST', 150)
    await link.readAll()
    await first.expect(226)
  })
})

describe('a stranger', { concurrency: 4 }, () => {
  it('is sent away and counted, and the client is served', async () => {
    await using server = await startImpatient({}, { passivePorts: 1 })
    await using dialogue = await logIn(server, client(0))
    const offer = await passive(dialogue)
    await sentAway(offer, client(1))
    await using link = await dial(offer, dialogue.from)
    await dialogue.ask('NLST', 150)
    assert.equal((await link.readAll()).toString(), '')
    await dialogue.expect(226)
    assert.equal((await server.server.figures()).passive.strangers, 1)
  })

  it('who came instead of the client is named in the 425', async () => {
    await using server = await startImpatient({}, { passivePorts: 1 })
    await using dialogue = await logIn(server, client(0))
    const offer = await passive(dialogue)
    dialogue.line('NLST')
    await sentAway(offer, client(1))
    const { text } = await dialogue.expect(425)
    assert.match(text, new RegExp(`port ${offer.port} within 1 second`))
    assert.match(text, new RegExp(`${client(1)} came instead of ${client(0)}`))
  })

  it('who comes although nobody is expected is sent away', async () => {
    await using server = await startImpatient({}, { passivePorts: 1 })
    const offer: PassivePort = { host: '127.0.0.1', port: server.passive.basePort }
    await sentAway(offer, client(0))
  })

  it('who dials the port of a client that has come already is sent away', async () => {
    await using server = await startImpatient({}, { passivePorts: 1 })
    await using dialogue = await logIn(server, client(0))
    const offer = await passive(dialogue)
    await using link = await dial(offer, dialogue.from)
    await sentAway(offer, dialogue.from)
    await dialogue.ask('NLST', 150)
    await link.readAll()
    await dialogue.expect(226)
  })
})

describe('a passive port', { concurrency: 4 }, () => {
  it('to which nobody comes is told with its number and the seconds, and is free again', async () => {
    await using server = await startImpatient()
    await using dialogue = await logIn(server, client(0))
    const { port } = await passive(dialogue)
    const { text } = await dialogue.ask('RETR x', 550).then(() => dialogue.ask('NLST', 425))
    assert.match(text, new RegExp(`nobody came to port ${port} within 1 second`))
    await reserved(server, 0)
    assert.deepEqual(await get(dialogue, 'NLST').then(String), '')
  })

  it('is reserved once per session, however often the client asks', async () => {
    await using server = await startImpatient({ acceptTimeout: '20s' })
    await using dialogue = await logIn(server, client(0))
    for (let round = 0; round < 40; round += 1) await passive(dialogue, round % 2 === 0 ? 'PASV' : 'EPSV')
    assert.equal((await server.server.figures()).passive.reserved, 1)
    assert.deepEqual(await get(dialogue, 'NLST').then(String), '')
    await reserved(server, 0)
  })

  const releases: readonly { how: string; end(dialogue: Dialogue): unknown }[] = [
    { how: 'QUIT', end: dialogue => dialogue.quit() },
    { how: 'a reset control connection', end: dialogue => dialogue.reset() },
    { how: 'a control connection that just ends', end: dialogue => dialogue.endTcp() },
    { how: 'ABOR', end: dialogue => dialogue.ask('ABOR', 226) },
    { how: 'REIN', end: dialogue => dialogue.ask('REIN', 220) },
    {
      how: 'PORT',
      end: async dialogue => {
        await using port = await listen(dialogue)
        await dialogue.ask(announcement('PORT', port), 200)
      },
    },
    { how: 'a client that never comes', end: () => {} },
  ]
  for (const { how, end } of releases) {
    it(`is free again after ${how}`, async () => {
      await using server = await startImpatient({ acceptTimeout: how.includes('never') ? '1s' : '60s' })
      await using dialogue = await logIn(server, client(0))
      await passive(dialogue)
      assert.equal((await server.server.figures()).passive.reserved, 1)
      await end(dialogue)
      await reserved(server, 0)
    })
  }

  it('takes a client that comes before the command, and one that comes after it', async () => {
    await using server = await startImpatient()
    await using dialogue = await logIn(server, client(0))
    await writeFile(join(server.home('alice'), 'a.txt'), 'a')
    const early = await passive(dialogue)
    await using first = await dial(early, dialogue.from)
    await dialogue.ask('RETR a.txt', 150)
    assert.equal((await first.readAll()).toString(), 'a')
    await dialogue.expect(226)
    const late = await passive(dialogue)
    dialogue.line('RETR a.txt')
    await dialogue.ask('NOOP', 200)
    await using second = await dial(late, dialogue.from)
    await dialogue.expect(150)
    assert.equal((await second.readAll()).toString(), 'a')
    await dialogue.expect(226)
  })

  it('is never one outside of the range', async () => {
    await using server = await startImpatient({}, { passivePorts: 4 })
    const { basePort, numberOfPorts } = server.passive
    const dialogues = await Promise.all(Array.from({ length: 4 }, () => logIn(server, client(0))))
    const ports = (await Promise.all(dialogues.map(dialogue => passive(dialogue)))).map(({ port }) => port)
    assert.deepEqual(
      ports.toSorted((a, b) => a - b),
      Array.from({ length: numberOfPorts }, (_, index) => basePort + index),
    )
    for (const dialogue of dialogues) await dialogue[Symbol.asyncDispose]()
  })

  it('is kept for one session alone when sharing is exclusive', async () => {
    await using server = await startImpatient(
      { sharing: 'exclusive', acceptTimeout: '20s' },
      { passivePorts: 1 },
    )
    await using first = await logIn(server, client(0))
    await using second = await logIn(server, client(1))
    const offer = await passive(first)
    const refusal = await second.ask('EPSV', 425)
    assert.match(refusal.text, /all passive ports/)
    second.line('EPSV')
    await using link = await dial(offer, first.from)
    await second.expect(229)
    await first.ask('NLST', 150)
    await link.readAll()
    await first.expect(226)
  })
})

/** A reset may come so soon that connecting fails with it. */
async function sentAway(offer: PassivePort, from: string): Promise<void> {
  const how = await dial(offer, from).then(
    async link => {
      await using stranger = link
      return await stranger.drain()
    },
    (error: NodeJS.ErrnoException) => error.code,
  )
  assert.ok(how === 'reset' || how === 'ECONNRESET', `the stranger saw ${how}`)
}
