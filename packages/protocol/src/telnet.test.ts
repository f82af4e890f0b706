import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { escapeIac, TelnetFilter } from './telnet.ts'
import { bytesFrom, cuts, split } from './testing/split.ts'

const latin1 = (text: string) => Buffer.from(text, 'latin1')

// RFC 854: IAC is 255; WILL, WONT, DO, DONT 251 to 254 take an option; SB 250 goes on to IAC SE (240).
const cases: { name: string; sent: string; left: string }[] = [
  { name: 'text without IAC is left alone', sent: 'USER a\r\n', left: 'USER a\r\n' },
  { name: 'IAC IAC is the byte 0xFF', sent: 'a\xff\xffb', left: 'a\xffb' },
  { name: 'IP and DM go', sent: '\xff\xf4\xff\xf2ABOR', left: 'ABOR' },
  { name: 'a negotiation goes with its option', sent: '\xff\xfb\x01a\xff\xfd\xffb', left: 'ab' },
  { name: 'a subnegotiation goes as a whole', sent: 'a\xff\xfa\x18\x00xterm\xff\xf0b', left: 'ab' },
  { name: 'IAC IAC inside a subnegotiation does not end it', sent: 'a\xff\xfa\xff\xff\xff\xf0b', left: 'ab' },
  { name: 'a line end ends a subnegotiation', sent: '\xff\xfaCWD x\nPWD\r\n', left: '\nPWD\r\n' },
  { name: 'IAC before a letter is a letter of Latin-1', sent: 'CWD a\xffb', left: 'CWD a\xffb' },
  { name: 'IAC before the line end is a letter of Latin-1', sent: 'CWD a\xff\r\n', left: 'CWD a\xff\r\n' },
]

for (const { name, sent, left } of cases) {
  test(`TelnetFilter: ${name}`, () => {
    assert.equal(new TelnetFilter().push(latin1(sent)).toString('latin1'), left)
  })
}

test('TelnetFilter gives a chunk back as it is when nothing is in it', () => {
  const chunk = latin1('NOOP\r\n')
  assert.equal(new TelnetFilter().push(chunk), chunk)
})

test('what TelnetFilter leaves does not depend on how the bytes are cut', () => {
  fc.assert(
    fc.property(bytesFrom([0xff, 0xff, 0xfa, 0xf0, 0xfb, 0xf4, 'A', '\n']), cuts, (bytes, places) => {
      const filter = new TelnetFilter()
      const left = Buffer.concat(split(bytes, places).map(chunk => Buffer.from(filter.push(chunk))))
      assert.deepEqual(left, Buffer.from(new TelnetFilter().push(bytes)))
    }),
    { numRuns: 300 },
  )
})

test('a subnegotiation that never ends cannot swallow more than 256 bytes', () => {
  const left = new TelnetFilter().push(latin1(`\xff\xfa${'x'.repeat(1000)}`))
  assert.equal(left.length, 1000 - 256)
})

test('a sequence that has begun is forgotten by discard', () => {
  const filter = new TelnetFilter()
  filter.push(latin1('a\xff'))
  assert.equal(filter.discard(), 1)
  assert.equal(filter.push(latin1('\xf4b')).toString('latin1'), '\xf4b')
  assert.equal(filter.discard(), 0)
})

test('what escapeIac writes, TelnetFilter reads', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), bytes => {
      assert.deepEqual([...new TelnetFilter().push(escapeIac(Buffer.from(bytes)))], [...bytes])
    }),
  )
})
