import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as protocol from './index.ts'
import { bytesFrom, cuts, split } from './testing/split.ts'

const { ProtocolError } = protocol

/** Every parser of a text. None may throw anything but a ProtocolError, or take long, whatever it is given. */
const parsers: Record<string, (text: string) => unknown> = {
  parseCommand: protocol.parseCommand,
  formatCommand: text => protocol.formatCommand('CWD', text),
  encodeReply: text => protocol.encodeReply(protocol.reply(250, text, text, text)),
  parsePortArgument: protocol.parsePortArgument,
  parsePasvReply: protocol.parsePasvReply,
  parseEprtArgument: protocol.parseEprtArgument,
  parseEpsvArgument: protocol.parseEpsvArgument,
  parseEpsvReply: protocol.parseEpsvReply,
  normaliseAddress: protocol.normaliseAddress,
  isAddress: protocol.isAddress,
  parseFeat: text => protocol.parseFeat(protocol.reply(211, text, text, text)),
  parseTimeVal: protocol.parseTimeVal,
  parseMlsxLine: protocol.parseMlsxLine,
  parseOptsMlst: protocol.parseOptsMlst,
  parseOptsArgument: protocol.parseOptsArgument,
  parseTypeArgument: protocol.parseTypeArgument,
  parseHashReply: protocol.parseHashReply,
  parseHashAlgorithm: protocol.parseHashAlgorithm,
  parseRange: protocol.parseRange,
  parseChecksumArgument: protocol.parseChecksumArgument,
  parseQuotedPath: protocol.parseQuotedPath,
  parseHostArgument: protocol.parseHostArgument,
  encodeName: protocol.encodeName,
}

/** Texts near to what the parsers look for. */
const pieces = [
  '|',
  '!',
  ',',
  '.',
  ':',
  '::',
  ';',
  '=',
  '"',
  ' ',
  '  ',
  '-',
  '*',
  '[',
  ']',
  '(',
  ')',
  '%',
  '0',
  '1',
  '2',
  '255',
  '65536',
  '99999999999999999999',
  'ffff',
  'A',
  'N',
  'ALL',
  'SHA-256',
  'type=file',
  '20260101000000',
  '192,0,2,1,4,1',
  '\r',
  '\n',
  '\0',
  '\t',
  'é',
  '😀',
  '\udcff',
  '\ud800',
  '__proto__',
  'constructor',
]
const near = fc.array(fc.constantFrom(...pieces), { maxLength: 20 }).map(chosen => chosen.join(''))
const anything = fc.oneof(near, near, fc.string({ unit: 'binary' }))

function onlyProtocolErrors(parse: () => unknown): void {
  try {
    parse()
  } catch (error) {
    assert.ok(error instanceof ProtocolError, String(error))
  }
}

for (const [name, parse] of Object.entries(parsers)) {
  test(`${name} throws nothing but ProtocolError`, () => {
    fc.assert(
      fc.property(anything, text => onlyProtocolErrors(() => parse(text))),
      { numRuns: 1000 },
    )
  })
}

test('no parser takes longer than 100 ms for a text of 16 KiB', () => {
  const hostile = [
    '1',
    '1,',
    ' ',
    ' 1',
    '"',
    '""',
    ':',
    '::',
    '|',
    '(|',
    '(:',
    '(',
    ';',
    'a=;',
    '=',
    '.',
    'a.',
    '-',
    '\r',
    '\0',
    '\udcff',
    '😀',
    '[',
    'a ',
    ' a',
    ', ',
  ]
  for (const [name, parse] of Object.entries(parsers)) {
    for (const piece of hostile) {
      const text = piece.repeat(16_384 / piece.length)
      for (const [before, after] of [
        ['', ''],
        [' ', 'x'],
        ['(', ')'],
        ['"', '"x'],
        ['a ', ' 1 x'],
        ['type=', '; x'],
      ] as const) {
        const hostileText = before + text + after
        // The best of three: the machine may be busy with something else.
        const took = Math.min(
          ...[1, 2, 3].map(() => timeOf(() => onlyProtocolErrors(() => parse(hostileText)))),
        )
        assert.ok(took < 100, `${name} took ${took.toFixed(0)} ms for ${JSON.stringify(before + piece)}...`)
      }
    }
  }
})

function timeOf(run: () => void): number {
  const started = performance.now()
  run()
  return performance.now() - started
}

test('the readers throw nothing but ProtocolError, whatever comes', () => {
  const bytes = fc.oneof(
    bytesFrom(['220', '-', ' ', '\r\n', '\r', '\n', '\0', 'ABOR', 'é', 0xff, 0xfa, 0xf0, 0xf2, 0xe9]),
    fc.uint8Array({ maxLength: 200 }).map(array => Buffer.from(array)),
  )
  fc.assert(
    fc.property(bytes, cuts, (sent, places) => {
      const lines = new protocol.LineReader({ maxLine: 20 })
      const replies = new protocol.ReplyReader({ maxLine: 20, maxReply: 50 })
      for (const chunk of split(sent, places)) {
        for (const line of lines.push(Buffer.from(chunk)))
          if (line.kind === 'line') protocol.parseCommand(line.text)
        onlyProtocolErrors(() => [...replies.push(Buffer.from(chunk))])
      }
    }),
    { numRuns: 1000 },
  )
})
