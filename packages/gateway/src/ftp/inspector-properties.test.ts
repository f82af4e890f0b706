import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ReplyReader } from '@portolan/protocol'
import fc from 'fast-check'
import { ReplyLines } from './reply-lines.ts'
import { inspect, type Said } from './testing-inspection.ts'

/** Bytes cut at random places, some pieces empty. */
function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = cuts.map(cut => cut % (bytes.length + 1)).sort((a, b) => a - b)
  return [...places, bytes.length].map((place, at) => bytes.subarray(places[at - 1] ?? 0, place))
}

const cuts = fc.array(fc.nat(10_000), { maxLength: 12 })
const name = fc.string({ unit: fc.constantFrom('a', 'ä', ' ', '\xff\xff', '1', 'PORT', '.'), maxLength: 12 })
const ordinary = fc.oneof(
  fc.constantFrom('NOOP', 'TYPE I', 'PASV', 'EPSV', 'EPSV ALL', 'FEAT', 'PWD', 'QUIT', 'ABOR', 'STAT', ''),
  fc
    .tuple(fc.constantFrom('RETR', 'STOR', 'LIST', 'SIZE', 'DELE', 'USER', 'PASS'), name)
    .map(both => both.join(' ')),
)
const active = fc.constantFrom(
  'PORT 10,1,1,5,200,10',
  'EPRT |1|10.1.1.5|5282|',
  ' port 1',
  '"PORT" 1',
  '\xf2PORT 1',
)
const reply = fc.constantFrom(
  ...['220 Ready.', '200 OK', '150 Go', '226 Done', '213-a\r\n213 b\r\n213 c', '550 No', '331 Pw', '426 Cut'],
  ...[
    '227 (10,0,0,9,195,80)',
    '229 (|||50000|)',
    '227 (1,2,3,4,5,6)',
    '227-x\r\n227 (10,0,0,9,1,1)',
    '',
    '234 x',
  ],
)
const lines = (line: fc.Arbitrary<string>) =>
  fc.array(line, { maxLength: 5 }).map(some => some.map(one => `${one}\r\n`).join(''))

/** What two sides say in turn. */
function conversation(command: fc.Arbitrary<string>): fc.Arbitrary<Said[]> {
  const turn = fc.oneof(
    lines(command).map((what): Said => ['client', what]),
    lines(reply).map((what): Said => ['server', what]),
  )
  return fc.array(turn, { maxLength: 12 })
}

const raw = fc.constantFrom(
  ...[
    'PORT',
    'EPRT',
    'AUTH TLS',
    'ABOR',
    'PASV',
    'RETR',
    ' ',
    '\r',
    '\n',
    '\r\n',
    '\r\n',
    '\r\n',
    '\0',
    '"',
    '1,2',
  ],
  ...[
    '\xff',
    '\xf4',
    '\xf2',
    '\xfb',
    '\xfa',
    '\xf0',
    '\x16\x03',
    '227 (10,0,0,9,1,1)',
    '234 x',
    '220-',
    '220 ',
    '250',
  ],
)
const noise = fc.array(raw, { maxLength: 30 }).map(pieces => pieces.join(''))
const hostile: fc.Arbitrary<Said[]> = fc.array(
  fc.oneof(
    noise.map((what): Said => ['client', what]),
    noise.map((what): Said => ['server', what]),
    fc.constantFrom<Said>(
      ['client', 'AUTH TLS\r\n'],
      ['server', '220 R\r\n'],
      ['client-end'],
      ['server-end'],
    ),
  ),
  { maxLength: 12 },
)

test('however the bytes are cut into chunks, the same comes out', () => {
  const said = fc.oneof(conversation(fc.oneof(ordinary, active, fc.constant('AUTH TLS'))), hostile)
  fc.assert(
    fc.property(said, cuts, (all, places) => {
      const { order, ...whole } = inspect(all)
      const { order: inPieces, ...pieces } = inspect(all, { cut: bytes => split(bytes, places) })
      assert.deepEqual(pieces, whole)
      const bare = (words: readonly string[]) => words.filter(word => !word.startsWith('to-'))
      assert.deepEqual(bare(inPieces), bare(order))
    }),
    { numRuns: 3_000 },
  )
})

test('a session without active mode and without foreign addresses comes out byte for byte', () => {
  fc.assert(
    fc.property(conversation(ordinary), said => {
      const all = said.filter(([, what = '']) => !what.includes('1,2,3,4'))
      const { toServer, toClient, failed } = inspect([...all, ['client-end'], ['server-end']])
      const of = (side: string) => all.map(([who, what = '']) => (who === side ? what : '')).join('')
      assert.equal(failed, undefined)
      assert.equal(toServer, of('client'))
      assert.equal(toClient, of('server'))
    }),
    { numRuns: 2_000 },
  )
})

test('with active mode, all other commands reach the server in order, and each request is answered once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), ordinary, active), { maxLength: 30 }),
      cuts,
      (commands, places) => {
        const sent = commands.map(([isActive, one, other]) => `${isActive ? other : one}\r\n`)
        const passed = commands.flatMap(([isActive, one]) => (isActive ? [] : [`${one}\r\n`]))
        const { toServer, toClient, notes } = inspect(
          [
            ['client', sent.join('')],
            ['server', '220 R\r\n'],
            ['server', '500 No\r\n'.repeat(passed.length)],
          ],
          { cut: bytes => split(bytes, places) },
        )
        const refused = commands.length - passed.length
        assert.equal(toServer, passed.join(''))
        assert.equal(toClient.match(/^502 /gm)?.length ?? 0, refused)
        assert.equal(notes.filter(({ type }) => type === 'warning').length, refused)
        // Each in its turn: the n-th reply is ours where the n-th command is refused.
        const codes = toClient
          .split('\r\n')
          .slice(1, -1)
          .map(line => line.slice(0, 3))
        assert.deepEqual(
          codes,
          commands.map(([isActive]) => (isActive ? '502' : '500')),
        )
      },
    ),
    { numRuns: 1_000 },
  )
})

test('whatever comes, no line that a server may read as a request for active mode reaches it in the clear', () => {
  fc.assert(
    fc.property(hostile, cuts, (said, places) => {
      const { toServer, notes, failed, why } = inspect(said, { cut: bytes => split(bytes, places) })
      assert.ok(failed === undefined || why.length > 50)
      if (notes.some(note => note.type === 'warning' && note.status.code === 'CON_FTP_ENCRYPTED')) return
      for (const line of toServer.split(/[\r\n]/)) {
        // As a generous server reads it: without blanks, quotes and backslashes; and telnet in one way or another.
        for (const telnet of [/\xff[\xfb-\xfe].|\xff[\xf0-\xfa]|\xff/gs, /[\xf0-\xff]/g]) {
          const plain = line.replaceAll(telnet, '').replaceAll(/["\\]/g, '')
          assert.doesNotMatch(plain, /^\s*(PORT|EPRT)(\s|,|$)/i)
        }
      }
    }),
    { numRuns: 5_000 },
  )
})

test('only the server itself is ever expected', () => {
  fc.assert(
    fc.property(hostile, said => {
      for (const note of inspect([['client', 'PASV\r\nPASV\r\n'], ...said]).notes)
        if (note.type === 'expect') assert.equal(note.address, '10.0.0.9')
    }),
    { numRuns: 2_000 },
  )
})

test('replies are told apart as ReplyReader does it', () => {
  const piece = fc.constantFrom(
    '220',
    '22',
    '0',
    '-',
    ' ',
    'x',
    '\n',
    '\r\n',
    '\r\n',
    '\xff\xff',
    '\xff\xf1',
    '501 ',
  )
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 25 }).map(pieces => Buffer.from(pieces.join(''), 'latin1')),
      bytes => {
        const reading = new ReplyLines()
        const ours: (number | 'odd')[] = []
        for (const line of bytes.toString('latin1').match(/[^\n]*\n/g) ?? []) {
          const read = reading.take(Buffer.from(line, 'latin1'))
          if (read.kind === 'odd') ours.push('odd')
          if (read.kind === 'odd') break
          if (read.kind === 'reply' && read.final) ours.push(read.code)
        }
        const theirs: (number | 'odd')[] = []
        try {
          for (const { code } of new ReplyReader().push(bytes)) theirs.push(code)
        } catch {
          theirs.push('odd')
        }
        assert.deepEqual(ours, theirs)
      },
    ),
    { numRuns: 3_000 },
  )
})
