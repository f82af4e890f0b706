import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ChannelError } from './errors.ts'
import { MAX_V1_LENGTH, MAX_V2_LENGTH, type ProxyHeader, parseProxyHeader } from './proxy-protocol.ts'

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')

/** A version 2 header: version and command, family and transport, what follows. */
function v2(versionAndCommand: number, family: number, rest: Buffer, length = rest.length): Buffer {
  const head = Buffer.from([versionAndCommand, family, length >> 8, length & 255])
  return Buffer.concat([SIGNATURE, head, rest])
}

const IPV4 = Buffer.from([192, 0, 2, 1, 198, 51, 100, 1, 0xdc, 0x04, 0x00, 0x15])
const IPV6 = Buffer.concat([
  Buffer.from('20010db8000000000000000000000001', 'hex'),
  Buffer.from('20010db8000000000000000000000002', 'hex'),
  Buffer.from([0xdc, 0x04, 0x00, 0x15]),
])
const OVER_IPV4: ProxyHeader = {
  source: { address: '192.0.2.1', port: 56_324 },
  destination: { address: '198.51.100.1', port: 21 },
}
const OVER_IPV6: ProxyHeader = {
  source: { address: '2001:db8::1', port: 56_324 },
  destination: { address: '2001:db8::2', port: 21 },
}
const LOCAL: ProxyHeader = { local: true }

const good: readonly (readonly [string, string | Buffer, ProxyHeader])[] = [
  ['version 1 over IPv4', 'PROXY TCP4 192.0.2.1 198.51.100.1 56324 21\r\n', OVER_IPV4],
  ['version 1 over IPv6', 'PROXY TCP6 2001:db8::1 2001:DB8:0:0:0:0:0:2 56324 21\r\n', OVER_IPV6],
  [
    'version 1, IPv4 in the form of IPv6',
    'PROXY TCP6 ::ffff:192.0.2.1 ::ffff:198.51.100.1 56324 21\r\n',
    OVER_IPV4,
  ],
  ['version 1, unknown', 'PROXY UNKNOWN\r\n', LOCAL],
  ['version 1, unknown with more behind', 'PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n', LOCAL],
  ['version 2 over IPv4', v2(0x21, 0x11, IPV4), OVER_IPV4],
  ['version 2 over IPv6', v2(0x21, 0x21, IPV6), OVER_IPV6],
  [
    'version 2 with TLVs behind the addresses',
    v2(0x21, 0x11, Buffer.concat([IPV4, Buffer.alloc(300, 4)])),
    OVER_IPV4,
  ],
  ['version 2, a health check of the proxy', v2(0x20, 0x00, Buffer.alloc(0)), LOCAL],
  ['version 2, a health check with addresses', v2(0x20, 0x11, IPV4), LOCAL],
  ['version 2, UDP', v2(0x21, 0x12, IPV4), LOCAL],
  ['version 2, a UNIX socket', v2(0x21, 0x31, Buffer.alloc(216)), LOCAL],
]
for (const [name, wire, header] of good) {
  const bytes = Buffer.from(wire)
  test(`${name} is read`, () => {
    assert.deepEqual(parseProxyHeader(bytes), { header, length: bytes.length })
  })
  test(`${name} is read byte by byte, and what follows is left alone`, () => {
    for (let end = 0; end < bytes.length; end++) {
      assert.equal(parseProxyHeader(bytes.subarray(0, end)), undefined, `after ${end} bytes`)
    }
    const more = Buffer.concat([bytes, Buffer.from('\r\nUSER x\r\n')])
    assert.deepEqual(parseProxyHeader(more), { header, length: bytes.length })
  })
}

const bad: readonly (readonly [string, string | Buffer, RegExp])[] = [
  ['no header', 'USER anonymous\r\n', /does not begin with/],
  ['TLS instead of a header', Buffer.from([0x16, 0x03, 0x01]), /does not begin with/],
  ['lower case', 'proxy TCP4 ', /does not begin with/],
  ['an unknown family', 'PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n', /neither TCP4 nor TCP6/],
  ['no family', 'PROXY \r\n', /neither TCP4 nor TCP6/],
  ['too few fields', 'PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n', /5 fields where 6/],
  ['too many fields', 'PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n', /7 fields where 6/],
  ['two spaces', 'PROXY TCP4  1.1.1.1 2.2.2.2 1 2\r\n', /7 fields where 6/],
  ['IPv6 announced as IPv4', 'PROXY TCP4 ::1 ::2 1 2\r\n', /is not TCP4/],
  ['IPv4 announced as IPv6', 'PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n', /is not TCP6/],
  ['an octet above 255', 'PROXY TCP4 256.1.1.1 2.2.2.2 1 2\r\n', /is not TCP4/],
  ['a zone', 'PROXY TCP6 fe80::1%eth0 ::2 1 2\r\n', /is not TCP6/],
  ['a port above 65535', 'PROXY TCP4 1.1.1.1 2.2.2.2 65536 2\r\n', /a port is not/],
  ['a port with a leading zero', 'PROXY TCP4 1.1.1.1 2.2.2.2 021 2\r\n', /a port is not/],
  ['a negative port', 'PROXY TCP4 1.1.1.1 2.2.2.2 -1 2\r\n', /a port is not/],
  ['a line without an end', `PROXY UNKNOWN ${'x'.repeat(MAX_V1_LENGTH)}`, /no end of line within 107 bytes/],
  ['version 3', v2(0x31, 0x11, IPV4), /unknown version 3/],
  ['an unknown command', v2(0x22, 0x11, IPV4), /unknown command 2/],
  ['addresses that are cut off', v2(0x21, 0x11, IPV4.subarray(0, 11)), /addresses are cut off/],
  ['IPv6 with the length of IPv4', v2(0x21, 0x21, IPV4), /addresses are cut off/],
  ['a header of 64 KiB', v2(0x21, 0x11, IPV4, 0xffff), /longer than/],
]
for (const [name, wire, message] of bad) {
  test(`${name} is refused`, () => {
    assert.throws(() => parseProxyHeader(Buffer.from(wire)), { code: 'CHANNEL_PROXY_HEADER', message })
  })
}

test('whatever comes, the parser answers or refuses, and never wants more than the longest header', () => {
  const start = fc.constantFrom<Buffer>(
    Buffer.alloc(0),
    Buffer.from('PROXY TCP4 '),
    SIGNATURE,
    v2(0x21, 0x11, IPV4),
  )
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 300 }), (head, tail) => {
      const bytes = Buffer.concat([head, tail])
      try {
        const parsed = parseProxyHeader(bytes)
        if (parsed) assert.ok(parsed.length <= bytes.length)
        else assert.ok(bytes.length < MAX_V2_LENGTH)
      } catch (error) {
        assert.ok(error instanceof ChannelError && error.code === 'CHANNEL_PROXY_HEADER', String(error))
      }
    }),
    { numRuns: 2000 },
  )
})

test('any pair of IPv4 endpoints survives both versions', () => {
  const port = fc.integer({ min: 0, max: 65_535 })
  const endpoint = fc.tuple(fc.ipV4(), port).map(([address, port]) => ({ address, port }))
  fc.assert(
    fc.property(endpoint, endpoint, (source, destination) => {
      const line = `PROXY TCP4 ${source.address} ${destination.address} ${source.port} ${destination.port}\r\n`
      assert.deepEqual(parseProxyHeader(Buffer.from(line))?.header, { source, destination })
      const octets = [source, destination].flatMap(({ address }) => address.split('.').map(Number))
      const ports = [source, destination].flatMap(({ port }) => [port >> 8, port & 255])
      const wire = v2(0x21, 0x11, Buffer.from([...octets, ...ports]))
      assert.deepEqual(parseProxyHeader(wire)?.header, { source, destination })
    }),
  )
})
