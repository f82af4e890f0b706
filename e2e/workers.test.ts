import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { DataLink } from './support/data-link.ts'
import { Dialogue } from './support/dialogue.ts'
import { ALICE, type Portolan, startPortolan } from './support/portolan.ts'
import { begin, get, put } from './support/transfers.ts'
import { until } from './support/within.ts'

/** More than two sockets hold: a download of it runs until its client reads. */
const LARGE = 16 * 1024 * 1024
const CONTENT = randomBytes(200_000)

interface Seat {
  readonly dialogue: Dialogue
  readonly worker: number
}

/** Logs in, and finds out which worker has the session. */
async function sit(server: Portolan): Promise<Seat> {
  const { host, port } = server.listener()
  const dialogue = await Dialogue.begin({ host, port })
  await dialogue.logIn(ALICE.name, ALICE.password)
  await dialogue.ask('TYPE I', 200)
  const { text } = await dialogue.ask('STAT', 211)
  const from = /Connected from (\S+)/.exec(text)?.[1]
  assert.ok(from)
  const who = await dialogue.ask('SITE WHO', 211)
  // A session that has just asked for SITE WHO is the newest of its user.
  const ids = [...who.text.matchAll(/(\d+)-(\d+) alice/g)].map(([, worker, number]) => ({
    worker: Number(worker),
    number: Number(number),
  }))
  const newest = ids.toSorted((a, b) => b.number - a.number)[0]
  assert.ok(newest)
  return { dialogue, worker: newest.worker }
}

/** Workers by number with the process that runs each now. */
function workers(server: Portolan): Map<number, number> {
  const running = new Map<number, number>()
  for (const { event, worker, pid } of server.log.lines) {
    if (event === 'worker-started') running.set(Number(worker), Number(pid))
    if (event === 'worker-lost' && running.get(Number(worker)) === pid) running.delete(Number(worker))
  }
  return running
}

const twoWorkers = (settings: Record<string, unknown> = {}, flags: readonly string[] = []) =>
  startPortolan({ flags: ['--workers', '2', ...flags], settings })

describe('a worker that is killed during transfers', { concurrency: 2 }, () => {
  it('takes its own sessions with it, and nobody else notices; another takes its place', async () => {
    await using server = await twoWorkers({ limits: { sessions: 4 } })
    await writeFile(join(server.folder, 'large.bin'), Buffer.alloc(LARGE))
    await using stack = new AsyncDisposableStack()
    const seats: Seat[] = []
    for (let count = 0; count < 4; count += 1) {
      const seat = await sit(server)
      stack.use(seat.dialogue)
      seats.push(seat)
    }
    const of = (worker: number) =>
      seats.filter(seat => seat.worker === worker).map(({ dialogue }) => dialogue)
    const [reading, writing] = of(1)
    const [otherReading, otherWriting] = of(2)
    assert.ok(reading && writing && otherReading && otherWriting, 'two sessions each')
    const links = {
      reading: stack.use(await begin(reading, 'RETR large.bin')),
      writing: stack.use(await begin(writing, 'STOR lost.bin')),
      otherReading: stack.use(await begin(otherReading, 'RETR large.bin')),
      otherWriting: stack.use(await begin(otherWriting, 'STOR kept.bin')),
    } satisfies Record<string, DataLink>
    await links.writing.write(CONTENT.subarray(0, 1000))
    await links.otherWriting.write(CONTENT.subarray(0, 1000))

    const before = workers(server)
    const pid = before.get(1)
    assert.ok(pid)
    process.kill(pid, 'SIGKILL')
    const lost = await server.log.wait(({ event }) => event === 'worker-lost')
    assert.equal(lost.pid, pid)
    assert.equal(lost.sessions, 2)

    for (const dialogue of [reading, writing]) {
      await dialogue.ended()
      assert.deepEqual(dialogue.unread, [])
    }
    // The kernel ends the connections of a dead process as it likes: only the missing 226 tells.
    assert.ok((await links.reading.readCount().catch(() => 0)) < LARGE)
    assert.equal(await links.otherReading.readCount(), LARGE)
    await otherReading.expect(226)
    await links.otherWriting.write(CONTENT.subarray(1000))
    links.otherWriting.end()
    await otherWriting.expect(226)
    assert.deepEqual(await readFile(join(server.folder, 'kept.bin')), CONTENT)
    await otherReading.ask('MLST lost.bin', 550)

    await until(async () => workers(server).size === 2 || 'one worker')
    assert.notEqual(workers(server).get(1), pid)
    assert.equal(workers(server).get(2), before.get(2))
    // The places of the two lost sessions are free, and no more than those.
    const again = [await sit(server), await sit(server)]
    for (const { dialogue } of again) stack.use(dialogue)
    assert.deepEqual(
      again.map(({ worker }) => worker),
      [1, 1],
    )
    const { host, port } = server.listener()
    await using fifth = await Dialogue.open({ host, port })
    await fifth.expect(421, /4 sessions/)
    for (const { dialogue } of again) {
      await put(dialogue, 'STOR again.bin', CONTENT)
      assert.deepEqual(await get(dialogue, 'RETR again.bin'), CONTENT)
      await dialogue.quit()
    }
  })

  it('is replaced again and again, and whoever comes meanwhile is served or told to come back', async () => {
    await using server = await twoWorkers()
    const { host, port } = server.listener()
    for (let round = 0; round < 3; round += 1) {
      const pids = [...workers(server).values()]
      for (const pid of pids) process.kill(pid, 'SIGKILL')
      // Some of these come before the controller knows.
      await Promise.all(
        Array.from({ length: 10 }, async () => {
          await using dialogue = await Dialogue.open({ host, port })
          const answer = await dialogue.replyOrEnd()
          assert.ok(typeof answer === 'string' || answer.code === 220 || answer.code === 421, `${answer}`)
        }),
      )
      await until(async () => {
        const now = [...workers(server).values()]
        return (now.length === 2 && now.every(pid => !pids.includes(pid))) || `workers ${now}`
      })
    }
    const { dialogue } = await sit(server)
    await put(dialogue, 'STOR after.bin', CONTENT)
    await dialogue.quit()
  })
})

describe('SIGTERM during transfers', { concurrency: 2 }, () => {
  it('lets those finish that can within the bound, and breaks off the others: 426, never 226', async () => {
    await using server = await twoWorkers({ timeouts: { shutdown: '2s' } })
    await writeFile(join(server.folder, 'large.bin'), Buffer.alloc(LARGE))
    await using stack = new AsyncDisposableStack()
    const sitDown = async () => stack.use((await sit(server)).dialogue)
    const [idle, reading, stalled, writing, unfinished] = [
      await sitDown(),
      await sitDown(),
      await sitDown(),
      await sitDown(),
      await sitDown(),
    ]
    const links = {
      reading: stack.use(await begin(reading, 'RETR large.bin')),
      stalled: stack.use(await begin(stalled, 'RETR large.bin')),
      writing: stack.use(await begin(writing, 'STOR whole.bin')),
      unfinished: stack.use(await begin(unfinished, 'STOR half.bin')),
    }
    await links.writing.write(CONTENT.subarray(0, 1000))
    await links.unfinished.write(CONTENT)

    server.signal('SIGTERM')
    await idle.expect(421)
    assert.equal(await idle.ended(), 'end')
    const { host, port } = server.listener()
    await assert.rejects(Dialogue.open({ host, port }), { code: 'ECONNREFUSED' })

    assert.equal(await links.reading.readCount(), LARGE)
    await reading.expect(226)
    await reading.expect(421)
    await links.writing.write(CONTENT.subarray(1000))
    links.writing.end()
    await writing.expect(226)
    await writing.expect(421)
    assert.deepEqual(await readFile(join(server.folder, 'whole.bin')), CONTENT)

    for (const dialogue of [stalled, unfinished]) {
      await dialogue.expect(426)
      await dialogue.expect(421)
      assert.equal(await dialogue.ended(), 'end')
    }
    assert.equal(await links.stalled.drain(), 'reset')
    const { code } = await server.exited
    assert.equal(code, 0)
    await assert.rejects(readFile(join(server.folder, 'half.bin')), { code: 'ENOENT' })
    const verdicts = server.log.lines
      .filter(({ event }) => event === 'transfer-ended')
      .map(({ path, verdict }) => `${path} ${verdict}`)
    assert.deepEqual(verdicts.toSorted(), [
      '/half.bin broken',
      '/large.bin broken',
      '/large.bin complete',
      '/whole.bin complete',
    ])
  })

  it('a second time ends at once', async () => {
    await using server = await twoWorkers({ timeouts: { shutdown: '60s' } })
    const { dialogue } = await sit(server)
    await using _link = await begin(dialogue, 'STOR half.bin')
    server.signal('SIGTERM')
    await server.log.wait(({ event }) => event === 'stopping')
    // One Ctrl-C may come as several signals: what comes within a second is one.
    const pressed = setInterval(() => server.signal('SIGTERM'), 200)
    const { code } = await server.exited.finally(() => clearInterval(pressed))
    assert.equal(code, 1)
    await until(async () => [...workers(server).values()].filter(isAlive).length === 0 || 'workers live on')
    await assert.rejects(readFile(join(server.folder, 'half.bin')), { code: 'ENOENT' })
  })

  it('kept the part of what it broke off: the next server goes on with it', async () => {
    await using first = await twoWorkers({ timeouts: { shutdown: '0s' } })
    const { dialogue } = await sit(first)
    const link = await begin(dialogue, 'STOR part.bin')
    await link.write(CONTENT.subarray(0, 150_000))
    await until(async () => {
      const { text } = await dialogue.ask('STAT', 211)
      return text.includes(': 150000 bytes so far') || text
    })
    first.signal('SIGTERM')
    await dialogue.expect(426)
    await first.exited
    await using second = await startPortolan({ folder: first.folder })
    const { dialogue: again } = await sit(second)
    await again.ask('SIZE part.bin', 213, /^150000$/)
    await again.ask('REST 150000', 350)
    await put(again, 'STOR part.bin', CONTENT.subarray(150_000))
    assert.deepEqual(await get(again, 'RETR part.bin'), CONTENT)
    await again.quit()
  })
})

describe('a controller that is killed', () => {
  it('takes its workers with it, and nothing of a running upload shows', async () => {
    await using first = await twoWorkers()
    const { dialogue } = await sit(first)
    await using link = await begin(dialogue, 'STOR half.bin')
    await link.write(CONTENT)
    const pids = [...workers(first).values()]
    assert.equal(pids.length, 2)
    first.signal('SIGKILL')
    await first.exited
    await dialogue.ended()
    assert.deepEqual(dialogue.unread, [])
    await until(async () => pids.filter(isAlive).length === 0 || `workers ${pids} live on`)
    await using second = await startPortolan({ folder: first.folder })
    const { dialogue: again } = await sit(second)
    assert.equal((await get(again, 'NLST')).toString(), '')
    await put(again, 'STOR half.bin', CONTENT)
    await again.quit()
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
