import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatPasvReply, formatPortArgument, parsePasvReply, parsePortArgument } from './host-port.ts'

const local = { address: '192.0.2.7', port: 1025 }

for (const text of ['192,0,2,7,4,1', ' 192,0,2,7,4,1 ', '192, 0, 2, 7, 4, 1', '192,0,002,007,4,1']) {
  test(`PORT ${JSON.stringify(text)} is read`, () => assert.deepEqual(parsePortArgument(text), local))
}

for (const text of [
  '',
  '192,0,2,7,4',
  '192,0,2,7,4,1,1',
  '256,0,2,7,4,1',
  '192,0,2,7,0,0',
  '192,0,2,7,4,-1',
  '192.0.2.7,4,1',
  '192,0,2,7,4,256',
  'a192,0,2,7,4,1',
  '192,0,2,7,4,1\0',
  '1e2,0,2,7,4,1',
]) {
  test(`PORT ${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => parsePortArgument(text), { code: 'PROTOCOL_BAD_ARGUMENT' })
  })
}

// What servers send behind `227 `; RFC 1123 section 4.1.2.6.
const replies = [
  'Entering Passive Mode (192,0,2,7,4,1).',
  'Entering Passive Mode (192,0,2,7,4,1)',
  'Entering Passive Mode 192,0,2,7,4,1',
  '=192,0,2,7,4,1',
  'Entering Passive Mode (192, 0, 2, 7, 4, 1)',
  'PASV 2 ok: 192,0,2,7,4,1',
]

for (const text of replies) {
  test(`227 ${text} is read`, () => assert.deepEqual(parsePasvReply(text), local))
}

for (const text of [
  '',
  'Entering Passive Mode',
  'Entering Passive Mode (192,0,2,7,4)',
  '(192,0,2,7,0,0)',
  '(999,0,2,7,4,1)',
  '(1192,0,2,7,4,1)',
  '(192,0,2,7,4,1000)',
  '(|||1025|)',
]) {
  test(`227 ${text || 'without a text'} is refused`, () => {
    assert.throws(() => parsePasvReply(text), { code: 'PROTOCOL_BAD_REPLY' })
  })
}

test('an IPv4-mapped address is told as IPv4, and IPv6 is refused', () => {
  assert.equal(
    formatPasvReply({ address: '::ffff:192.0.2.7', port: 1025 }),
    'Entering Passive Mode (192,0,2,7,4,1).',
  )
  assert.throws(() => formatPasvReply({ address: '2001:db8::1', port: 1025 }), {
    code: 'PROTOCOL_UNSUPPORTED_FAMILY',
  })
})

test('every IPv4 endpoint survives PORT and 227', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 1, max: 65_535 }), (address, port) => {
      assert.deepEqual(parsePortArgument(formatPortArgument({ address, port })), { address, port })
      assert.deepEqual(parsePasvReply(formatPasvReply({ address, port })), { address, port })
    }),
  )
})
