import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isStatusCode } from '../codes.ts'
import { encodeFrame } from './frames.ts'
import { Notebook, rawPair } from './testing-links.ts'
import { FRAME, type FrameType } from './types.ts'

const stream = fc.integer({ min: 1, max: 8 })
const json = fc.constantFrom(
  '{}',
  'null',
  '{"code":"AGT_STOPPED","text":"x"}',
  '{"code":"AGT_STOPPED"}',
  '[',
  '"',
)
const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map(array => Buffer.from(array))
const small = (length: number) => fc.oneof(bytes(length), fc.constant(Buffer.alloc(length)))

interface Frame {
  readonly type: FrameType
  readonly stream: number
  readonly payload: Buffer
}

const onStream = (type: FrameType, payload: fc.Arbitrary<Buffer>) =>
  fc.record({ type: fc.constant(type), stream, payload })
const jsonFrame = (...types: FrameType[]) =>
  fc.record({ type: fc.constantFrom(...types), stream, payload: json.map(text => Buffer.from(text)) })

/** Frames that the table allows, in an order that it may not allow. */
const frame: fc.Arbitrary<Frame> = fc.oneof(
  { weight: 3, arbitrary: jsonFrame(FRAME.open) },
  { weight: 3, arbitrary: onStream(FRAME.data, fc.integer({ min: 1, max: 2_000 }).chain(bytes)) },
  jsonFrame(FRAME.opened, FRAME.refused, FRAME.reset, FRAME.note),
  onStream(FRAME.credit, small(4)),
  onStream(FRAME.end, small(8)),
  fc.record({
    type: fc.constantFrom(FRAME.ping, FRAME.pong),
    stream: fc.constant(0),
    payload: small(8),
  }),
  fc.record({
    type: fc.constantFrom(FRAME.message, FRAME.goaway),
    stream: fc.constant(0),
    payload: json.map(text => Buffer.from(text)),
  }),
)

test('valid frames in any order are borne or close the link, and every stream comes to an end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 40 }), fc.boolean(), async (frames, accepts) => {
      const notebooks: Notebook[] = []
      await using pair = await rawPair('acceptor', {
        handlers: {
          onOpen(incoming) {
            if (accepts) notebooks.push(new Notebook(incoming.accept({})))
            else incoming.refuse({ code: 'POL_DENIED', text: '' })
          },
          onMessage() {},
        },
      })
      pair.raw.write(Buffer.concat(frames.map(one => encodeFrame(one.type, one.stream, one.payload))))
      pair.raw.end()
      const { code } = await pair.link.closed
      assert.ok(isStatusCode(code))
      assert.equal(pair.link.streams, 0)
      for (const notebook of notebooks) {
        let last = await notebook.happened.take()
        while (last === 'end' || last.startsWith('note')) last = await notebook.happened.take()
        assert.match(last, /^(reset|delivered)/)
      }
    }),
    { numRuns: 150 },
  )
})
