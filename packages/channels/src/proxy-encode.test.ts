import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normaliseAddress } from '@portolan/protocol'
import fc from 'fast-check'
import { encodeProxyHeader } from './proxy-encode.ts'
import { parseProxyHeader } from './proxy-protocol.ts'

const SOURCE = { address: '192.0.2.1', port: 56_324 }
const DESTINATION = { address: '198.51.100.1', port: 21 }
const ADVERTISE = { address: '203.0.113.7', portOffset: 1000 }

/** A header over IPv4 with these TLVs. */
function withTlvs(
  ...tlvs: readonly (readonly [type: number, value: string | Buffer, length?: number])[]
): Buffer {
  const plain = encodeProxyHeader({ source: SOURCE, destination: DESTINATION })
  const written = tlvs.map(([type, value, length = Buffer.from(value).length]) =>
    Buffer.concat([Buffer.from([type, length >> 8, length & 255]), Buffer.from(value)]),
  )
  const bytes = Buffer.concat([plain, ...written])
  bytes.writeUInt16BE(bytes.length - 16, 14)
  return bytes
}

test('a header is written as the specification lays it out', () => {
  assert.equal(
    encodeProxyHeader({ source: SOURCE, destination: DESTINATION }).toString('hex'),
    `0d0a0d0a000d0a515549540a21${'11'}000cc0000201c6336401dc040015`,
  )
})

test('a zone of the client is not told to another machine', () => {
  const bytes = encodeProxyHeader({
    source: { address: 'fe80::1%eth0', port: 1 },
    destination: { address: 'fe80::2', port: 2 },
  })
  assert.deepEqual(parseProxyHeader(bytes)?.header, {
    source: { address: 'fe80::1', port: 1 },
    destination: { address: 'fe80::2', port: 2 },
  })
})

test('what is no address is not written', () => {
  assert.throws(() => encodeProxyHeader({ source: { address: 'host', port: 1 }, destination: DESTINATION }), {
    code: 'PROTOCOL_BAD_ADDRESS',
  })
})

test('any header that is written is read as it was, also with two families and with something to tell', () => {
  const port = fc.integer({ min: 0, max: 65_535 })
  const ipv6 = fc
    .array(fc.constantFrom(0, 1, 0xdb8, 0xffff, 0x2001), { minLength: 8, maxLength: 8 })
    .map(groups => groups.map(group => group.toString(16)).join(':'))
  const address = fc.oneof(fc.ipV4(), ipv6)
  const endpoint = fc.record({ address, port })
  const advertise = fc.option(fc.record({ address, portOffset: fc.integer({ min: -65_535, max: 65_535 }) }), {
    nil: undefined,
  })
  fc.assert(
    fc.property(endpoint, endpoint, advertise, (source, destination, told) => {
      const bytes = encodeProxyHeader({ source, destination, ...(told && { advertise: told }) })
      const parsed = parseProxyHeader(Buffer.concat([bytes, Buffer.from('USER x\r\n')]))
      assert.ok(parsed && 'source' in parsed.header)
      assert.equal(parsed.length, bytes.length)
      assert.deepEqual(parsed.header, {
        source: shortest(source),
        destination: shortest(destination),
        ...(told && { advertise: shortest(told) }),
      })
      for (let end = 0; end < bytes.length; end++)
        assert.equal(parseProxyHeader(bytes.subarray(0, end)), undefined)
    }),
    { numRuns: 300 },
  )
})

function shortest<T extends { readonly address: string }>(value: T): T {
  return { ...value, address: normaliseAddress(value.address) }
}

const told = JSON.stringify(ADVERTISE)

const readable: readonly (readonly [string, Buffer, typeof ADVERTISE | undefined])[] = [
  ['alone', withTlvs([0xe5, told]), ADVERTISE],
  ['behind others', withTlvs([0x04, '  '], [0x02, 'ftp.example.org'], [0xe5, told]), ADVERTISE],
  ['with more in it', withTlvs([0xe5, '{"address":"203.0.113.7","portOffset":1000,"x":[]}']), ADVERTISE],
  ['nothing but others', withTlvs([0xe4, told], [0xe6, told]), undefined],
  ['another that is cut off', withTlvs([0x04, 'x', 900]), undefined],
]
for (const [name, bytes, advertise] of readable) {
  test(`what to tell clients is read: ${name}`, () => {
    const header = parseProxyHeader(bytes)?.header
    assert.ok(header && 'source' in header)
    assert.deepEqual(header.advertise, advertise)
  })
}

const refused: readonly (readonly [string, Buffer, RegExp])[] = [
  ['twice', withTlvs([0xe5, told], [0xe5, told]), /twice/],
  ['cut off', withTlvs([0xe5, told, told.length + 1]), /cut off/],
  ['no JSON', withTlvs([0xe5, '203.0.113.7']), /no IP address/],
  ['null', withTlvs([0xe5, 'null']), /no IP address/],
  ['empty', withTlvs([0xe5, '']), /no IP address/],
  ['a name', withTlvs([0xe5, '{"address":"ftp.example.org","portOffset":0}']), /no IP address/],
  ['a zone', withTlvs([0xe5, '{"address":"fe80::1%eth0","portOffset":0}']), /no IP address/],
  ['no offset', withTlvs([0xe5, '{"address":"203.0.113.7"}']), /no port offset/],
  ['half an offset', withTlvs([0xe5, '{"address":"203.0.113.7","portOffset":0.5}']), /no port offset/],
  ['an offset as text', withTlvs([0xe5, '{"address":"203.0.113.7","portOffset":"1"}']), /no port offset/],
  ['too large an offset', withTlvs([0xe5, '{"address":"203.0.113.7","portOffset":65536}']), /no port offset/],
  ['long', withTlvs([0xe5, `{"address":"203.0.113.7","portOffset":1${' '.repeat(300)}}`]), /may have 256/],
]
for (const [name, bytes, message] of refused) {
  test(`what to tell clients is refused with the whole header: ${name}`, () => {
    assert.throws(() => parseProxyHeader(bytes), { code: 'CHANNEL_PROXY_HEADER', message })
  })
}
