import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { normaliseAddress } from './address.ts'
import { parsePasvReply } from './host-port.ts'
import { decodeName } from './names.ts'
import {
  formatProbeAddress,
  formatProbeAddressArgument,
  formatProbeEcho,
  formatProbePasv,
  type ProbeAddress,
  parseProbeAddress,
  parseProbeAddressArgument,
  parseProbeEcho,
  parseProbePasv,
} from './probe.ts'
import { encodeReply, reply } from './reply.ts'
import { ReplyReader } from './reply-reader.ts'

const seen = { address: '192.0.2.9', port: 50123 }
const local = { address: '10.0.0.2', port: 21 }

test('ADDR takes the encoded end of the client', () => {
  assert.equal(formatProbeAddressArgument(seen), 'bjc-a-c-j fabcd')
  assert.deepEqual(parseProbeAddressArgument('bjc-a-c-j fabcd'), seen)
})

for (const argument of [
  'bjc-a-c-j',
  'bjc-a-c-j ',
  'bjc-a-c-j  fabcd',
  'bjc-a-c-j a',
  'bjc-a-c fabcd',
  '192.0.2.9 50123',
  'bjc-a-c-j fabcd x',
  'a'.repeat(8000),
]) {
  test(`ADDR ${JSON.stringify(argument.slice(0, 30))} is refused`, () => {
    assert.throws(() => parseProbeAddressArgument(argument), { code: 'PROTOCOL_BAD_ARGUMENT' })
  })
}

test('ADDR is answered in one line, encoded and readable', () => {
  assert.deepEqual(formatProbeAddress({ seen, local, nat: 'both' }), {
    code: 200,
    lines: [
      'seen=bjc-a-c-j_fabcd;seen-text=192.0.2.9:50123;local=ba-a-a-c_cb;local-text=10.0.0.2:21;nat=both; Something between us translates your address and port.',
    ],
  })
})

const endpoints = fc
  .tuple(fc.oneof(fc.ipV4(), fc.ipV6()).map(normaliseAddress), fc.integer({ min: 1, max: 65_535 }))
  .map(([address, port]) => ({ address, port }))
const views: fc.Arbitrary<ProbeAddress> = fc.record(
  {
    seen: endpoints,
    local: endpoints,
    peer: endpoints,
    dialled: endpoints,
    nat: fc.constantFrom('none', 'address', 'port', 'both'),
  },
  { requiredKeys: ['seen', 'local'], noNullPrototype: true },
)

test('every view of a server is read as it was written', () => {
  fc.assert(
    fc.property(views, view => {
      assert.deepEqual(parseProbeAddress(formatProbeAddress(view)), { ...view, rewritten: [] })
    }),
  )
})

test('a device that writes another address for ours, wherever it stands, is found out', () => {
  const { lines } = formatProbeAddress({ seen, local, peer: local, dialled: seen })
  const [line] = lines
  const tainted = reply(200, line.replaceAll('10.0.0.2', '203.0.113.5'))
  const read = parseProbeAddress(tainted)
  assert.deepEqual(read.local, local)
  assert.deepEqual(
    read.rewritten.map(({ fact, received }) => [fact, received]),
    [
      ['local', '203.0.113.5:21'],
      ['peer', '203.0.113.5:21'],
    ],
  )
})

test('ECHO gives back every byte that a line can hold', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), bytes => {
      const echoed = formatProbeEcho(decodeName(bytes))
      assert.deepEqual(parseProbeEcho(echoed), Buffer.from(bytes))
    }),
  )
})

test('ECHO is lower-case hex and nothing else', () => {
  assert.deepEqual(
    formatProbeEcho('SITE PROBE ECHO \udcff'),
    reply(200, 'hex=534954452050524f4245204543484f20ff'),
  )
})

test('PASV tells its last line in hex first, and the reply itself as ever', () => {
  const passive = reply(227, 'Entering Passive Mode (10,0,0,2,200,13).')
  const wire = encodeReply(formatProbePasv(passive)).toString()
  assert.equal(
    wire,
    `227-hex=${Buffer.from('227 Entering Passive Mode (10,0,0,2,200,13).').toString('hex')}\r\n227 Entering Passive Mode (10,0,0,2,200,13).\r\n`,
  )
  assert.throws(() => parsePasvReply(wire.split('\r\n')[0] ?? ''), { code: 'PROTOCOL_BAD_REPLY' })
  const [whole] = [...new ReplyReader().push(Buffer.from(wire))]
  assert.ok(whole)
  const { sent, received } = parseProbePasv(whole)
  assert.equal(sent, received)
  assert.equal(sent, '227 Entering Passive Mode (10,0,0,2,200,13).')
})

test('PASV that was rewritten on the way shows both', () => {
  const { lines, code } = formatProbePasv(reply(227, 'Be kind.', 'Entering Passive Mode (10,0,0,2,200,13).'))
  const [hex, ...rest] = lines
  const tainted = rest.map(line => line.replace('10,0,0,2', '203,0,113,5'))
  const { sent, received } = parseProbePasv(reply(code, hex, ...tainted))
  assert.deepEqual(parsePasvReply(sent.slice(4)), { address: '10.0.0.2', port: 51213 })
  assert.deepEqual(parsePasvReply(received.slice(4)), { address: '203.0.113.5', port: 51213 })
})

test('what a server without SITE PROBE answers is a typed error', () => {
  const replies = [
    reply(500, "'SITE PROBE' not understood"),
    reply(200, ''),
    reply(200, 'hex='),
    reply(200, 'hex=abc'),
    reply(200, 'hex=zz'),
    reply(200, 'seen=bjc-a-c-j_fabcd;seen-text=x; only one'),
    reply(227, 'Entering Passive Mode (10,0,0,2,200,13).'),
  ]
  for (const answer of replies) {
    for (const parse of [parseProbeAddress, parseProbeEcho, parseProbePasv]) {
      assert.throws(() => parse(answer), { code: 'PROTOCOL_BAD_REPLY' }, `${parse.name} ${answer.lines[0]}`)
    }
  }
})
