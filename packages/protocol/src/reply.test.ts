import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeReply, type Reply, reply } from './reply.ts'

// RFC 959 section 4.2: the code, then a space for the last line or a hyphen for the first of several.
const cases: { name: string; reply: Reply; wire: string }[] = [
  { name: 'one line', reply: reply(220, 'Ready'), wire: '220 Ready\r\n' },
  { name: 'an empty line', reply: reply(220, ''), wire: '220 \r\n' },
  { name: 'two lines', reply: reply(214, 'Help', 'End'), wire: '214-Help\r\n214 End\r\n' },
  { name: 'lines between have no code', reply: reply(211, 'a', ' b', 'c'), wire: '211-a\r\n b\r\n211 c\r\n' },
  {
    name: 'a line that looks like a reply is indented',
    reply: reply(211, 'a', '211 b', 'c'),
    wire: '211-a\r\n 211 b\r\n211 c\r\n',
  },
  { name: 'the 6yz of RFC 2228', reply: reply(631, 'x'), wire: '631 x\r\n' },
  { name: 'UTF-8', reply: reply(257, '"/é"'), wire: '257 "/\xc3\xa9"\r\n' },
  {
    name: 'a byte that is not UTF-8 goes out as it is',
    reply: reply(257, '"/\udce9"'),
    wire: '257 "/\xe9"\r\n',
  },
  { name: '0xFF is doubled', reply: reply(257, '"/\udcff"'), wire: '257 "/\xff\xff"\r\n' },
]

for (const { name, reply, wire } of cases) {
  test(`encodeReply: ${name}`, () => assert.equal(encodeReply(reply).toString('latin1'), wire))
}

test('a line break in a file name cannot forge a reply: CR, LF and NUL become ?', () => {
  assert.equal(encodeReply(reply(257, '"/a\r\n230 Logged in"')).toString(), '257 "/a??230 Logged in"\r\n')
  assert.equal(encodeReply(reply(211, 'a', 'b\n211 c', 'd\0')).toString(), '211-a\r\nb?211 c\r\n211 d?\r\n')
})

test('exactly one line of any reply closes it, and every CR is one of a line end', () => {
  const line = fc.string({
    unit: fc.oneof(
      fc.constantFrom('2', '1', ' ', '-', '\r', '\n', '\0', '\u2028'),
      fc.string({ unit: 'binary', maxLength: 1 }),
    ),
  })
  fc.assert(
    fc.property(line, fc.array(line, { maxLength: 6 }), (first, more) => {
      const wire = encodeReply(reply(211, first, ...more)).toString('latin1')
      const lines = wire.split('\r\n')
      assert.equal(lines.pop(), '')
      assert.equal(lines.length, more.length + 1)
      assert.equal(lines.filter(text => text.startsWith('211 ')).length, 1)
      assert.ok(lines.at(-1)?.startsWith('211 '))
      assert.ok(lines.every(text => !/[\r\n\0]/.test(text)))
    }),
    { numRuns: 500 },
  )
})

test('a code that is no reply code is refused', () => {
  for (const code of [0, 99, 700, 200.5, Number.NaN]) {
    assert.throws(() => encodeReply(reply(code, 'x')), { code: 'PROTOCOL_BAD_REPLY' })
  }
})
