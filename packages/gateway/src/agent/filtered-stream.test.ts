import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Status } from '../codes.ts'
import { linkPair } from '../wire/testing-links.ts'
import type { Json, StreamSink, WireStream } from '../wire/types.ts'
import { type FilterStep, filterStream, type StreamFilter } from './filtered-stream.ts'

const BROKEN: Status = { code: 'AGT_PROTOCOL', text: 'It could not be followed.' }
const LIMIT = { timeout: 20_000 }

/** Collects what comes; `consumed` at once. */
function collect(stream: WireStream) {
  const text: string[] = []
  const notes: Json[] = []
  const ended = Promise.withResolvers<Status | 'end'>()
  const delivered = Promise.withResolvers<void>()
  const sink: StreamSink = {
    onData(bytes) {
      text.push(bytes.toString())
      stream.consumed(bytes.length)
    },
    onEnd: () => ended.resolve('end'),
    onReset: status => ended.resolve(status),
    onNote: note => notes.push(note),
    onRoom() {},
    onDelivered: () => delivered.resolve(),
  }
  stream.attach(sink)
  return { text: () => text.join(''), notes, ended: ended.promise, delivered: delivered.promise }
}

const ignore: StreamSink = { onData() {}, onEnd() {}, onReset() {}, onRoom() {} }
const asTold = (bytes: Buffer): FilterStep[] => [{ bytes, worth: bytes.length }]

async function run(filter: StreamFilter, pieces: readonly (string | { note: Json })[]) {
  await using links = await linkPair()
  const { agent, edge } = await links.stream()
  const got = collect(filterStream(agent, filter, BROKEN))
  edge.attach(ignore)
  for (const piece of pieces) {
    if (typeof piece === 'string') edge.write(Buffer.from(piece))
    else edge.note(piece.note)
  }
  edge.end()
  const end = await got.ended
  return { end, text: got.text(), notes: got.notes }
}

describe('a filtered stream', LIMIT, () => {
  it('passes what nobody filters', async () => {
    assert.deepEqual(await run({}, ['a', 'b']), { end: 'end', text: 'ab', notes: [] })
  })

  it('holds back what follows a note until that was followed', async () => {
    const order: string[] = []
    const filter: StreamFilter = {
      async onNote(note) {
        await new Promise(resolve => setImmediate(resolve))
        order.push(`note ${JSON.stringify(note)}`)
      },
      cut: bytes => [
        async () => {
          order.push(bytes.toString())
          return { bytes, worth: bytes.length }
        },
      ],
    }
    const { text } = await run(filter, ['before', { note: 1 }, 'after'])
    assert.equal(text, 'beforeafter')
    assert.equal(order.join(' ').replace(/ ?note 1 ?/, '|'), 'before|after')
  })

  it('puts longer and shorter pieces in place of others, and both sides are complete', async () => {
    await using links = await linkPair()
    const { agent, edge } = await links.stream()
    const filter: StreamFilter = {
      cut: bytes => [
        { bytes: Buffer.from(`<${bytes.toString().slice(1)}>${'.'.repeat(500)}`), worth: bytes.length },
      ],
    }
    const filtered = filterStream(agent, filter, BROKEN)
    const got = collect(filtered)
    const far = collect(edge)
    edge.write(Buffer.from('hello'))
    edge.end()
    assert.equal(await got.ended, 'end')
    filtered.end()
    await Promise.all([far.ended, got.delivered, far.delivered])
    assert.equal(got.text(), `<ello>${'.'.repeat(500)}`)
  })

  it('gives the credit of everything that came, whatever became of it', async () => {
    const size = fc.integer({ min: 1, max: 50 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(size, fc.nat(100)), { maxLength: 20 }), async steps => {
        let consumed = 0
        let sink: StreamSink | undefined
        const inner: WireStream = {
          ...{ id: 1, sent: 0, received: 0, lastMovedAt: 0, room: 0 },
          attach(given) {
            sink = given
          },
          write: () => false,
          end() {},
          reset() {},
          note() {},
          consumed(bytes) {
            consumed += bytes
          },
        }
        let at = 0
        const filter: StreamFilter = {
          cut: bytes => [{ bytes: Buffer.alloc(steps[at++]?.[1] ?? 0), worth: bytes.length }],
        }
        const stream = filterStream(inner, filter, BROKEN)
        collect(stream)
        for (const [bytes] of steps) sink?.onData(Buffer.alloc(bytes))
        assert.equal(
          consumed,
          steps.reduce((sum, [bytes]) => sum + bytes, 0),
        )
      }),
    )
  })

  it('is broken off when a step cannot be made', async () => {
    const filter: StreamFilter = { cut: () => [() => Promise.reject(new Error('no'))] }
    assert.deepEqual(await run(filter, ['a']), { end: BROKEN, text: '', notes: [] })
  })

  it('tells a reset at once, whatever waits', async () => {
    await using links = await linkPair()
    const { agent, edge } = await links.stream()
    const got = collect(filterStream(agent, { onNote: () => new Promise(() => {}), cut: asTold }, BROKEN))
    edge.attach(ignore)
    edge.note('wait')
    edge.write(Buffer.from('never'))
    edge.reset({ code: 'SRV_RESET', text: 'gone' })
    const end = await got.ended
    assert.equal(end !== 'end' && end.code, 'SRV_RESET')
    assert.equal(got.text(), '')
  })
})
