import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { GatewayError } from '../errors.ts'
import { encodeEnd, encodeFrame, FrameDecoder, readEnd } from './frames.ts'
import { FRAME, type FrameType, MAX_DATA, MAX_JSON } from './types.ts'

interface Seen {
  type: FrameType
  stream: number
  payload: Buffer
}

/** Decodes pieces; DATA of one stream that came in pieces of one frame is joined only by the caller. */
function decode(pieces: readonly Buffer[]): Seen[] {
  const seen: Seen[] = []
  const decoder = new FrameDecoder({
    onData: (stream, piece) => seen.push({ type: FRAME.data, stream, payload: Buffer.from(piece) }),
    onFrame: (type, stream, payload) => seen.push({ type, stream, payload: Buffer.from(payload) }),
  })
  for (const piece of pieces) decoder.push(piece)
  return seen
}

/** Neighbouring DATA of the same stream made one: where frames end is nothing that a stream knows. */
function joined(frames: readonly Seen[]): Seen[] {
  const result: Seen[] = []
  for (const frame of frames) {
    const last = result.at(-1)
    if (frame.type === FRAME.data && last?.type === FRAME.data && last.stream === frame.stream)
      last.payload = Buffer.concat([last.payload, frame.payload])
    else result.push({ ...frame })
  }
  return result
}

function header(type: number, length: number, stream: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt8(type, 0)
  bytes.writeUIntBE(length, 1, 3)
  bytes.writeUInt32BE(stream, 4)
  return bytes
}

test('a frame is a type, a length of 24 bits and a stream of 32, then the payload', () => {
  const frame = encodeFrame(FRAME.data, 0x01020304, Buffer.from('abc'))
  assert.equal(frame.toString('hex'), '0400000301020304616263')
})

const REFUSED = [
  ['a type that is not known', header(0, 1, 1)],
  ['a type above the last', header(13, 1, 1)],
  ['a type far above the last', header(255, 1, 1)],
  ['DATA without a byte', header(FRAME.data, 0, 1)],
  ['DATA of a byte too much', header(FRAME.data, MAX_DATA + 1, 1)],
  ['DATA of the longest length there is', header(FRAME.data, 0xff_ffff, 1)],
  ['DATA of no stream', header(FRAME.data, 1, 0)],
  ['an OPEN of a byte too much', header(FRAME.open, MAX_JSON + 1, 1)],
  ['an OPEN without anything', header(FRAME.open, 0, 1)],
  ['a CREDIT of three bytes', header(FRAME.credit, 3, 1)],
  ['a CREDIT of five bytes', header(FRAME.credit, 5, 1)],
  ['an END of four bytes', header(FRAME.end, 4, 1)],
  ['a PING about a stream', header(FRAME.ping, 8, 1)],
  ['a PING of nine bytes', header(FRAME.ping, 9, 0)],
  ['a GOAWAY about a stream', header(FRAME.goaway, 2, 1)],
  ['a MESSAGE of stream 2', header(FRAME.message, 2, 2)],
  ['a MESSAGE without a byte', header(FRAME.message, 0, 0)],
  ['a RESET of no stream', header(FRAME.reset, 10, 0)],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['FTP', Buffer.from('USER anonymous\r\n')],
] as const

for (const [what, bytes] of REFUSED) {
  test(`${what} is refused before a byte of payload is waited for`, () => {
    assert.throws(() => decode([bytes]), { name: 'GatewayError', code: 'GATEWAY_PROTOCOL' })
    const byBytes = Array.from(bytes, byte => Buffer.of(byte))
    assert.throws(() => decode(byBytes), { code: 'GATEWAY_PROTOCOL' })
  })
}

test('DATA is passed on as views of the memory in which it came', () => {
  const whole = encodeFrame(FRAME.data, 7, Buffer.alloc(1_000, 1))
  const pieces: Buffer[] = []
  const decoder = new FrameDecoder({ onData: (_, piece) => pieces.push(piece), onFrame() {} })
  decoder.push(whole)
  assert.equal(pieces[0]?.buffer, whole.buffer)
})

test('a count beyond what a number holds exactly is no count', () => {
  const end = encodeEnd(3, Number.MAX_SAFE_INTEGER)
  assert.equal(readEnd(end.subarray(8)), Number.MAX_SAFE_INTEGER)
  assert.equal(readEnd(Buffer.alloc(8, 0xff)), undefined)
})

test('what the table forbids is not encoded either', () => {
  for (const [type, stream, length] of [
    [FRAME.data, 1, 0],
    [FRAME.data, 1, MAX_DATA + 1],
    [FRAME.data, 0, 1],
    [FRAME.open, 1, MAX_JSON + 1],
    [FRAME.ping, 1, 8],
  ] as const)
    assert.throws(() => encodeFrame(type, stream, Buffer.alloc(length)), RangeError)
})

const id = fc.integer({ min: 1, max: 0xffff_ffff })
const payload = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map(bytes => Buffer.from(bytes))
const jsonTypes = [FRAME.open, FRAME.opened, FRAME.refused, FRAME.reset, FRAME.note] as const
const anyFrame: fc.Arbitrary<Seen> = fc.oneof(
  fc.record({ type: fc.constantFrom(...jsonTypes), stream: id, payload: payload(1, 300) }),
  fc.record({
    type: fc.constant(FRAME.data),
    stream: fc.integer({ min: 1, max: 3 }),
    payload: payload(1, 500),
  }),
  fc.record({ type: fc.constant(FRAME.credit), stream: id, payload: payload(4, 4) }),
  fc.record({ type: fc.constant(FRAME.end), stream: id, payload: payload(8, 8) }),
  fc.record({ type: fc.constant(FRAME.message), stream: fc.constantFrom(0, 1), payload: payload(1, 300) }),
  fc.record({
    type: fc.constantFrom(FRAME.ping, FRAME.pong),
    stream: fc.constant(0),
    payload: payload(8, 8),
  }),
)

/** Cuts at arbitrary places. */
function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [...new Set(at.map(place => place % (bytes.length + 1)))].toSorted((a, b) => a - b)
  return [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length))
}

test('frames survive being cut anywhere', () => {
  fc.assert(
    fc.property(
      fc.array(anyFrame, { maxLength: 20 }),
      fc.array(fc.nat(), { maxLength: 60 }),
      (frames, at) => {
        const bytes = Buffer.concat(frames.map(one => encodeFrame(one.type, one.stream, one.payload)))
        assert.deepEqual(joined(decode(cut(bytes, at))), joined(frames))
        const single = Array.from(bytes, byte => Buffer.of(byte))
        assert.deepEqual(joined(decode(single)), joined(frames))
      },
    ),
  )
})

test('bytes of an enemy are decoded or refused, and nothing else happens', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.array(fc.nat(), { maxLength: 10 }), (bytes, at) => {
      try {
        for (const frame of decode(cut(Buffer.from(bytes), at)))
          assert.ok(frame.type >= 1 && frame.type <= 12)
      } catch (error) {
        assert.ok(error instanceof GatewayError, String(error))
      }
    }),
    { numRuns: 1_000 },
  )
})
