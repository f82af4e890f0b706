import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FrameDecoder } from './frames.ts'
import { encodeMessage, MessagePieces } from './message-pieces.ts'
import type { Json } from './types.ts'

function passOn(messages: readonly Json[], max?: number): Json[] {
  const pieces = new MessagePieces(max)
  const got: Json[] = []
  const decoder = new FrameDecoder({
    onData() {},
    onFrame(_, stream, payload) {
      const whole = pieces.add(payload, stream === 1)
      if (whole) got.push(whole.message)
    },
  })
  for (const message of messages) for (const frame of encodeMessage(message)) decoder.push(frame)
  return got
}

test('messages of any length arrive whole and in order', () => {
  const long = 'ü'.repeat(200_000)
  assert.deepEqual(passOn([null, { a: long }, 0, 'x'.repeat(65_534)], 1_000_000), [
    null,
    { a: long },
    0,
    'x'.repeat(65_534),
  ])
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), values => {
      const wanted: Json[] = JSON.parse(JSON.stringify(values))
      assert.deepEqual(passOn(wanted), wanted)
    }),
  )
})

test('a message of a byte too much is refused, and so is one that never ends', () => {
  assert.equal(passOn(['x'.repeat(65_534)]).length, 1)
  assert.throws(() => passOn(['x'.repeat(65_535)]), { code: 'GATEWAY_PROTOCOL' })
  const pieces = new MessagePieces(1_000)
  assert.throws(
    () => {
      for (let i = 0; i < 1_001; i++) pieces.add(Buffer.from('1'), true)
    },
    { code: 'GATEWAY_PROTOCOL' },
  )
})

for (const bytes of ['', '{', '{"a":}', 'NaN', '\u0000'] as const)
  test(`${JSON.stringify(bytes)} is no message`, () => {
    assert.throws(() => new MessagePieces().add(Buffer.from(bytes), false), { code: 'GATEWAY_PROTOCOL' })
  })

test('what is no UTF-8 is no message', () => {
  assert.throws(() => new MessagePieces().add(Buffer.from([0x22, 0xff, 0x22]), false), {
    code: 'GATEWAY_PROTOCOL',
  })
})
