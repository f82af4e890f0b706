import assert from 'node:assert/strict'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { logIn, tryPut } from './policy/session.ts'
import type { Dialogue } from './support/dialogue.ts'
import { type Embedded, startEmbedded, type UserFields } from './support/embedded.ts'
import { begin, put } from './support/transfers.ts'
import { until } from './support/within.ts'

const QUOTA = 100_000

function start(quota: UserFields['quota']): Promise<Embedded> {
  return startEmbedded({ about: () => (quota ? { quota } : {}) })
}

/** What AVBL says is left. What a transfer gives back arrives a moment after its reply. */
const left = (dialogue: Dialogue, bytes: number) =>
  until(async () => {
    const { text } = await dialogue.ask('AVBL', 213)
    return Number(text) === bytes || `${text} bytes are left, not ${bytes}`
  })

describe('a quota of bytes', () => {
  it('takes what fits to the last byte, and answers 552 in words to one more', async () => {
    await using server = await start({ bytes: QUOTA })
    await using alice = await logIn(server)
    await put(alice, 'STOR first', Buffer.alloc(60_000))
    const refusal = await tryPut(alice, 'STOR second', Buffer.alloc(40_001))
    assert.equal(refusal.code, 552)
    assert.match(refusal.text, /quota of bytes is used up/)
    await alice.ask('SIZE second', 550)
    await put(alice, 'STOR second', Buffer.alloc(40_000))
    await left(alice, 0)
    assert.equal((await tryPut(alice, 'STOR third', 'x')).code, 552)
    await put(alice, 'STOR empty', '')
    await alice.quit()
  })

  it('counts what was in the home before', async () => {
    await using server = await start({ bytes: QUOTA })
    await mkdir(join(server.home('alice'), 'deep/er'), { recursive: true })
    await writeFile(join(server.home('alice'), 'deep/er/old'), Buffer.alloc(70_000))
    await using alice = await logIn(server)
    await left(alice, 30_000)
    assert.equal((await tryPut(alice, 'STOR new', Buffer.alloc(30_001))).code, 552)
    await put(alice, 'STOR new', Buffer.alloc(30_000))
  })

  it('is told by AVBL and ALLO', async () => {
    await using server = await start({ bytes: QUOTA })
    await using alice = await logIn(server)
    await left(alice, QUOTA)
    await alice.ask(`ALLO ${QUOTA}`, 200)
    await alice.ask(`ALLO ${QUOTA + 1}`, 552, /Only 100000 bytes are left of your quota/)
    await put(alice, 'STOR a', Buffer.alloc(1))
    await alice.ask(`ALLO ${QUOTA}`, 552, /Only 99999 bytes/)
  })

  it('is freed by DELE, and by a smaller file in place of a larger one', async () => {
    await using server = await start({ bytes: QUOTA })
    await using alice = await logIn(server)
    await put(alice, 'STOR a', Buffer.alloc(50_000))
    await put(alice, 'STOR b', Buffer.alloc(50_000))
    await put(alice, 'STOR a', Buffer.alloc(10_000))
    await left(alice, 40_000)
    await alice.ask('DELE b', 250)
    await left(alice, 90_000)
    await put(alice, 'STOR c', Buffer.alloc(90_000))
    await left(alice, 0)
  })

  it('that is full still lets a file be replaced by one of its size', async () => {
    await using server = await start({ bytes: QUOTA })
    await using alice = await logIn(server)
    await put(alice, 'STOR a', Buffer.alloc(QUOTA))
    await put(alice, 'STOR a', Buffer.alloc(QUOTA, 1))
    await left(alice, 0)
    assert.equal((await tryPut(alice, 'STOR a', Buffer.alloc(QUOTA + 1))).code, 552)
    await alice.ask('SIZE a', 213, /^100000$/)
    await left(alice, 0)
  })

  it('gets the bytes of a broken upload back', async () => {
    await using server = await start({ bytes: QUOTA })
    await using alice = await logIn(server)
    await using link = await begin(alice, 'STOR a')
    await link.write(Buffer.alloc(80_000))
    link.reset()
    await alice.expect(426)
    await left(alice, QUOTA)
  })

  it('counts a continued upload whole', async () => {
    await using server = await start({ bytes: QUOTA })
    await using alice = await logIn(server)
    await put(alice, 'STOR a', Buffer.alloc(60_000))
    await alice.ask('REST 20000', 350)
    await put(alice, 'STOR a', Buffer.alloc(60_000))
    await alice.ask('SIZE a', 213, /^80000$/)
    await left(alice, 20_000)
    await put(alice, 'APPE a', Buffer.alloc(20_000))
    await left(alice, 0)
    assert.equal((await tryPut(alice, 'APPE a', 'x')).code, 552)
    await alice.ask('SIZE a', 213, /^100000$/)
  })

  it('holds for SITE CPTO, and is freed when a copy replaces a larger file', async () => {
    await using server = await start({ bytes: QUOTA })
    await using alice = await logIn(server)
    await put(alice, 'STOR large', Buffer.alloc(60_000))
    await alice.ask('SITE CPFR large', 350)
    await alice.ask('SITE CPTO another', 552, /quota/)
    await left(alice, 40_000)
    await put(alice, 'STOR small', Buffer.alloc(10_000))
    await alice.ask('SITE CPFR small', 350)
    await alice.ask('SITE CPTO large', 250)
    await left(alice, 80_000)
  })

  it('is freed when RNTO replaces a file', async () => {
    await using server = await start({ bytes: QUOTA, files: 2 })
    await using alice = await logIn(server)
    await put(alice, 'STOR a', Buffer.alloc(60_000))
    await put(alice, 'STOR b', Buffer.alloc(10_000))
    await alice.ask('RNFR b', 350)
    await alice.ask('RNTO a', 250)
    await left(alice, 90_000)
    await put(alice, 'STOR c', Buffer.alloc(90_000))
  })

  it('is never exceeded by uploads at the same time', async () => {
    await using server = await start({ bytes: QUOTA })
    await using stack = new AsyncDisposableStack()
    const replies = await Promise.all(
      Array.from({ length: 8 }, async (_, number) => {
        const dialogue = stack.use(await logIn(server))
        return (await tryPut(dialogue, `STOR ${number}`, Buffer.alloc(30_000))).code
      }),
    )
    const stored = replies.filter(code => code === 226).length
    assert.deepEqual(new Set(replies.filter(code => code !== 226)), new Set([552]))
    assert.ok(stored <= 3, `${stored} files of 30,000 bytes in a quota of ${QUOTA}`)
    assert.equal((await readdir(server.home('alice'))).filter(name => /^\d$/.test(name)).length, stored)
    await using last = await logIn(server)
    await left(last, QUOTA - stored * 30_000)
  })

  it('has room for an upload beside one that has just begun, while both fit', async () => {
    await using server = await start({ bytes: QUOTA })
    await using first = await logIn(server)
    await using second = await logIn(server)
    await using link = await begin(first, 'STOR slow')
    await link.write('x')
    await until(async () => (await received(server)) > 0 || 'nothing was received')
    await put(second, 'STOR quick', Buffer.alloc(90_000))
    link.end()
    await first.expect(226)
    await left(first, QUOTA - 90_001)
  })

  it('counts a file once that two sessions replace at the same time', async () => {
    await using server = await start({ bytes: QUOTA })
    await using first = await logIn(server)
    await using second = await logIn(server)
    await put(first, 'STOR a', Buffer.alloc(40_000))
    await put(first, 'STOR b', Buffer.alloc(50_000))
    await using one = await begin(first, 'STOR a')
    await using other = await begin(second, 'STOR a')
    for (const link of [one, other]) {
      await link.write('x')
      link.end()
    }
    await Promise.all([first.expect(226), second.expect(226)])
    await left(first, QUOTA - 50_001)
  })

  it('holds when the file that is replaced is moved away meanwhile', async () => {
    await using server = await start({ bytes: QUOTA })
    await using first = await logIn(server)
    await using second = await logIn(server)
    await put(first, 'STOR a', Buffer.alloc(QUOTA))
    await using link = await begin(first, 'STOR a')
    await link.write(Buffer.alloc(QUOTA))
    await until(async () => (await received(server)) === QUOTA || 'not all was received')
    await second.ask('RNFR a', 350)
    await second.ask('RNTO b', 250)
    link.end()
    await first.expect(552)
    await second.ask('SIZE a', 550)
    await left(second, 0)
  })

  it('is that of each user alone', async () => {
    await using server = await start({ bytes: QUOTA })
    await using alice = await logIn(server)
    await using bob = await logIn(server, 'bob')
    await put(alice, 'STOR a', Buffer.alloc(QUOTA))
    await put(bob, 'STOR a', Buffer.alloc(QUOTA))
  })
})

describe('a quota of files', () => {
  it('answers 552 in words to one file more, before the transfer, and is freed by DELE', async () => {
    await using server = await start({ files: 2 })
    await using alice = await logIn(server)
    await put(alice, 'STOR a', 'a')
    await put(alice, 'STOU b', 'b')
    const refusal = await tryPut(alice, 'STOR c', 'c')
    assert.match(refusal.text, /quota of files is used up/)
    assert.equal(refusal.code, 552)
    assert.equal((await tryPut(alice, 'STOU', 'c')).code, 552)
    await put(alice, 'STOR a', 'once more')
    await put(alice, 'APPE a', ', and more')
    await alice.ask('MKD folder', 257)
    await alice.ask('SITE CPFR a', 350)
    await alice.ask('SITE CPTO c', 552, /quota/)
    await alice.ask('DELE b', 250)
    await put(alice, 'STOR c', 'c')
    await alice.quit()
  })

  it('is exact over uploads at the same time', async () => {
    await using server = await start({ files: 3 })
    await using stack = new AsyncDisposableStack()
    const codes = await Promise.all(
      Array.from({ length: 8 }, async (_, number) => {
        const dialogue = stack.use(await logIn(server))
        return (await tryPut(dialogue, `STOR ${number}`, 'x')).code
      }),
    )
    assert.deepEqual(
      codes.toSorted((a, b) => a - b),
      [226, 226, 226, 552, 552, 552, 552, 552],
    )
  })

  it('gets the place of a broken upload back', async () => {
    await using server = await start({ files: 1 })
    await using alice = await logIn(server)
    await using link = await begin(alice, 'STOR a')
    await link.write('a')
    link.reset()
    await alice.expect(426)
    await put(alice, 'STOR b', 'b')
  })
})

async function received(server: Embedded): Promise<number> {
  const sessions = await server.server.sessions()
  return sessions.reduce((sum, { transfer }) => sum + (transfer?.bytes ?? 0), 0)
}
