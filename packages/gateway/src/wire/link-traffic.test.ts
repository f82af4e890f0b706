import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import type { Status } from '../codes.ts'
import { linkPair } from './testing-links.ts'
import type { StreamSink, WireStream } from './types.ts'

/** What one end of a stream does: it writes these pieces, takes what comes at its pace, and ends in one of these ways. */
interface Actor {
  readonly pieces: readonly number[]
  /** Turns of the event loop before what came is taken. */
  readonly pace: number
  /** Whether it keeps writing when it is told that there is no room. */
  readonly pushes: boolean
  readonly ending: 'end' | 'reset'
}

const actor: fc.Arbitrary<Actor> = fc.record({
  pieces: fc.array(
    fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100_000 }), fc.constant(65_536)),
    { maxLength: 12 },
  ),
  pace: fc.integer({ min: 0, max: 3 }),
  pushes: fc.boolean(),
  ending: fc.oneof(
    { weight: 5, arbitrary: fc.constant('end' as const) },
    { weight: 1, arbitrary: fc.constant('reset' as const) },
  ),
})

const traffic = fc.array(fc.tuple(actor, actor), { minLength: 1, maxLength: 8 })
const windows = fc.constantFrom(1, 1_000, 50_000, 262_144).map(initial => ({ initial, max: 8_388_608 }))

const BROKEN: Status = { code: 'AGT_CLIENT_RESET', text: 'broken on purpose' }

/** What byte stands at a place of a direction: a byte that is lost, doubled or strayed is seen. */
const byteAt = (seed: number, at: number) => (seed * 31 + at * 7 + (at >> 8) * 13 + (at >> 16)) & 0xff

/** Plays an actor. Resolves with how the stream ended at this end, and how many bytes were right before. */
async function play(
  stream: WireStream,
  seed: number,
  theirs: number,
  { pieces, pace, pushes, ending }: Actor,
) {
  let received = 0
  let room = Promise.withResolvers<void>()
  const over = Promise.withResolvers<'delivered' | 'reset'>()
  let gone = false
  const sink: StreamSink = {
    onData(bytes) {
      for (const byte of bytes) assert.equal(byte, byteAt(theirs, received++))
      const count = bytes.length
      const take = async () => {
        for (let turn = 0; turn < pace; turn++) await nextTurn()
        stream.consumed(count)
      }
      void take()
    },
    onEnd() {},
    onReset() {
      gone = true
      room.resolve()
      over.resolve('reset')
    },
    onRoom: () => room.resolve(),
    onDelivered: () => over.resolve('delivered'),
  }
  stream.attach(sink)
  let written = 0
  for (const size of pieces) {
    if (gone) break
    const piece = Uint8Array.from({ length: size }, (_, at) => byteAt(seed, written + at))
    written += size
    if (!stream.write(piece, size % 2 === 0) && !pushes) {
      await room.promise
      room = Promise.withResolvers()
    }
  }
  if (ending === 'end') stream.end()
  else stream.reset(BROKEN)
  return { how: await over.promise, written, received }
}

test('whatever many streams do at once, every byte arrives in its place, or the stream is broken at both ends', async () => {
  await fc.assert(
    fc.asyncProperty(traffic, windows, windows, async (plans, atAgent, atEdge) => {
      await using pair = await linkPair({ agent: { windows: atAgent }, edge: { windows: atEdge } })
      const ends = await Promise.all(
        plans.map(async ([left, right], index) => {
          const { agent, edge } = await pair.stream()
          return Promise.all([
            play(agent, 2 * index, 2 * index + 1, left),
            play(edge, 2 * index + 1, 2 * index, right),
          ])
        }),
      )
      for (const [index, [left, right]] of ends.entries()) {
        const isClean = plans[index]?.every(({ ending }) => ending === 'end') === true
        assert.deepEqual([left.how, right.how], isClean ? ['delivered', 'delivered'] : ['reset', 'reset'])
        if (!isClean) continue
        assert.deepEqual([left.received, right.received], [right.written, left.written])
      }
      // Nothing late has broken the link, and nothing is left.
      const signal = AbortSignal.timeout(10_000)
      await Promise.all([pair.agent.ping(signal), pair.edge.ping(signal)])
      assert.deepEqual([pair.agent.streams, pair.edge.streams], [0, 0])
    }),
    { numRuns: 40 },
  )
})
