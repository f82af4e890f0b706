import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatCommand, type ParsedCommand, parseCommand } from './command.ts'
import { LineReader } from './line-reader.ts'

const cases: { line: string; command: ParsedCommand | undefined }[] = [
  { line: 'NOOP', command: { verb: 'NOOP', argument: '' } },
  { line: 'user anna', command: { verb: 'USER', argument: 'anna' } },
  { line: 'XSHA512 f', command: { verb: 'XSHA512', argument: 'f' } },
  { line: 'CWD  a b ', command: { verb: 'CWD', argument: ' a b ' } },
  { line: 'PASS ', command: { verb: 'PASS', argument: '' } },
  { line: 'CWD a\rb', command: { verb: 'CWD', argument: 'a\rb' } },
  { line: '', command: undefined },
  { line: ' NOOP', command: undefined },
  { line: 'NOOP\t', command: undefined },
  { line: 'LIST-a', command: undefined },
  { line: '220 hello', command: undefined },
  { line: 'ſ', command: undefined },
  { line: '\x16\x03\x01', command: undefined },
  { line: 'X'.repeat(33), command: undefined },
]

for (const { line, command } of cases) {
  test(`parseCommand: ${JSON.stringify(line)}`, () => assert.deepEqual(parseCommand(line), command))
}

test('formatCommand writes one line', () => {
  assert.equal(formatCommand('NOOP').toString(), 'NOOP\r\n')
  assert.equal(formatCommand('CWD', ' a ').toString(), 'CWD  a \r\n')
  assert.equal(formatCommand('CWD', '\udcff').toString('latin1'), 'CWD \xff\xff\r\n')
})

test('a line break or NUL in an argument cannot forge a second command', () => {
  for (const argument of ['a\r\nDELE b', 'a\nDELE b', 'a\rb', 'a\0b']) {
    assert.throws(() => formatCommand('CWD', argument), { code: 'PROTOCOL_CONTROL_CHARACTER' })
  }
  assert.throws(() => formatCommand('DELE b\r\nCWD', 'a'), { code: 'PROTOCOL_BAD_ARGUMENT' })
})

test('a server reads the command that a client writes, whatever bytes a name has', () => {
  const name = fc.string({
    unit: fc.oneof(
      fc.constantFrom(' ', '\udcff', '\udc80', '"', '\t'),
      fc.string({ unit: 'binary', maxLength: 1 }),
    ),
  })
  fc.assert(
    fc.property(
      name.filter(text => !/[\r\n\0]/.test(text)),
      argument => {
        const [line, ...more] = new LineReader().push(formatCommand('STOR', argument))
        assert.ok(line?.kind === 'line' && more.length === 0)
        assert.deepEqual(parseCommand(line.text), { verb: 'STOR', argument })
      },
    ),
    { numRuns: 300 },
  )
})
