import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Case, CONTENT, casesOf, SECURITIES } from './broken-uploads/cases.ts'
import { BOB, Stand } from './broken-uploads/stand.ts'
import {
  assertResumes,
  assertStored,
  assertUnpublished,
  bringUnderway,
  logIn,
  type Underway,
} from './broken-uploads/upload.ts'
import { ALICE, startPortolan } from './support/portolan.ts'
import { begin, get, put } from './support/transfers.ts'
import { until } from './support/within.ts'

const STALLED = 'nothing at all, for longer than the stall timeout'

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
  { name: STALLED, strike: () => {}, replies: [426] },
  { name: 'ABOR', strike: ({ dialogue }) => dialogue.line('ABOR'), replies: [426, 226] },
  { name: 'the loss of the control connection', strike: ({ dialogue }) => dialogue.reset(), replies: [] },
  { name: 'the end of the control connection', strike: ({ dialogue }) => dialogue.end(), replies: [426] },
]

/** Long enough to bring 45 uploads underway on a machine that does much else. */
const STALL = '3s'

let patient: Stand
let impatient: Stand

before(async () => {
  patient = await Stand.open({ shutdown: '2s' })
  impatient = await Stand.open({ shutdown: '2s', stall: STALL })
})
after(async () => {
  await patient[Symbol.asyncDispose]()
  await impatient[Symbol.asyncDispose]()
})

for (const { name, onlyTls = false, strike, replies } of BREAKS) {
  const stalls = name === STALLED
  // Those that wait for a timeout wait together.
  describe(`an upload that meets ${name}`, { concurrency: stalls ? 50 : 6 }, () => {
    for (const one of casesOf(name, { onlyTls })) {
      it(`is broken: ${one.name}`, async () => {
        const stand = stalls ? impatient : patient
        {
          await using underway = await bringUnderway(stand.server, ALICE, one)
          await strike(underway)
          for (const code of replies) await underway.dialogue.expect(code)
          const { verdict, reply } = await stand.endOf(underway.file)
          assert.equal(verdict, 'broken')
          assert.equal(reply, 426)
        }
        await stand.withWatchers((alice, bob) => assertUnpublished(stand.server, alice, bob, one))
        if (one.way.resumable) await assertResumes(stand.server, ALICE, one)
      })
    }
  })
}

describe('uploads whose workers are killed', () => {
  it('are broken: nothing of them shows, and each can be sent again', async () => {
    await using stand = await Stand.open({})
    await using stack = new AsyncDisposableStack()
    const { server } = stand
    const cases = casesOf('SIGKILL')
    const underway = await inLanes(6, cases, async one => stack.use(await bringUnderway(server, ALICE, one)))
    const pids = stand.workers()
    assert.equal(pids.length, 2)
    for (const pid of pids) process.kill(pid, 'SIGKILL')
    for (const { dialogue } of underway) {
      await dialogue.ended()
      assert.deepEqual(dialogue.unread, [])
    }
    await until(async () => {
      const fresh = stand.workers().filter(pid => !pids.includes(pid))
      return fresh.length === 2 || 'the workers are not replaced'
    })
    await inLanes(4, cases, async one => {
      await stand.withWatchers((alice, bob) => assertUnpublished(server, alice, bob, one))
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
        await using underway = await bringUnderway(patient.server, ALICE, one)
        end(underway)
        await underway.dialogue.expect(226)
        await assertStored(patient.server, one)
        const { verdict } = await patient.endOf(one.file)
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
    await using first = await logIn(patient.server, ALICE)
    await using second = await logIn(patient.server, BOB)
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

const UNREAD = 'a client that does not read'

describe('a download that breaks', { concurrency: 6 }, () => {
  const large = Buffer.alloc(16 * 1024 * 1024)
  before(async () => {
    for (const { server } of [patient, impatient]) await writeFile(join(server.folder, 'large.bin'), large)
  })

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
      { name: UNREAD, strike: () => {}, replies: [426] },
      { name: 'ABOR', strike: ({ dialogue }) => dialogue.line('ABOR'), replies: [426, 226] },
      { name: 'the loss of the control connection', strike: ({ dialogue }) => dialogue.reset(), replies: [] },
    ]
    for (const { name, strike, replies } of breaks) {
      it(`is never told as complete: ${name}, ${security}`, async () => {
        const stand = name === UNREAD ? impatient : patient
        await using dialogue = await logIn(stand.server, ALICE, version)
        const path = `large-${security}-${name}`.replaceAll(/[^a-z0-9]+/gi, '-')
        await put(dialogue, `STOR ${path}`, large)
        const uploaded = await stand.endOf(path)
        const from = stand.server.log.lines.indexOf(uploaded) + 1
        await using link = await begin(dialogue, `RETR ${path}`)
        await link.readSome()
        strike({ dialogue, link, [Symbol.asyncDispose]: async () => {} })
        for (const code of replies) await dialogue.expect(code)
        const { verdict, reply } = await stand.endOf(path, from)
        assert.equal(verdict, 'broken')
        assert.equal(reply, 426)
      })
    }
  }

  it('is complete for a client that ends its own direction first and goes on reading', async () => {
    await using dialogue = await logIn(patient.server, ALICE)
    await using link = await begin(dialogue, 'RETR large.bin')
    link.endTcp()
    assert.equal(await link.readCount(), large.length)
    await dialogue.expect(226)
  })
})

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
