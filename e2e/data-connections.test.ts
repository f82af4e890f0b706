import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { announcement, dial, listen, type PassivePort, passive } from './support/data-way.ts'
import { Dialogue } from './support/dialogue.ts'
import {
  type Embedded,
  type EmbeddedOptions,
  PASSWORD,
  type PartialSettings,
  startEmbedded,
} from './support/embedded.ts'
import { ALICE, startPortolan } from './support/portolan.ts'
import { freePorts } from './support/ports.ts'
import { begin, get, put } from './support/transfers.ts'
import { until } from './support/within.ts'

/** More than two sockets hold: a download of it runs until its client reads. */
const LARGE = 12 * 1024 * 1024

/** Addresses of loopback, each a client of its own. */
const client = (number: number): string => `127.0.0.${number + 2}`

/** A server with short bounds. */
function start(passive: PartialSettings['passive'] = {}, options: EmbeddedOptions = {}): Promise<Embedded> {
  return startEmbedded({
    ...options,
    settings: {
      timeouts: { stall: '1s', handshake: '1s', shutdown: '1s' },
      ...options.settings,
      passive: { waitTimeout: '1s', acceptTimeout: '1s', ...passive },
    },
  })
}

async function logIn(server: Embedded, from: string, user = 'alice'): Promise<Dialogue> {
  const dialogue = await Dialogue.begin({ ...server.at(), from })
  await dialogue.logIn(user, PASSWORD)
  await dialogue.ask('TYPE I', 200)
  return dialogue
}

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
    await using server = await start({}, { passivePorts: 1, settings: { tls: { selfSigned: true } } })
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

describe('one passive port and two sessions of one client', () => {
  it('makes the second wait until the first has come', async () => {
    await using server = await start({ waitTimeout: '20s', acceptTimeout: '20s' }, { passivePorts: 1 })
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
    await using server = await start({ waitTimeout: '1s', acceptTimeout: '20s' }, { passivePorts: 1 })
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
    await using server = await start({ waitTimeout: '20s', acceptTimeout: '20s' }, { passivePorts: 1 })
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
    await using server = await start({ waitTimeout: '20s', acceptTimeout: '20s' }, { passivePorts: 1 })
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

describe('a stranger', () => {
  it('is sent away and counted, and the client is served', async () => {
    await using server = await start({}, { passivePorts: 1 })
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
    await using server = await start({}, { passivePorts: 1 })
    await using dialogue = await logIn(server, client(0))
    const offer = await passive(dialogue)
    dialogue.line('NLST')
    await sentAway(offer, client(1))
    const { text } = await dialogue.expect(425)
    assert.match(text, new RegExp(`port ${offer.port} within 1 second`))
    assert.match(text, new RegExp(`${client(1)} came instead of ${client(0)}`))
  })

  it('who comes although nobody is expected is sent away', async () => {
    await using server = await start({}, { passivePorts: 1 })
    const offer: PassivePort = { host: '127.0.0.1', port: server.passive.basePort }
    await sentAway(offer, client(0))
  })

  it('who dials the port of a client that has come already is sent away', async () => {
    await using server = await start({}, { passivePorts: 1 })
    await using dialogue = await logIn(server, client(0))
    const offer = await passive(dialogue)
    await using link = await dial(offer, dialogue.from)
    await sentAway(offer, dialogue.from)
    await dialogue.ask('NLST', 150)
    await link.readAll()
    await dialogue.expect(226)
  })
})

describe('a passive port', () => {
  it('to which nobody comes is told with its number and the seconds, and is free again', async () => {
    await using server = await start()
    await using dialogue = await logIn(server, client(0))
    const { port } = await passive(dialogue)
    const { text } = await dialogue.ask('RETR x', 550).then(() => dialogue.ask('NLST', 425))
    assert.match(text, new RegExp(`nobody came to port ${port} within 1 second`))
    await reserved(server, 0)
    assert.deepEqual(await get(dialogue, 'NLST').then(String), '')
  })

  it('is reserved once per session, however often the client asks', async () => {
    await using server = await start({ acceptTimeout: '20s' })
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
      await using server = await start({ acceptTimeout: how.includes('never') ? '1s' : '60s' })
      await using dialogue = await logIn(server, client(0))
      await passive(dialogue)
      assert.equal((await server.server.figures()).passive.reserved, 1)
      await end(dialogue)
      await reserved(server, 0)
    })
  }

  it('takes a client that comes before the command, and one that comes after it', async () => {
    await using server = await start()
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
    await using server = await start({}, { passivePorts: 4 })
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
    await using server = await start({ sharing: 'exclusive', acceptTimeout: '20s' }, { passivePorts: 1 })
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

describe('a data connection', () => {
  it('whose client does not read is broken off', async () => {
    await using server = await start()
    await using dialogue = await logIn(server, client(0))
    await writeFile(join(server.home('alice'), 'large.bin'), Buffer.alloc(LARGE))
    await using _link = await begin(dialogue, 'RETR large.bin')
    await dialogue.expect(426)
    const { verdict } = await server.events.wait('transfer-ended')
    assert.equal(verdict, 'broken')
    await dialogue.quit()
  })

  it('whose client sends nothing and does not end is broken off', async () => {
    await using server = await start()
    await using dialogue = await logIn(server, client(0))
    await using _link = await begin(dialogue, 'STOR x.bin')
    await dialogue.expect(426)
    await dialogue.quit()
  })

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`whose client does not begin ${version} is given up`, async () => {
      await using server = await start(
        {},
        { settings: { tls: { selfSigned: true }, timeouts: { handshake: '1s' } } },
      )
      await using dialogue = await Dialogue.begin(server.at())
      await dialogue.secure(version)
      await dialogue.logIn('alice', PASSWORD)
      await using _link = await dial(await passive(dialogue), dialogue.from)
      await dialogue.ask('STOR x.bin', 150)
      await dialogue.expect(425, /TLS/)
      assert.deepEqual(await get(dialogue, 'NLST').then(String), '')
    })

    it(`has to resume the ${version} session of its own control connection when reuse is required`, async () => {
      await using server = await start(
        {},
        { settings: { tls: { selfSigned: true, sessionReuse: 'required' } } },
      )
      await using dialogue = await Dialogue.begin(server.at())
      await dialogue.secure(version)
      await dialogue.logIn('alice', PASSWORD)
      assert.deepEqual(await get(dialogue, 'NLST').then(String), '')
      const { sessions } = dialogue
      assert.ok(sessions)

      await using fresh = await dial(await passive(dialogue), dialogue.from)
      await dialogue.ask('NLST', 150)
      await fresh.secure(sessions, { resume: false })
      await dialogue.expect(522, /tls\.sessionReuse/)

      await using thief = await Dialogue.begin(server.at())
      await thief.secure(version)
      await thief.logIn('alice', PASSWORD)
      await using stolen = await dial(await passive(dialogue), dialogue.from)
      await dialogue.ask('NLST', 150)
      assert.ok(thief.sessions)
      await stolen.secure(thief.sessions).catch(() => {})
      await dialogue.expect(522)
      assert.deepEqual(await get(dialogue, 'NLST').then(String), '')
    })
  }
})

describe('active mode', () => {
  it('to a port where nobody listens is 425 with advice', async () => {
    await using server = await start()
    await using dialogue = await logIn(server, client(0))
    const { basePort } = await freePorts(1)
    await dialogue.ask(announcement('PORT', { host: dialogue.from, port: basePort }), 200)
    await dialogue.ask('NLST', 425, /passive mode/)
    await dialogue.ask('NLST', 425, /EPSV/)
    assert.deepEqual(await get(dialogue, 'NLST', 'PORT').then(String), '')
  })

  it('dials only when the transfer begins', async () => {
    await using server = await start()
    await using dialogue = await logIn(server, client(0))
    const { basePort } = await freePorts(1)
    await dialogue.ask(announcement('EPRT', { host: dialogue.from, port: basePort }), 200)
    const listener = await occupy(basePort, dialogue.from)
    const arrived = new Promise<void>(resolve => listener.once('connection', () => resolve()))
    await dialogue.ask('NLST', 150)
    await arrived
    await dialogue.expect(226)
    listener.close()
  })

  it('comes from the configured range alone, around ports that are busy', async () => {
    const range = await freePorts(3)
    await using server = await start({}, { settings: { active: { ...range, enabled: true } } })
    await using dialogue = await logIn(server, client(0))
    const busy = await occupy(range.basePort + 1, '127.0.0.1')
    const seen = new Set<number | undefined>()
    for (let round = 0; round < 12; round += 1) {
      await using link = await begin(dialogue, 'NLST', round % 2 === 0 ? 'PORT' : 'EPRT')
      seen.add(link.raw.remotePort)
      assert.equal(link.raw.remoteAddress, '127.0.0.1')
      await link.readAll()
      await dialogue.expect(226)
    }
    const allowed = new Set([range.basePort, range.basePort + 2])
    assert.ok(seen.isSubsetOf(allowed), `${[...seen]} are not all in ${[...allowed]}`)
    busy.close()
  })

  it('says so when every port of the range is busy, and goes on when one is free', async () => {
    const range = await freePorts(1)
    await using server = await start({}, { settings: { active: { ...range, enabled: true } } })
    await using dialogue = await logIn(server, client(0))
    const busy = await occupy(range.basePort, '127.0.0.1')
    await using port = await listen(dialogue)
    await dialogue.ask(announcement('PORT', port), 200)
    await dialogue.ask('NLST', 425, /active range/)
    await new Promise(resolve => busy.close(resolve))
    assert.deepEqual(await get(dialogue, 'NLST', 'PORT').then(String), '')
  })

  it('can be switched off, as passive mode can', async () => {
    await using passiveOnly = await start({}, { settings: { active: { enabled: false } } })
    await using first = await logIn(passiveOnly, client(0))
    await first.ask('PORT 127,0,0,2,200,1', 502, /passive/)
    await using activeOnly = await start({ enabled: false })
    await using second = await logIn(activeOnly, client(0))
    await second.ask('EPSV', 502, /active/)
    await second.ask('PASV', 502)
    assert.deepEqual(await get(second, 'NLST', 'EPRT').then(String), '')
  })
})

describe('IPv6', () => {
  it('has EPSV and EPRT, and says what to do instead of PASV', async () => {
    await using server = await start({}, { settings: { listeners: [{ host: '::1', port: 0 }] } })
    await using dialogue = await Dialogue.begin(server.at())
    await dialogue.logIn('alice', PASSWORD)
    await dialogue.ask('PASV', 425, /EPSV/)
    await dialogue.ask('EPSV 1', 522, /\(2\)/)
    await dialogue.ask('EPRT |1|127.0.0.1|50000|', 500)
    for (const way of ['EPSV', 'EPRT'] as const) {
      await put(dialogue, `STOR ${way}.txt`, way, way)
      assert.equal((await get(dialogue, `RETR ${way}.txt`, way)).toString(), way)
    }
    await dialogue.quit()
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

async function occupy(port: number, host: string): Promise<Server> {
  const server = createServer(socket =>
    socket
      .on('error', () => {})
      .resume()
      .end(),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, resolve)
  })
  return server
}
