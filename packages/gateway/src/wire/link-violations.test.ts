import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeCredit, encodeEnd } from './frames.ts'
import { Notebook, type RawPair, rawPair } from './testing-links.ts'
import { FRAME } from './types.ts'

const soon = () => AbortSignal.timeout(10_000)

/** What a peer that asked for stream 1, and got it, must not do. */
const VIOLATIONS: Record<string, (pair: RawPair) => void> = {
  'DATA of a stream that was never opened': pair => pair.send(FRAME.data, 3, Buffer.from('x')),
  'CREDIT of a stream that was never opened': pair => pair.raw.write(encodeCredit(3, 1)),
  'END of a stream that was never opened': pair => pair.raw.write(encodeEnd(3, 0)),
  'RESET of a stream that was never opened': pair =>
    pair.send(FRAME.reset, 3, { code: 'AGT_STOPPED', text: '' }),
  'a stream opened twice': pair => pair.send(FRAME.open, 1, {}),
  'a number of the other side': pair => pair.send(FRAME.open, 2, {}),
  'a lower number than the last': pair => {
    pair.send(FRAME.open, 9, {})
    pair.send(FRAME.open, 7, {})
  },
  'an answer to what nobody asked': pair => pair.send(FRAME.opened, 1, {}),
  'a refusal of its own stream': pair => pair.send(FRAME.refused, 1, { code: 'AGT_STOPPED', text: '' }),
  'DATA after END': pair => {
    pair.raw.write(encodeEnd(1, 0))
    pair.send(FRAME.data, 1, Buffer.from('x'))
  },
  'END after END': pair => {
    pair.raw.write(encodeEnd(1, 0))
    pair.raw.write(encodeEnd(1, 0))
  },
  'NOTE after END': pair => {
    pair.raw.write(encodeEnd(1, 0))
    pair.send(FRAME.note, 1, {})
  },
  'DATA after RESET': pair => {
    pair.send(FRAME.reset, 1, { code: 'AGT_STOPPED', text: '' })
    pair.send(FRAME.data, 1, Buffer.from('x'))
  },
  'DATA beyond its credit': pair => {
    for (let i = 0; i < 5; i++) pair.send(FRAME.data, 1, Buffer.alloc(65_536))
  },
  'more credit than any window': pair => {
    pair.raw.write(encodeCredit(1, 0x4000_0000))
    pair.raw.write(encodeCredit(1, 1))
  },
  'a word that all was taken before there was an end': pair => pair.raw.write(encodeCredit(1, 0)),
  'RESET with a status that is none': pair => pair.send(FRAME.reset, 1, { code: 'NO_SUCH', text: '' }),
  'RESET that is no JSON': pair => pair.send(FRAME.reset, 1, Buffer.from('nonsense')),
  'a PONG without a PING': pair => pair.send(FRAME.pong, 0, Buffer.alloc(8, 0xff)),
  'a message that is too long': pair => {
    pair.send(FRAME.message, 1, Buffer.alloc(60_000))
    pair.send(FRAME.message, 0, Buffer.alloc(60_000))
  },
  'a message that is no JSON': pair => pair.send(FRAME.message, 0, Buffer.from('nonsense')),
  'a frame of an unknown type': pair => pair.raw.write(Buffer.alloc(8, 99)),
}

for (const [what, violate] of Object.entries(VIOLATIONS)) {
  test(`${what} closes the link`, async () => {
    await using pair = await rawPair('acceptor')
    pair.send(FRAME.open, 1, {})
    const sink = new Notebook((await pair.asked.take()).accept({}), false)
    violate(pair)
    const { code } = await pair.link.closed
    assert.equal(code, 'AGT_PROTOCOL')
    const last = await sink.happened.take()
    if (last === 'end') assert.equal(await sink.happened.take(), 'reset AGT_PROTOCOL')
    else assert.match(last, /^reset (AGT_PROTOCOL|AGT_STOPPED)$/)
  })
}

test('DATA before OPENED, from the side that was asked, closes the link', async () => {
  await using pair = await rawPair('dialler')
  const opening = pair.link.open({}, soon())
  const asked = await pair.seen.take()
  assert.deepEqual([asked.type, asked.stream], [FRAME.open, 1])
  pair.send(FRAME.data, 1, Buffer.from('x'))
  await assert.rejects(opening, { name: 'StreamRefused' })
  assert.equal((await pair.link.closed).code, 'AGT_PROTOCOL')
})
