import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Case, CONTENT, casesOf, SECURITIES } from './broken-uploads/cases.ts'
import {
  assertResumes,
  assertStored,
  assertUnpublished,
  bringUnderway,
  logIn,
  type Underway,
} from './broken-uploads/upload.ts'
import type { Dialogue } from './support/dialogue.ts'
import { ALICE, type Portolan, type PortolanUser, startPortolan } from './support/portolan.ts'
import { begin, get, put } from './support/transfers.ts'
import { until } from './support/within.ts'

const BOB: PortolanUser = { name: 'bob', password: 'another' }

/** What happens to an upload, and the replies that follow: never 226 for the upload itself. */
const BREAKS: readonly {
  readonly name: string
  readonly onlyTls?: true
  strike(underway: Underway): Promise<void> | void
  readonly replies: readonly number[]
}[] = [
  { name: 'RST', strike: ({ link }) => link.reset(), replies: [426] },
  { name: 'FIN without close_notify', onlyTls: true, strike: ({ link }) => link.endTcp(), replies: [426] },
  {
    name: 'a record that cannot be decrypted',
    onlyTls: true,
    strike: ({ link }) => void link.raw.write(`\x17\x03\x03\x00\x20${'x'.repeat(32)}`, 'latin1'),
    replies: [426],
  },
  { name: 'nothing at all, for longer than the stall timeout', strike: () => {}, replies: [426] },
  { name: 'ABOR', strike: ({ dialogue }) => dialogue.line('ABOR'), replies: [426, 226] },
  { name: 'the loss of the control connection', strike: ({ dialogue }) => dialogue.reset(), replies: [] },
  { name: 'the end of the control connection', strike: ({ dialogue }) => dialogue.end(), replies: [426] },
]

let server: Portolan
const sessions = new AsyncDisposableStack()

before(async () => {
  server = await startPortolan({
    users: [ALICE, BOB],
    flags: ['--tls-self-signed', '--workers', '2', '--max-per-ip', '0'],
    settings: { timeouts: { stall: '1s', shutdown: '2s' } },
  })
})
after(async () => {
  await sessions.disposeAsync()
  await server[Symbol.asyncDispose]()
})

/** Sessions that look at what there is. A dialogue is for one at a time: each test takes a pair of its own. */
const pairs: { alice: Dialogue; bob: Dialogue }[] = []

async function withWatchers(look: (alice: Dialogue, bob: Dialogue) => Promise<void>): Promise<void> {
  const pair = pairs.pop() ?? {
    alice: sessions.use(await logIn(server, ALICE)),
    bob: sessions.use(await logIn(server, BOB)),
  }
  await look(pair.alice, pair.bob)
  pairs.push(pair)
}

const endOf = (file: string, from = 0) =>
  server.log.wait(
    line =>
      line.event === 'transfer-ended' && line.path === `/${file}` && server.log.lines.indexOf(line) >= from,
  )

for (const { name, onlyTls = false, strike, replies } of BREAKS) {
  // Those that wait for a timeout wait together.
  describe(`an upload that meets ${name}`, { concurrency: name.startsWith('nothing') ? 50 : 6 }, () => {
    for (const one of casesOf(name, { onlyTls })) {
      it(`is broken: ${one.name}`, async () => {
        {
          await using underway = await bringUnderway(server, ALICE, one)
          await strike(underway)
          for (const code of replies) await underway.dialogue.expect(code)
          const { verdict, reply } = await endOf(underway.file)
          assert.equal(verdict, 'broken')
          assert.equal(reply, 426)
        }
        await withWatchers((alice, bob) => assertUnpublished(server, alice, bob, one))
        if (one.way.resumable) await assertResumes(server, ALICE, one)
      })
    }
  })
}

describe('uploads whose workers are killed', () => {
  it('are broken: nothing of them shows, and each can be sent again', async () => {
    await using stack = new AsyncDisposableStack()
    const cases = casesOf('SIGKILL')
    const underway = await inLanes(6, cases, async one => stack.use(await bringUnderway(server, ALICE, one)))
    const pids = runningWorkers()
    assert.equal(pids.length, 2)
    for (const pid of pids) process.kill(pid, 'SIGKILL')
    for (const { dialogue } of underway) {
      await dialogue.ended()
      assert.deepEqual(dialogue.unread, [])
    }
    pairs.length = 0
    await until(
      async () =>
        runningWorkers().filter(pid => !pids.includes(pid)).length === 2 || 'the workers are not replaced',
    )
    await inLanes(4, cases, async one => {
      await withWatchers((alice, bob) => assertUnpublished(server, alice, bob, one))
      if (one.way.command !== 'STOU') await assertResumes(server, ALICE, { ...one, bytes: 0 })
    })
  })
})

describe('a whole upload', { concurrency: 6 }, () => {
  const ends: readonly { name: string; onlyTls?: true; end(underway: Underway): void }[] = [
    { name: 'a clean end', end: ({ link }) => link.end() },
    {
      name: 'close_notify alone, and TCP left open',
      onlyTls: true,
      end: ({ link }) => {
        assert.ok(link.tls)
        link.leaveTcpOpen()
        link.tls.end()
      },
    },
    {
      name: 'QUIT sent before its end',
      end: ({ dialogue, link }) => {
        dialogue.line('QUIT')
        link.end()
      },
    },
  ]
  for (const { name, onlyTls = false, end } of ends) {
    for (const one of casesOf(`whole ${name}`, { onlyTls }).filter(({ bytes }) => bytes === CONTENT.length)) {
      it(`is answered 226 when it stands under its name, after ${name}: ${one.name}`, async () => {
        await using underway = await bringUnderway(server, ALICE, one)
        end(underway)
        await underway.dialogue.expect(226)
        await assertStored(server, one)
        const { verdict } = await endOf(one.file)
        assert.equal(verdict, 'complete')
      })
    }
  }

  it('needs no close_notify where the settings say so', async () => {
    await using lenient = await startPortolan({
      flags: ['--tls-self-signed'],
      settings: { tls: { requireCloseNotify: false } },
    })
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      await using dialogue = await logIn(lenient, ALICE, version)
      await using link = await begin(dialogue, 'STOR lenient.bin')
      await link.write(CONTENT)
      link.endTcp()
      await dialogue.expect(226)
      assert.deepEqual(await get(dialogue, 'RETR lenient.bin'), CONTENT)
    }
  })
})

describe('two uploads of one name', () => {
  it('are not mixed: the one that ends last has the name', async () => {
    await using first = await logIn(server, ALICE)
    await using second = await logIn(server, BOB)
    await using one = await begin(first, 'STOR twice.bin')
    await using two = await begin(second, 'STOR twice.bin')
    const other = Buffer.alloc(60_000, 'two')
    await one.write(CONTENT.subarray(0, 50_000))
    await two.write(other)
    await one.write(CONTENT.subarray(50_000))
    two.end()
    await second.expect(226)
    assert.deepEqual(await get(second, 'RETR twice.bin'), other)
    one.end()
    await first.expect(226)
    assert.deepEqual(await get(second, 'RETR twice.bin'), CONTENT)
  })
})

describe('a download that breaks', { concurrency: 6 }, () => {
  const large = Buffer.alloc(16 * 1024 * 1024)
  before(() => writeFile(join(server.folder, 'large.bin'), large))

  for (const { name: security, version } of SECURITIES) {
    const breaks: readonly {
      name: string
      strike(underway: Omit<Underway, 'file'>): void
      replies: readonly number[]
    }[] = [
      { name: 'RST', strike: ({ link }) => link.reset(), replies: [426] },
      {
        name: 'a client that closes without reading',
        strike: ({ link }) => void link.raw.destroy(),
        replies: [426],
      },
      { name: 'a client that does not read', strike: () => {}, replies: [426] },
      { name: 'ABOR', strike: ({ dialogue }) => dialogue.line('ABOR'), replies: [426, 226] },
      { name: 'the loss of the control connection', strike: ({ dialogue }) => dialogue.reset(), replies: [] },
    ]
    for (const { name, strike, replies } of breaks) {
      it(`is never told as complete: ${name}, ${security}`, async () => {
        await using dialogue = await logIn(server, ALICE, version)
        const path = `large-${security}-${name}`.replaceAll(/[^a-z0-9]+/gi, '-')
        await put(dialogue, `STOR ${path}`, large)
        const uploaded = await endOf(path)
        const from = server.log.lines.indexOf(uploaded) + 1
        await using link = await begin(dialogue, `RETR ${path}`)
        await link.readSome()
        strike({ dialogue, link, [Symbol.asyncDispose]: async () => {} })
        for (const code of replies) await dialogue.expect(code)
        const { verdict, reply } = await endOf(path, from)
        assert.equal(verdict, 'broken')
        assert.equal(reply, 426)
      })
    }
  }

  it('is complete for a client that ends its own direction first and goes on reading', async () => {
    await using dialogue = await logIn(server, ALICE)
    await using link = await begin(dialogue, 'RETR large.bin')
    link.endTcp()
    assert.equal(await link.readCount(), large.length)
    await dialogue.expect(226)
  })
})

/** Processes of workers that were started and not lost. */
function runningWorkers(): number[] {
  const pids = (event: string) =>
    server.log.lines.filter(line => line.event === event).map(({ pid }) => Number(pid))
  const lost = pids('worker-lost')
  return pids('worker-started').filter(pid => !lost.includes(pid))
}

/** Does the work for all, a few at a time. */
async function inLanes<T extends Case, R>(
  lanes: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const waiting = [...items]
  const lane = async () => {
    for (let item = waiting.shift(); item; item = waiting.shift()) results.push(await work(item))
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return results
}
