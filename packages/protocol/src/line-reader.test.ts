import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Line, LineReader, type LineReaderOptions } from './line-reader.ts'
import { bytesFrom, cuts, split } from './testing/split.ts'

/** The texts of the lines that come of some chunks, in Latin-1; `too-long` as a symbol of itself. */
function read(chunks: readonly (string | Buffer)[], options?: LineReaderOptions): string[] {
  const reader = new LineReader(options)
  return chunks.flatMap(chunk => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : Buffer.from(chunk)
    const lines = Array.from(reader.push(bytes), show)
    bytes.fill('!')
    return lines
  })
}

const show = (line: Line) => (line.kind === 'line' ? line.text : `<${line.kind}>`)

const cases: { name: string; chunks: string[]; lines: string[] }[] = [
  { name: 'CRLF ends a line', chunks: ['NOOP\r\nPWD\r\n'], lines: ['NOOP', 'PWD'] },
  { name: 'bare LF ends a line', chunks: ['NOOP\nPWD\n'], lines: ['NOOP', 'PWD'] },
  { name: 'half a line is no command', chunks: ['NO', 'OP', '\r', '\nPW', 'D\r\n'], lines: ['NOOP', 'PWD'] },
  { name: 'an empty line is a line', chunks: ['\r\n\n'], lines: ['', ''] },
  { name: 'only one CR belongs to the line end', chunks: ['CWD a\r\r\n'], lines: ['CWD a\r'] },
  {
    name: 'CR NUL is a CR of the name (RFC 2640 section 3.1)',
    chunks: ['CWD a\r\0b\r\0\r\n'],
    lines: ['CWD a\rb\r'],
  },
  { name: 'another NUL stays, for the command to refuse', chunks: ['CWD a\0b\r\n'], lines: ['CWD a\0b'] },
  { name: 'a bare CR stays', chunks: ['CWD a\rb\r\n'], lines: ['CWD a\rb'] },
  { name: 'UTF-8 is decoded over a chunk border', chunks: ['CWD \xc3', '\xa9\r\n'], lines: ['CWD é'] },
  {
    name: 'bytes that are not UTF-8 are kept as surrogates',
    chunks: ['CWD \xe9\r\n'],
    lines: ['CWD \udce9'],
  },
  { name: 'telnet sequences go', chunks: ['\xff\xf4\xff\xf2ABOR\r\n'], lines: ['ABOR'] },
  { name: 'a doubled 0xFF is one byte of the name', chunks: ['CWD \xff\xff\r\n'], lines: ['CWD \udcff'] },
  {
    name: 'ABOR whose DM came as urgent data (BSD ftp)',
    chunks: ['\xff\xf4', '\xf2ABOR\r\n'],
    lines: ['ABOR'],
  },
  { name: 'ABOR whose DM was lost (lftp)', chunks: ['\xff\xf4\xff', 'ABOR\r\n'], lines: ['ABOR'] },
  { name: 'ABOR behind a lone DM', chunks: ['\xf2ABOR\r\n'], lines: ['ABOR'] },
  { name: 'ABOR behind a lone IP and DM', chunks: ['\xf4\xf2ABOR\r\n'], lines: ['ABOR'] },
  { name: 'ABOR whose LF was lost (Python)', chunks: ['NOOP\r\nABOR\r'], lines: ['NOOP', 'ABOR'] },
  {
    name: 'ABOR whose LF was lost, and a command behind',
    chunks: ['abor\rNOOP\r\n'],
    lines: ['ABOR', 'NOOP'],
  },
  { name: 'ABOR whose LF comes late', chunks: ['ABOR\r', '\n', 'NOOP\r\n'], lines: ['ABOR', 'NOOP'] },
  { name: 'an LF is owned once', chunks: ['ABOR\r', '\n', '\n'], lines: ['ABOR', ''] },
  { name: 'an LF is owned by its ABOR alone', chunks: ['ABOR\rNOOP\r\n', '\n'], lines: ['ABOR', 'NOOP', ''] },
  {
    name: 'several lines behind half a line',
    chunks: ['CWD long', '\nA\nB\nC\n'],
    lines: ['CWD long', 'A', 'B', 'C'],
  },
  {
    name: 'letters of Latin-1 inside a line are no Synch',
    chunks: ['CWD \xf2\xf4\r\n'],
    lines: ['CWD \udcf2\udcf4'],
  },
]

for (const { name, chunks, lines } of cases) {
  test(`LineReader: ${name}`, () => assert.deepEqual(read(chunks), lines))
}

test('a line over the limit is told once, when it ends, and the next line is read', () => {
  assert.deepEqual(read(['123456\r\nNOOP\r\n'], { maxLine: 5 }), ['<too-long>', 'NOOP'])
  assert.deepEqual(read(['1234', '56', '7', '\r\nNOOP\r\n'], { maxLine: 5 }), ['<too-long>', 'NOOP'])
})

test('the line end does not count towards the limit', () => {
  assert.deepEqual(read(['12345\r\n'], { maxLine: 5 }), ['12345'])
  assert.deepEqual(read(['12345', '\r', '\n'], { maxLine: 5 }), ['12345'])
  assert.deepEqual(read(['12345\r', 'x\n'], { maxLine: 5 }), ['<too-long>'])
})

test('telnet sequences do not count towards the limit', () => {
  assert.deepEqual(read([`${'\xff\xf1'.repeat(1000)}NOOP\r\n`], { maxLine: 5 }), ['NOOP'])
})

test('the lines do not depend on how the bytes are cut into chunks', () => {
  const alphabet = [
    'A',
    'ABOR',
    'ABOR\r',
    '\r',
    '\n',
    '\r\n',
    '\0',
    'é',
    0xe9,
    0xff,
    0xf4,
    0xf2,
    0xfa,
    0xf0,
    'RETR x',
  ]
  fc.assert(
    fc.property(bytesFrom(alphabet), cuts, fc.integer({ min: 4, max: 12 }), (bytes, places, maxLine) => {
      assert.deepEqual(read(split(bytes, places), { maxLine }), read([bytes], { maxLine }))
    }),
    { numRuns: 1000 },
  )
})

test('what came in the clear is forgotten by discard, between two lines too (CVE-2011-0411)', () => {
  const reader = new LineReader()
  const seen: string[] = []
  for (const line of reader.push(Buffer.from('AUTH TLS\r\nUSER evil\r\nPASS x'))) {
    seen.push(show(line))
    assert.equal(reader.discard(), 'USER evil\r\nPASS x'.length)
  }
  assert.deepEqual(seen, ['AUTH TLS'])
  assert.deepEqual(Array.from(reader.push(Buffer.from('NOOP\r\n')), show), ['NOOP'])
})

test('discard forgets that an LF was owned', () => {
  const reader = new LineReader()
  assert.deepEqual(Array.from(reader.push(Buffer.from('ABOR\r')), show), ['ABOR'])
  assert.equal(reader.discard(), 0)
  assert.deepEqual(Array.from(reader.push(Buffer.from('\n')), show), [''])
})

test('discard forgets a line over the limit, and a telnet sequence that has begun', () => {
  const reader = new LineReader({ maxLine: 4 })
  assert.deepEqual([...reader.push(Buffer.from('1234567890'))], [])
  assert.equal(reader.discard(), 10)
  assert.deepEqual([...reader.push(Buffer.of(0xff))], [])
  assert.equal(reader.discard(), 1)
  assert.deepEqual(Array.from(reader.push(Buffer.from('NOOP\r\n')), show), ['NOOP'])
})
