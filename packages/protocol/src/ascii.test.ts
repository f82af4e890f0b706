import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AsciiDecoder, AsciiEncoder } from './ascii.ts'
import { bytesFrom, cuts, split } from './testing/split.ts'

function encode(chunks: readonly (string | Buffer)[]): string {
  const encoder = new AsciiEncoder()
  const parts = chunks.map(chunk => encoder.encode(Buffer.from(chunk)).toString('latin1'))
  return parts.join('') + encoder.end().toString('latin1')
}

function decode(chunks: readonly (string | Buffer)[]): string {
  const decoder = new AsciiDecoder()
  const parts = chunks.map(chunk => decoder.decode(Buffer.from(chunk)).toString('latin1'))
  return parts.join('') + decoder.end().toString('latin1')
}

const encoded: { name: string; local: string[]; wire: string }[] = [
  { name: 'LF becomes CRLF', local: ['a\nb\n'], wire: 'a\r\nb\r\n' },
  { name: 'CRLF is left alone', local: ['a\r\nb\n'], wire: 'a\r\nb\r\n' },
  { name: 'CRLF over a chunk border is left alone', local: ['a\r', '\nb'], wire: 'a\r\nb' },
  { name: 'an empty chunk forgets nothing', local: ['a\r', '', '\nb'], wire: 'a\r\nb' },
  { name: 'a bare CR is left alone', local: ['a\rb\r\r\n'], wire: 'a\rb\r\r\n' },
  { name: 'LF at the start of a chunk', local: ['a', '\nb'], wire: 'a\r\nb' },
  { name: 'nothing', local: [], wire: '' },
  { name: 'many short lines', local: ['a\n'.repeat(20)], wire: 'a\r\n'.repeat(20) },
  { name: 'many short lines behind a CR', local: ['\r', `\n${'\n'.repeat(20)}`], wire: '\r\n'.repeat(21) },
  {
    name: 'many long lines',
    local: [`${'x'.repeat(99)}\n`.repeat(20)],
    wire: `${'x'.repeat(99)}\r\n`.repeat(20),
  },
]

for (const { name, local, wire } of encoded) {
  test(`AsciiEncoder: ${name}`, () => assert.equal(encode(local), wire))
}

const decoded: { name: string; wire: string[]; local: string }[] = [
  { name: 'CRLF becomes LF', wire: ['a\r\nb\r\n'], local: 'a\nb\n' },
  { name: 'a bare LF stays', wire: ['a\nb'], local: 'a\nb' },
  { name: 'a bare CR stays', wire: ['a\rb\r\r\n'], local: 'a\rb\r\n' },
  { name: 'CRLF over a chunk border', wire: ['a\r', '\nb'], local: 'a\nb' },
  { name: 'CR over a chunk border without its LF', wire: ['a\r', 'b'], local: 'a\rb' },
  { name: 'CR after CR over chunk borders', wire: ['\r', '\r', '', '\r', '\n'], local: '\r\r\n' },
  { name: 'CR at the very end', wire: ['a\r'], local: 'a\r' },
  { name: 'nothing', wire: [], local: '' },
  { name: 'many short lines', wire: ['a\r\n'.repeat(20)], local: 'a\n'.repeat(20) },
  { name: 'many short lines behind a CR', wire: ['\r', 'a\r\n'.repeat(20)], local: `\r${'a\n'.repeat(20)}` },
  {
    name: 'many long lines',
    wire: [`${'x'.repeat(99)}\r\n`.repeat(20)],
    local: `${'x'.repeat(99)}\n`.repeat(20),
  },
]

for (const { name, wire, local } of decoded) {
  test(`AsciiDecoder: ${name}`, () => assert.equal(decode(wire), local))
}

/** Texts of short lines and of long ones: each takes another way through the code. */
const text = fc.oneof(
  bytesFrom(['\n', '\r', '\r\n', 'a', 0xff], 80),
  bytesFrom(['\n', '\r', '\r\n', 'a', '\n'.repeat(9), '\r\n'.repeat(9)], 20),
  bytesFrom(['\n', '\r', '\r\n', 'x'.repeat(200), 'y'], 80),
)

test('what goes out is what the whole text would give, however it is cut', () => {
  fc.assert(
    fc.property(text, cuts, (bytes, places) => {
      assert.equal(encode(split(bytes, places)), bytes.toString('latin1').replace(/(?<!\r)\n/g, '\r\n'))
    }),
    { numRuns: 500 },
  )
})

test('what comes in is what the whole text would give, however it is cut', () => {
  fc.assert(
    fc.property(text, cuts, (bytes, places) => {
      assert.equal(decode(split(bytes, places)), bytes.toString('latin1').replaceAll('\r\n', '\n'))
    }),
    { numRuns: 500 },
  )
})

test('a local text without CR survives the way there and back', () => {
  fc.assert(
    fc.property(bytesFrom(['\n', 'a', 'x'.repeat(99), 0x80]), bytes => {
      assert.equal(decode([Buffer.from(encode([bytes]), 'latin1')]), bytes.toString('latin1'))
    }),
  )
})

test('the memory of a chunk is never written to', () => {
  for (const sent of ['a\nb\r\n\r', 'a\n'.repeat(50), '\r\n'.repeat(50)]) {
    const chunk = Buffer.from(sent)
    new AsciiEncoder().encode(chunk)
    new AsciiDecoder().decode(chunk)
    assert.equal(chunk.toString(), sent)
  }
})

test('a converter can be used for the next text after end', () => {
  const encoder = new AsciiEncoder()
  encoder.encode(Buffer.from('a\r'))
  encoder.end()
  assert.equal(encoder.encode(Buffer.from('\n')).toString(), '\r\n')
  const decoder = new AsciiDecoder()
  decoder.decode(Buffer.from('a\r'))
  assert.equal(decoder.end().toString(), '\r')
  assert.equal(decoder.end().toString(), '')
})
