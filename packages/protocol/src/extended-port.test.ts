import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { normaliseAddress } from './address.ts'
import {
  type EpsvRequest,
  formatEprtArgument,
  formatEpsvReply,
  parseEprtArgument,
  parseEpsvArgument,
  parseEpsvReply,
} from './extended-port.ts'

// The first two are RFC 2428's own.
const eprt: { argument: string; address: string; port: number }[] = [
  { argument: '|1|132.235.1.2|6275|', address: '132.235.1.2', port: 6275 },
  { argument: '|2|1080::8:800:200C:417A|5282|', address: '1080::8:800:200c:417a', port: 5282 },
  { argument: '!1!192.0.2.1!21!', address: '192.0.2.1', port: 21 },
  { argument: '~2~::1~21~', address: '::1', port: 21 },
  { argument: ' |1|192.0.2.1|21| ', address: '192.0.2.1', port: 21 },
  { argument: '|2|::ffff:192.0.2.1|21|', address: '192.0.2.1', port: 21 },
]

for (const { argument, address, port } of eprt) {
  test(`EPRT ${argument} is read`, () => assert.deepEqual(parseEprtArgument(argument), { address, port }))
}

const refused = [
  '',
  '|',
  '||||',
  '|1|192.0.2.1|21',
  '|1|192.0.2.1|21|x',
  '|1|192.0.2.1|21||',
  'x|1|192.0.2.1|21|',
  '|1|::1|21|',
  '|2|192.0.2.1|21|',
  '|2|fe80::1%eth0|21|',
  '|2|[::1]|21|',
  '|1|192.0.2.1|0|',
  '|1|192.0.2.1|65536|',
  '|1|192.0.2.1|-21|',
  '|1|192.0.2.1|2e1|',
  '|1|ftp.example.com|21|',
  '|x|192.0.2.1|21|',
  'é1é192.0.2.1é21é',
]

for (const argument of refused) {
  test(`EPRT ${argument || 'without an argument'} is refused`, () => {
    assert.throws(() => parseEprtArgument(argument), { code: 'PROTOCOL_BAD_ARGUMENT' })
  })
}

test('a family that nobody knows is told apart, for the 522 of RFC 2428', () => {
  for (const family of ['0', '3', '99']) {
    assert.throws(() => parseEprtArgument(`|${family}|x|21|`), { code: 'PROTOCOL_UNSUPPORTED_FAMILY' })
    assert.throws(() => parseEpsvArgument(family), { code: 'PROTOCOL_UNSUPPORTED_FAMILY' })
  }
})

const epsv: { argument: string; request: EpsvRequest }[] = [
  { argument: '', request: { kind: 'default' } },
  { argument: ' ', request: { kind: 'default' } },
  { argument: '1', request: { kind: 'family', family: 4 } },
  { argument: '2', request: { kind: 'family', family: 6 } },
  { argument: 'ALL', request: { kind: 'all' } },
  { argument: 'all ', request: { kind: 'all' } },
]

for (const { argument, request } of epsv) {
  test(`EPSV ${JSON.stringify(argument)} is read`, () =>
    assert.deepEqual(parseEpsvArgument(argument), request))
}

for (const argument of ['x', 'ALL 1', '-1', '1.0', '|||1|']) {
  test(`EPSV ${argument} is refused`, () => {
    assert.throws(() => parseEpsvArgument(argument), { code: 'PROTOCOL_BAD_ARGUMENT' })
  })
}

const replies: { text: string; port: number }[] = [
  { text: 'Entering Extended Passive Mode (|||6446|)', port: 6446 },
  { text: 'Entering Extended Passive Mode (!!!6446!)', port: 6446 },
  { text: 'Entering Extended Passive Mode (|||6446|).', port: 6446 },
  { text: 'Entering Extended Passive Mode |||6446|', port: 6446 },
  { text: 'Extended passive (EPSV) ok ( |||6446|)', port: 6446 },
  { text: 'Entering Extended Passive Mode (|1|192.0.2.1|6446|)', port: 6446 },
  { text: 'Entering Extended Passive Mode (|2|2001:db8::1|6446|)', port: 6446 },
]

for (const { text, port } of replies) {
  test(`229 ${text} is read`, () => assert.equal(parseEpsvReply(text), port))
}

for (const text of [
  '',
  'Entering Extended Passive Mode',
  '(|||0|)',
  '(|||71121|)',
  '(|||6446)',
  '(||6446|)',
  '(|||-1|)',
  '(|!|6446|)',
  '(192,0,2,7,4,1)',
]) {
  test(`229 ${text || 'without a text'} is refused`, () => {
    assert.throws(() => parseEpsvReply(text), { code: 'PROTOCOL_BAD_REPLY' })
  })
}

test('every endpoint survives EPRT, and every port 229', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 1, max: 65_535 }), (address, port) => {
      const endpoint = { address: normaliseAddress(address), port }
      assert.deepEqual(parseEprtArgument(formatEprtArgument({ address, port })), endpoint)
      assert.equal(parseEpsvReply(formatEpsvReply(port)), port)
    }),
  )
})

test('EPRT may be written with any delimiter that is not part of its fields', () => {
  const delimiter = fc
    .integer({ min: 33, max: 126 })
    .map(code => String.fromCharCode(code))
    .filter(text => !/[0-9a-f:.]/i.test(text))
  fc.assert(
    fc.property(delimiter, d => {
      assert.deepEqual(parseEprtArgument(`${d}1${d}192.0.2.1${d}21${d}`), { address: '192.0.2.1', port: 21 })
      assert.equal(parseEpsvReply(`(${d}${d}${d}21${d})`), 21)
    }),
  )
})
