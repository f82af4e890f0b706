import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeFrame, FrameDecoder } from './frames.ts'
import { type Outgoing, SendQueue } from './send-queue.ts'
import { FRAME, HEADER_BYTES, MAX_DATA } from './types.ts'

const bytesOf = ({ head, body }: Outgoing) => (head ? Buffer.concat([head, body]) : Buffer.from(body))

test('small pieces leave as one frame, and none is longer than a frame may be', () => {
  const queue = new SendQueue()
  for (let i = 0; i < 100; i++) queue.append(Buffer.alloc(1_000, i))
  const first = queue.take(1, 1_000_000)
  assert.equal(first?.data, 1_000)
  const lengths: number[] = []
  for (let out = queue.take(1, 1_000_000); out; out = queue.take(1, 1_000_000)) lengths.push(out.data)
  assert.deepEqual(lengths, [MAX_DATA, 99_000 - MAX_DATA])
})

test('a note keeps its place among the bytes, and needs no credit', () => {
  const queue = new SendQueue()
  queue.append(Buffer.from('before'))
  queue.appendFrame(encodeFrame(FRAME.note, 1, Buffer.from('{}')))
  queue.append(Buffer.from('after'))
  assert.equal(queue.take(1, 0), undefined)
  assert.equal(queue.take(1, 100)?.data, 6)
  assert.ok(queue.canTake(0))
  assert.equal(queue.take(1, 0)?.body[0], FRAME.note)
  assert.ok(!queue.canTake(0))
  assert.equal(queue.take(1, 2)?.data, 2)
  assert.equal(queue.take(1, 100)?.data, 3)
  assert.ok(queue.isEmpty)
})

type Step =
  | { readonly do: 'append' | 'keep'; readonly bytes: number }
  | { readonly do: 'note' }
  | { readonly do: 'take'; readonly credit: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom('append' as const, 'keep' as const),
    bytes: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 200_000 })),
  }),
  fc.record({ do: fc.constant('note' as const) }),
  fc.record({
    do: fc.constant('take' as const),
    credit: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 300_000 })),
  }),
)

test('what goes in comes out: in order, within the credit, as valid frames', () => {
  const source = randomBytes(200_000)
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), steps => {
      const queue = new SendQueue()
      // Notes stand in the model as one byte outside of the data, by the place at which they are.
      const wanted: Buffer[] = []
      const notesAt: number[] = []
      const got: Buffer[] = []
      const gotNotesAt: number[] = []
      let written = 0
      let read = 0
      const decoder = new FrameDecoder({
        onData: (_, piece) => {
          got.push(Buffer.from(piece))
          read += piece.length
        },
        onFrame: () => gotNotesAt.push(read),
      })
      const take = (credit: number) => {
        const ready = queue.canTake(credit)
        const out = queue.take(9, credit)
        assert.equal(out !== undefined, ready)
        if (!out) return false
        assert.ok(out.data <= credit)
        assert.ok(bytesOf(out).length <= HEADER_BYTES + MAX_DATA)
        decoder.push(bytesOf(out))
        return true
      }
      for (const one of steps) {
        if (one.do === 'take') take(one.credit)
        else if (one.do === 'note') {
          queue.appendFrame(encodeFrame(FRAME.note, 9, Buffer.from('1')))
          notesAt.push(written)
        } else {
          const bytes = source.subarray(0, one.bytes)
          wanted.push(bytes)
          written += bytes.length
          if (one.do === 'append') queue.append(bytes)
          else queue.keep(Buffer.from(bytes))
        }
        assert.equal(queue.bytes, written - read)
      }
      while (take(MAX_DATA));
      assert.ok(queue.isEmpty)
      assert.ok(Buffer.concat(got).equals(Buffer.concat(wanted)))
      assert.deepEqual(gotNotesAt, notesAt)
    }),
    { numRuns: 200 },
  )
})
