import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { Status } from '../codes.ts'
import { encodeCredit, encodeEnd } from './frames.ts'
import { linkPair, Notebook, type RawPair, rawPair } from './testing-links.ts'
import { FRAME, type IncomingStream, StreamRefused } from './types.ts'

const soon = () => AbortSignal.timeout(10_000)
const DENIED: Status = { code: 'POL_DENIED', text: 'An access rule denies it.' }

test('a stream is asked for, accepted, and carries bytes both ways to its ends', async () => {
  await using pair = await linkPair()
  const opening = pair.agent.open({ host: 'ftp', port: 21 }, soon())
  const incoming = await pair.asked.take()
  assert.deepEqual(incoming.ask, { host: 'ftp', port: 21 })
  const edge = incoming.accept({ session: 'S' })
  const { stream: agent, answer } = await opening
  assert.deepEqual(answer, { session: 'S' })
  const [atAgent, atEdge] = [new Notebook(agent), new Notebook(edge)]
  const up = randomBytes(1_000_000)
  agent.write(up)
  agent.note({ n: 1 })
  agent.end()
  edge.write(Buffer.from('down'))
  assert.equal(await atEdge.happened.take(), 'note {"n":1} after 1000000')
  assert.equal(await atEdge.happened.take(), 'end')
  assert.ok(atEdge.bytes.equals(up))
  edge.end()
  assert.equal(await atAgent.happened.take(), 'end')
  assert.equal(atAgent.bytes.toString(), 'down')
  assert.equal(await atAgent.happened.take(), 'delivered')
  assert.equal(await atEdge.happened.take(), 'delivered')
  assert.deepEqual([agent.sent, agent.received, edge.sent, edge.received], [1_000_000, 4, 4, 1_000_000])
  assert.deepEqual([pair.agent.streams, pair.edge.streams], [0, 0])
})

test('a refusal reaches who asked, with its words', async () => {
  await using pair = await linkPair()
  const opening = pair.agent.open({}, soon())
  const incoming = await pair.asked.take()
  incoming.refuse(DENIED)
  await assert.rejects(opening, (error: StreamRefused) => {
    assert.deepEqual(error.status, DENIED)
    return error instanceof StreamRefused
  })
  assert.deepEqual([pair.agent.streams, pair.edge.streams], [0, 0])
  await pair.agent.ping(soon())
})

test('who gives up while it is asked is gone at the other side, and a late answer harms nobody', async () => {
  await using pair = await linkPair()
  const givingUp = new AbortController()
  const opening = pair.agent.open({}, givingUp.signal)
  const incoming = await pair.asked.take()
  // The answer and the reset meet on the way.
  incoming.accept({})
  givingUp.abort({ code: 'AGT_CLIENT_RESET', text: 'gone' })
  await assert.rejects(opening, { name: 'StreamRefused', status: { code: 'AGT_CLIENT_RESET', text: 'gone' } })
  await pair.agent.ping(soon())
  assert.deepEqual([pair.agent.streams, pair.edge.streams], [0, 0])
})

test('an asked stream says that nobody waits any more', async () => {
  await using pair = await linkPair()
  const givingUp = new AbortController()
  const opening = pair.agent.open({}, givingUp.signal)
  const incoming = await pair.asked.take()
  const gone = new Promise(resolve => incoming.gone.addEventListener('abort', resolve))
  givingUp.abort({ code: 'AGT_STOPPED', text: 'stopped' })
  await assert.rejects(opening)
  await gone
  assert.deepEqual(incoming.gone.reason, { code: 'AGT_STOPPED', text: 'stopped' })
  // Accepting it now gives a stream that is broken already.
  const late = new Notebook(incoming.accept({}))
  assert.equal(await late.happened.take(), 'reset AGT_STOPPED')
  await pair.agent.ping(soon())
})

test('what comes before the sink is there waits for it', async () => {
  await using pair = await linkPair()
  const { agent, edge } = await pair.stream()
  agent.write(Buffer.from('early'))
  agent.note('word')
  agent.end()
  await pair.agent.ping(soon())
  const late = new Notebook(edge)
  assert.equal(await late.happened.take(), 'note "word" after 5')
  assert.equal(await late.happened.take(), 'end')
  assert.equal(late.bytes.toString(), 'early')
})

test('a reset breaks both directions, and both sides hear why', async () => {
  await using pair = await linkPair()
  const { agent, edge } = await pair.stream()
  const [atAgent, atEdge] = [new Notebook(agent), new Notebook(edge)]
  edge.reset(DENIED)
  assert.equal(await atEdge.happened.take(), 'reset POL_DENIED')
  assert.equal(await atAgent.happened.take(), 'reset POL_DENIED')
  agent.write(Buffer.from('into the void'))
  agent.end()
  await pair.agent.ping(soon())
  assert.equal(pair.edge.streams, 0)
})

test('DATA on its way to a stream that was broken meanwhile harms nobody', async () => {
  await using pair = await linkPair()
  const { agent, edge } = await pair.stream()
  new Notebook(edge)
  new Notebook(agent)
  await pair.agent.ping(soon())
  for (let i = 0; i < 3; i++) agent.write(Buffer.alloc(60_000))
  agent.end()
  edge.reset(DENIED)
  await pair.agent.ping(soon())
  await pair.edge.ping(soon())
  assert.deepEqual([pair.agent.streams, pair.edge.streams], [0, 0])
})

test('a sink that takes nothing stops the sender at its window, and others go on', async () => {
  await using pair = await linkPair()
  const slow = await pair.stream()
  const stuck = new Notebook(slow.edge, false)
  new Notebook(slow.agent)
  const fast = await pair.stream()
  const flowing = new Notebook(fast.edge)
  new Notebook(fast.agent)
  slow.agent.write(Buffer.alloc(3_000_000))
  fast.agent.write(Buffer.alloc(5_000_000))
  fast.agent.end()
  assert.equal(await flowing.happened.take(), 'end')
  assert.equal(flowing.bytes.length, 5_000_000)
  assert.equal(stuck.bytes.length, 262_144)
  assert.equal(slow.agent.room, 0)
  slow.edge.consumed(262_144)
  await pair.edge.ping(soon())
  await pair.agent.ping(soon())
  assert.equal(stuck.bytes.length, 2 * 262_144)
})

test('messages arrive whole and in order, beside streams', async () => {
  await using pair = await linkPair({ edge: { maxMessage: 1_000_000 } })
  const long = 'x'.repeat(500_000)
  pair.agent.message({ long })
  pair.agent.message(2)
  assert.deepEqual(await pair.messages.take(), { long })
  assert.equal(await pair.messages.take(), 2)
})

test('a long message holds no stream up, and what is said meanwhile breaks nothing', async () => {
  await using pair = await linkPair({ edge: { maxMessage: 40_000_000, pingMs: 20 }, agent: { pingMs: 20 } })
  const { agent, edge } = await pair.stream()
  const atEdge = new Notebook(edge)
  pair.agent.message('x'.repeat(32_000_000))
  agent.write(Buffer.from('me, too'))
  agent.end()
  assert.equal(await atEdge.happened.take(), 'end')
  assert.equal(pair.messages.size, 0)
  const message = await pair.messages.take()
  assert.ok(typeof message === 'string' && message.length === 32_000_000)
})

test('the answer to a PING says that every message before it was taken', async () => {
  await using pair = await linkPair({ edge: { maxMessage: 20_000_000, pingMs: 20 }, agent: { pingMs: 20 } })
  const { agent, edge } = await pair.stream()
  new Notebook(edge)
  for (let round = 0; round < 5; round++) {
    agent.write(Buffer.alloc(100_000))
    pair.agent.message('x'.repeat(3_000_000))
    await pair.agent.ping(soon())
    assert.equal(pair.messages.size, 1)
    await pair.messages.take()
  }
})

test('whoever waits for the answer to a PING hears of the end of the link', async () => {
  await using pair = await linkPair({ edge: { maxMessage: 40_000_000 } })
  pair.agent.message('x'.repeat(32_000_000))
  const waiting = pair.agent.ping(soon())
  pair.agent.destroy({ code: 'AGT_STOPPED', text: 'bye' })
  await assert.rejects(waiting, { status: { code: 'AGT_STOPPED', text: 'bye' } })
  await assert.rejects(pair.agent.ping(soon()), { status: { code: 'AGT_STOPPED', text: 'bye' } })
})

test('who goes away takes no new streams, and those that are open go on', async () => {
  const said: Status[] = []
  await using pair = await linkPair({
    agent: { handlers: { onOpen() {}, onMessage() {}, onGoAway: status => said.push(status) } },
  })
  const { agent, edge } = await pair.stream()
  const atEdge = new Notebook(edge)
  pair.edge.goAway({ code: 'EDG_DRAINING', text: 'bye' })
  await pair.edge.ping(soon())
  assert.deepEqual(said, [{ code: 'EDG_DRAINING', text: 'bye' }])
  assert.ok(pair.agent.draining && pair.edge.draining)
  agent.end()
  assert.equal(await atEdge.happened.take(), 'end')
})

test('a link that is closed with a word breaks its streams with that word on both sides', async () => {
  await using pair = await linkPair()
  const { agent, edge } = await pair.stream()
  const [atAgent, atEdge] = [new Notebook(agent), new Notebook(edge)]
  const opening = pair.agent.open({}, soon())
  const incoming = await pair.asked.take()
  const refused = assert.rejects(opening, {
    name: 'StreamRefused',
    status: { code: 'POL_REVOKED', text: 'out' },
  })
  pair.edge.destroy({ code: 'POL_REVOKED', text: 'out' })
  assert.equal(await atEdge.happened.take(), 'reset POL_REVOKED')
  assert.equal(await atAgent.happened.take(), 'reset POL_REVOKED')
  await refused
  assert.ok(incoming.gone.aborted)
  assert.deepEqual(await pair.agent.closed, { code: 'POL_REVOKED', text: 'out' })
  assert.deepEqual(await pair.edge.closed, { code: 'POL_REVOKED', text: 'out' })
  await assert.rejects(pair.agent.open({}, soon()), { name: 'StreamRefused' })
})

test('what was said before the last word is heard', async () => {
  await using pair = await linkPair()
  pair.agent.message('one')
  pair.agent.message('two')
  pair.agent.destroy({ code: 'AGT_STOPPED', text: 'bye' })
  assert.equal(await pair.messages.take(), 'one')
  assert.equal(await pair.messages.take(), 'two')
  assert.deepEqual(await pair.edge.closed, { code: 'AGT_STOPPED', text: 'bye' })
})

const CUTS: Record<string, (raw: RawPair) => void> = {
  'close_notify and FIN': ({ raw }) => raw.end(),
  'a bare FIN': ({ tls }) => tls.below.dialler.end(),
  'a RST': ({ tls }) => tls.below.dialler.resetAndDestroy(),
  'bytes that are no TLS': ({ tls }) => tls.below.dialler.write(Buffer.alloc(100, 0x55)),
}

for (const [how, cut] of Object.entries(CUTS)) {
  test(`a link that ends by ${how} breaks its streams, those with one end, too`, async () => {
    await using pair = await rawPair('acceptor')
    const notebooks: Notebook[] = []
    for (const id of [1, 3]) {
      pair.send(FRAME.open, id, {})
      notebooks.push(new Notebook((await pair.asked.take()).accept({})))
    }
    pair.send(FRAME.data, 1, Buffer.from('all of it'))
    pair.raw.write(encodeEnd(1, 9))
    const [one, two] = notebooks
    assert.equal(await one?.happened.take(), 'end')
    cut(pair)
    assert.equal(await one?.happened.take(), 'reset AGT_LOST')
    assert.equal(await two?.happened.take(), 'reset AGT_LOST')
    const { code } = await pair.link.closed
    assert.equal(code, 'AGT_LOST')
  })
}

test('a peer that falls silent is lost, and one that answers no PING, too', async () => {
  await using silent = await rawPair('acceptor', { pingMs: 20, lostMs: 200 })
  silent.send(FRAME.open, 1, {})
  const stream = new Notebook((await silent.asked.take()).accept({}))
  assert.equal(await stream.happened.take(), 'reset AGT_LOST')
  assert.match((await silent.link.closed).text, /nothing came for/)

  await using deaf = await rawPair('acceptor', { pingMs: 20, lostMs: 50 })
  const chatter = setInterval(() => deaf.send(FRAME.message, 0, {}), 10)
  const { code, text } = await deaf.link.closed
  clearInterval(chatter)
  assert.equal(code, 'AGT_LOST')
  assert.match(text, /no answer came for/)
})

test('a program that was stopped for longer than that takes nobody for lost before it has read', async () => {
  await using pair = await linkPair({
    agent: { pingMs: 20, lostMs: 200 },
    edge: { pingMs: 20, lostMs: 200 },
  })
  const { agent } = await pair.stream()
  const sink = new Notebook(agent)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600)
  await pair.agent.ping(soon())
  await pair.edge.ping(soon())
  assert.equal(sink.happened.size, 0)
})

test('a PING is answered with its bytes, and gives the round trip', async () => {
  await using pair = await rawPair('acceptor')
  pair.send(FRAME.ping, 0, Buffer.from('12345678'))
  const pong = await pair.seen.take()
  assert.deepEqual([pong.type, pong.payload.toString()], [FRAME.pong, '12345678'])
  await using both = await linkPair()
  await both.agent.ping(soon())
  assert.ok((both.agent.roundTripMs ?? -1) > 0)
  assert.ok(both.agent.silentMs < 10_000)
})

test('END with another count breaks the stream on both sides', async () => {
  await using pair = await rawPair('acceptor')
  pair.send(FRAME.open, 1, {})
  const sink = new Notebook((await pair.asked.take()).accept({}))
  pair.send(FRAME.data, 1, Buffer.from('1234'))
  pair.raw.write(encodeEnd(1, 5))
  assert.equal(await sink.happened.take(), 'reset AGT_COUNT_MISMATCH')
  for (;;) {
    const frame = await pair.seen.take()
    if (frame.type !== FRAME.reset) continue
    assert.equal(JSON.parse(frame.payload.toString()).code, 'AGT_COUNT_MISMATCH')
    break
  }
  assert.equal(pair.link.streams, 0)
})

test('a handler that throws closes the link, and nothing else', async () => {
  await using pair = await rawPair('acceptor', {
    handlers: {
      onOpen() {},
      onMessage() {
        throw new RangeError('not like that')
      },
    },
  })
  pair.send(FRAME.message, 0, {})
  assert.deepEqual(await pair.link.closed, { code: 'AGT_PROTOCOL', text: 'not like that' })
})

test('more streams than one may have are refused, and those that are open go on', async () => {
  await using pair = await linkPair({ edge: { maxStreams: 2 } })
  const one = await pair.stream()
  const atEdge = new Notebook(one.edge)
  const { agent: two } = await pair.stream()
  await assert.rejects(pair.agent.open({}, soon()), (error: StreamRefused) => {
    assert.equal(error.status.code, 'AGT_TOO_MANY_STREAMS')
    return true
  })
  two.reset(DENIED)
  await pair.agent.ping(soon())
  await pair.stream()
  one.agent.end()
  assert.equal(await atEdge.happened.take(), 'end')
})

test('a flood of streams is refused, and a larger one closes the link', async () => {
  await using pair = await rawPair('acceptor', { opensPerSecond: 20 })
  for (let i = 0; i < 60; i++) pair.send(FRAME.open, 2 * i + 1, {})
  let refused = 0
  while (refused < 30) {
    const { type, payload } = await pair.seen.take()
    if (type !== FRAME.refused) continue
    assert.equal(JSON.parse(payload.toString()).code, 'AGT_TOO_MANY_STREAMS')
    refused += 1
  }
  assert.ok(pair.asked.size >= 20 && pair.asked.size < 40)
  for (let i = 60; i < 400; i++) pair.send(FRAME.open, 2 * i + 1, {})
  assert.equal((await pair.link.closed).code, 'AGT_PROTOCOL')
})

test('a peer that lets its answers pile up is cut off', async () => {
  await using pair = await rawPair('acceptor')
  pair.raw.pause()
  const pings = Buffer.concat(
    Array.from({ length: 1_000 }, () => Buffer.from('0a000008000000000000000000000000', 'hex')),
  )
  const push = () => {
    while (!pair.raw.destroyed && pair.raw.write(pings));
  }
  pair.raw.on('drain', push)
  push()
  assert.equal((await pair.link.closed).code, 'AGT_PROTOCOL')
})

test('what a stream says before it is accepted twice is a mistake of the program', async () => {
  await using pair = await rawPair('acceptor')
  pair.send(FRAME.open, 1, {})
  const incoming: IncomingStream = await pair.asked.take()
  incoming.accept({})
  assert.throws(() => incoming.accept({}), TypeError)
})

test('a small stream has its turn beside large ones', async () => {
  await using pair = await rawPair('acceptor')
  const streams = []
  for (let id = 1; id <= 17; id += 2) {
    pair.send(FRAME.open, id, {})
    streams.push((await pair.asked.take()).accept({}))
    pair.raw.write(encodeCredit(id, 10_000_000))
  }
  pair.send(FRAME.ping, 0, Buffer.alloc(8, 1))
  while ((await pair.seen.take()).type !== FRAME.pong);
  const small = streams.pop()
  for (const stream of streams) stream.write(Buffer.alloc(2_000_000))
  small?.write(Buffer.from('here I am'))
  let before = 0
  for (;;) {
    const { type, stream, payload } = await pair.seen.take()
    if (type !== FRAME.data) continue
    if (stream === 17) break
    before += payload.length
  }
  // One batch was on its way, and each of the others had at most one turn.
  assert.ok(before <= 262_144 + 9 * 65_536, `${before} bytes came first`)
})
