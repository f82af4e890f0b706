import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { servePortolan } from './support/command.ts'
import { folderOf, logIn as logInAt, portFlags } from './support/command-checks.ts'
import { Dialogue } from './support/dialogue.ts'
import { type Embedded, PASSWORD, type PartialSettings, startEmbedded } from './support/embedded.ts'
import { ALICE, startPortolan } from './support/portolan.ts'
import { begin, get, put } from './support/transfers.ts'
import { until } from './support/within.ts'

const start = (settings: PartialSettings = {}) =>
  startEmbedded({
    settings: { ...settings, timeouts: { login: '1s', shutdown: '1s', ...settings.timeouts } },
  })

async function logIn(server: Embedded): Promise<Dialogue> {
  const dialogue = await Dialogue.begin(server.at())
  await dialogue.logIn('alice', PASSWORD)
  await dialogue.ask('TYPE I', 200)
  return dialogue
}

const noSessions = (server: Embedded) =>
  until(async () => {
    const sessions = await server.server.sessions()
    return sessions.length === 0 || JSON.stringify(sessions)
  })

describe('a client that does not log in', { concurrency: 8 }, () => {
  const silences: readonly { name: string; tls?: true; say(dialogue: Dialogue): void }[] = [
    { name: 'says nothing', say: () => {} },
    { name: 'says half a line', say: dialogue => dialogue.write('USER ali') },
    { name: 'says USER and no more', say: dialogue => dialogue.line('USER alice') },
    { name: 'sends a byte now and then', say: dialogue => drip(dialogue) },
    { name: 'asks for help again and again', say: dialogue => drip(dialogue, 'HELP\r\n') },
  ]
  for (const { name, say } of silences) {
    it(`and ${name} is sent away with 421`, async () => {
      await using server = await start()
      await using dialogue = await Dialogue.begin(server.at())
      say(dialogue)
      for (;;) {
        const { code, text } = await dialogue.reply()
        if (code === 214 || code === 331 || code === 500) continue
        assert.equal(code, 421, text)
        assert.match(text, /within 1 second/)
        break
      }
      assert.equal(await dialogue.ended(), 'end')
      await noSessions(server)
    })
  }

  it('and begins no TLS on an implicit listener is cut off', async () => {
    await using server = await start({
      listeners: [{ host: '127.0.0.1', port: 0, tls: 'implicit' }],
      tls: { selfSigned: true },
      timeouts: { handshake: '1s' },
    })
    await using dialogue = await Dialogue.open(server.at())
    await dialogue.ended()
    assert.deepEqual(dialogue.unread, [])
    await noSessions(server)
  })

  it('and begins no TLS after AUTH is cut off', async () => {
    await using server = await start({
      listeners: [{ host: '127.0.0.1', port: 0, tls: 'optional' }],
      tls: { selfSigned: true },
      timeouts: { handshake: '1s', login: '60s' },
    })
    await using dialogue = await Dialogue.begin(server.at())
    await dialogue.ask('AUTH TLS', 234)
    await dialogue.ended()
    await noSessions(server)
  })
})

describe('an idle session', { concurrency: 8 }, () => {
  it('is closed with 421 that says why', async () => {
    await using server = await start({ timeouts: { idle: '1s' } })
    await using dialogue = await logIn(server)
    await dialogue.expect(421, /1 second/)
    assert.equal(await dialogue.ended(), 'end')
    await noSessions(server)
  })

  it('is kept by SITE IDLE', async () => {
    await using server = await start({ timeouts: { idle: '1s' } })
    await using dialogue = await logIn(server)
    await dialogue.ask('SITE IDLE 60', 200)
    const end = performance.now() + 2_500
    await until(async () => performance.now() > end || 'it is early')
    await dialogue.ask('NOOP', 200)
    await dialogue.quit()
  })

  it('is not one whose data moves for longer', async () => {
    await using server = await start({ timeouts: { idle: '1s', stall: '30s' } })
    await using dialogue = await logIn(server)
    await using link = await begin(dialogue, 'STOR slow.bin')
    const end = performance.now() + 2_500
    await until(
      async () => {
        await link.write('x')
        return performance.now() > end || 'it is early'
      },
      { everyMs: 100 },
    )
    link.end()
    await dialogue.expect(226)
    await dialogue.expect(421)
  })
})

describe('a client that does not read its replies', () => {
  for (const [what, line] of [
    ['NOOP', 'NOOP\r\n'],
    ['FEAT', 'FEAT\r\n'],
    ['STAT of a large folder', 'STAT many\r\n'],
  ] as const) {
    it(`is slowed down or cut off when it sends ${what} without end, and costs no memory`, async () => {
      await using server = await start()
      await using dialogue = await logIn(server)
      const many = join(server.home('alice'), 'many')
      await mkdir(many)
      await Promise.all(
        Array.from({ length: 300 }, (_, number) => writeFile(join(many, `${number}-${'n'.repeat(200)}`), '')),
      )
      dialogue.pause()
      const before = process.memoryUsage().rss
      const flood = line.repeat(1_000)
      for (let round = 0; round < 100 && !dialogue.isOver; round += 1) {
        dialogue.write(flood)
        await new Promise(resolve => setImmediate(resolve))
      }
      const grown = process.memoryUsage().rss - before
      // What this client has written and not sent is in the same process.
      assert.ok(grown < 200 * 1024 * 1024, `${Math.round(grown / 1024 / 1024)} MiB more`)
      await using other = await logIn(server)
      await other.ask('NOOP', 200)
      await other.quit()
      dialogue.reset()
      await noSessions(server)
    })
  }
})

describe('a listing over the control connection', () => {
  it('is one reply, also when a transfer ends in the middle of it', async () => {
    await using server = await start({ uploads: { durable: false } })
    await using dialogue = await logIn(server)
    const many = join(server.home('alice'), 'many')
    await mkdir(many)
    const names = Array.from({ length: 3_000 }, (_, number) => `file-${number}`)
    await Promise.all(names.map(name => writeFile(join(many, name), '')))
    for (let round = 0; round < 10; round += 1) {
      await using link = await begin(dialogue, 'STOR up.txt')
      dialogue.line('STAT many')
      await dialogue.stirred()
      link.end()
      const replies = [await dialogue.reply(), await dialogue.reply()]
      assert.deepEqual(replies.map(({ code }) => code).toSorted(), [213, 226])
      const listing = replies.find(({ code }) => code === 213)
      assert.equal(listing?.lines.length, names.length + 2)
      assert.ok(listing?.lines.slice(1, -1).every(line => /^-rw\S+ .* file-\d+$/.test(line)))
    }
    await dialogue.quit()
  })
})

describe('many sessions', () => {
  it('that are all cut off at once leave nothing behind', async () => {
    await using server = await start({ limits: { sessionsPerAddress: 0 }, timeouts: { login: '60s' } })
    const dialogues = await Promise.all(Array.from({ length: 200 }, () => logIn(server)))
    for (const [index, dialogue] of dialogues.entries()) {
      if (index % 3 === 0) dialogue.line('EPSV')
      if (index % 3 === 1) dialogue.line('LIST')
      if (index % 2 === 0) dialogue.reset()
      else dialogue.endTcp()
    }
    await noSessions(server)
    const { passive, transfers } = await server.server.figures()
    assert.equal(passive.reserved + passive.waiting + transfers, 0)
    await using dialogue = await logIn(server)
    await put(dialogue, 'STOR x.txt', 'x')
    assert.equal((await get(dialogue, 'RETR x.txt')).toString(), 'x')
    await dialogue.quit()
  })
})

describe('clients that are gone before they are accepted', () => {
  it('do no harm, neither at a listener nor at a passive port', async () => {
    await using server = await startPortolan({ flags: ['--workers', '2', '--max-per-ip', '60'] })
    const { host, port } = server.listener()
    const started = server.log.lines.filter(({ event }) => event === 'worker-started')
    const pids = [server.pid, ...started.map(({ pid }) => Number(pid))]
    for (let round = 0; round < 3; round += 1) {
      // While all processes stand still, connections wait in the kernel and are reset there.
      for (const pid of pids) process.kill(pid, 'SIGSTOP')
      try {
        await Promise.all([
          ...Array.from({ length: 50 }, () => touch(host, port)),
          ...Array.from({ length: 50 }, () => touch(host, server.passive.basePort)),
        ])
      } finally {
        for (const pid of pids) process.kill(pid, 'SIGCONT')
      }
      await using dialogue = await Dialogue.begin({ host, port })
      await dialogue.logIn(ALICE.name, ALICE.password)
      await put(dialogue, 'STOR x.txt', 'x')
      await dialogue.quit()
    }
    // None of the 150 holds a place: 60 is all that one address may have.
    const dialogues = await Promise.all(Array.from({ length: 60 }, () => Dialogue.begin({ host, port })))
    for (const dialogue of dialogues) dialogue.reset()
    assert.deepEqual(
      server.log.lines.filter(({ event }) => event === 'worker-lost'),
      [],
    )
  })
})

describe('more clients than the server has descriptors for', () => {
  it('are served as far as they last, and everybody once there are some again', async t => {
    const cwd = await folderOf(t)
    const args = ['.', '--user', 'a:b', '--listen', '127.0.0.1:0', '--workers', '1', '--max-per-ip', '0']
    await using serving = await servePortolan([...args, ...(await portFlags())], { cwd, descriptors: 200 })
    const [port] = serving.ports
    assert.ok(port)
    const target = { host: '127.0.0.1', port }
    const clients = await Promise.all(Array.from({ length: 300 }, () => Dialogue.open(target)))
    const answers = await Promise.all(clients.map(client => client.replyOrEnd(1_000).catch(() => 'waits')))
    const greeted = clients.filter((_, index) => {
      const answer = answers[index]
      return typeof answer === 'object' && answer.code === 220
    })
    assert.ok(greeted.length >= 100, `${greeted.length} were greeted`)
    const [first] = greeted
    assert.ok(first)
    await first.logIn('a', 'b')
    await first.ask('PWD', 257)
    for (const client of clients) client.reset()
    await until(async () => {
      await using dialogue = await Dialogue.open(target)
      const answer = await dialogue.replyOrEnd()
      return (typeof answer === 'object' && answer.code === 220) || `answered ${JSON.stringify(answer)}`
    })
    await using dialogue = await logInAt(port, 'a', 'b')
    await put(dialogue, 'STOR x.txt', 'x')
    assert.equal((await get(dialogue, 'RETR x.txt')).toString(), 'x')
    await dialogue.quit()
    const { code } = await serving.stop()
    assert.equal(code, 0)
  })
})

/** Connects and resets at once. */
function touch(host: string, port: number): Promise<void> {
  return new Promise(resolve => {
    const socket = connect({ host, port }, () => socket.resetAndDestroy())
    socket.once('error', () => {})
    socket.once('close', () => resolve())
  })
}

/** Sends something every 50 ms until the connection is over. */
function drip(dialogue: Dialogue, text = 'x'): void {
  const timer = setInterval(() => {
    if (dialogue.isOver) clearInterval(timer)
    else dialogue.write(text)
  }, 50)
}
