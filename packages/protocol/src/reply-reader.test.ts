import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeReply, type Reply, reply } from './reply.ts'
import { ReplyReader, type ReplyReaderOptions } from './reply-reader.ts'
import { bytesFrom, cuts, split } from './testing/split.ts'

function read(chunks: readonly (string | Buffer)[], options?: ReplyReaderOptions): Reply[] {
  const reader = new ReplyReader(options)
  return chunks.flatMap(chunk => [
    ...reader.push(Buffer.from(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk)),
  ])
}

const cases: { name: string; chunks: string[]; replies: Reply[] }[] = [
  { name: 'one line', chunks: ['220 Ready\r\n'], replies: [reply(220, 'Ready')] },
  { name: 'a bare LF', chunks: ['220 Ready\n'], replies: [reply(220, 'Ready')] },
  {
    name: 'two replies in a chunk',
    chunks: ['150 a\r\n226 b\r\n'],
    replies: [reply(150, 'a'), reply(226, 'b')],
  },
  {
    name: 'a reply in many chunks',
    chunks: ['2', '20', ' Rea', 'dy\r', '\n'],
    replies: [reply(220, 'Ready')],
  },
  { name: 'a code alone', chunks: ['226\r\n'], replies: [reply(226, '')] },
  { name: 'no space behind the code', chunks: ['230Logged in\r\n'], replies: [reply(230, 'Logged in')] },
  {
    name: 'RFC 959 page 36',
    chunks: ['123-First line\r\nSecond line\r\n  234 A line beginning with numbers\r\n123 The last line\r\n'],
    replies: [
      reply(123, 'First line', 'Second line', '  234 A line beginning with numbers', 'The last line'),
    ],
  },
  {
    name: 'a code on every line',
    chunks: ['220-a\r\n220-b\r\n220 c\r\n'],
    replies: [reply(220, 'a', 'b', 'c')],
  },
  {
    name: 'another code inside',
    chunks: ['211-a\r\n226 b\r\n226-c\r\n211 d\r\n'],
    replies: [reply(211, 'a', '226 b', '226-c', 'd')],
  },
  {
    name: 'closed by the code alone',
    chunks: ['211-a\r\nb\r\n211\r\n'],
    replies: [reply(211, 'a', 'b', '')],
  },
  {
    name: 'a longer number closes nothing',
    chunks: ['211-a\r\n2110 b\r\n211 c\r\n'],
    replies: [reply(211, 'a', '2110 b', 'c')],
  },
  { name: 'empty lines before a reply', chunks: ['\r\n\r\n220 a\r\n'], replies: [reply(220, 'a')] },
  {
    name: 'an empty line inside a reply',
    chunks: ['220-a\r\n\r\n220 b\r\n'],
    replies: [reply(220, 'a', '', 'b')],
  },
  { name: 'bytes that are not UTF-8', chunks: ['257 "\xe9"\r\n'], replies: [reply(257, '"\udce9"')] },
]

for (const { name, chunks, replies } of cases) {
  test(`ReplyReader: ${name}`, () => assert.deepEqual(read(chunks), replies))
}

for (const line of ['SSH-2.0-OpenSSH_9.2', 'HTTP/1.1 400 Bad Request', '2200 x', '22', '720 x', ' 220 x']) {
  test(`ReplyReader: refuses ${JSON.stringify(line)}`, () => {
    assert.throws(() => read([`${line}\r\n`]), { code: 'PROTOCOL_BAD_REPLY' })
  })
}

test('a client reads the replies that a server writes', () => {
  // A line between the first and the last that begins with a digit comes with a space in front.
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom('211 ', '-', ' ', '\udcff', '"'),
      fc.string({ unit: 'binary', maxLength: 1 }),
    ),
  })
  const line = text.filter(chosen => !/[\r\n\0]|^[0-9]/.test(chosen))
  const anyReply = fc
    .record({ code: fc.integer({ min: 100, max: 699 }), first: line, more: fc.array(line, { maxLength: 4 }) })
    .map(({ code, first, more }) => reply(code, first, ...more))
  fc.assert(
    fc.property(fc.array(anyReply, { maxLength: 4 }), cuts, (replies, places) => {
      const wire = Buffer.concat(replies.map(each => encodeReply(each)))
      assert.deepEqual(read(split(wire, places)), replies)
    }),
    { numRuns: 300 },
  )
})

test('the replies do not depend on how the bytes are cut into chunks', () => {
  const bytes = bytesFrom(['211-', '211 ', '211', 'a', '\r\n', '\n', '\r', '226 ', 0xff, 0xe9, '\0'])
  const outcome = (chunks: readonly Buffer[]) => {
    try {
      return read(chunks, { maxLine: 12, maxReply: 60 })
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error
    }
  }
  fc.assert(
    fc.property(bytes, cuts, (sent, places) => {
      assert.deepEqual(outcome(split(sent, places)), outcome([sent]))
    }),
    { numRuns: 500 },
  )
})

test('a line without end, a reply without end, and empty lines without end are refused', () => {
  const options = { maxLine: 100, maxReply: 1000 }
  assert.throws(() => read(['2'.repeat(200)], options), { code: 'PROTOCOL_REPLY_TOO_LONG' })
  assert.throws(() => read(['220-a\r\n', ...new Array<string>(50).fill(`${'x'.repeat(50)}\r\n`)], options), {
    code: 'PROTOCOL_REPLY_TOO_LONG',
  })
  assert.throws(() => read([`220-a\r\n${'\n'.repeat(1000)}`], options), { code: 'PROTOCOL_REPLY_TOO_LONG' })
})

test('what came before TLS is forgotten by discard (CVE-2011-0411)', () => {
  const reader = new ReplyReader()
  const seen: Reply[] = []
  for (const each of reader.push(Buffer.from('234 Go\r\n230 Logged in\r\n211-x'))) {
    seen.push(each)
    assert.equal(reader.discard(), '230 Logged in\r\n211-x'.length)
  }
  assert.deepEqual(seen, [reply(234, 'Go')])
  assert.deepEqual([...reader.push(Buffer.from('220-a\r\nb'))], [])
  reader.discard()
  assert.deepEqual([...reader.push(Buffer.from('200 ok\r\n'))], [reply(200, 'ok')])
})
