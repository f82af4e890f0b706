import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TlsRecords } from './tls-records.ts'

function record(type: number, length: number): Buffer {
  const bytes = Buffer.alloc(5 + length, 0x41)
  bytes.set([type, 3, 3, length >> 8, length & 0xff])
  return bytes
}

const CLOSE_1_2 = record(21, 26)
const CLOSE_1_3 = record(23, 19)

const closing: readonly { name: string; bytes: Buffer; closed: boolean }[] = [
  { name: 'an alert of TLS 1.2', bytes: CLOSE_1_2, closed: true },
  { name: 'an alert of TLS 1.3', bytes: CLOSE_1_3, closed: true },
  { name: 'an alert of TLS 1.3 under CCM_8', bytes: record(23, 11), closed: true },
  { name: 'a reply', bytes: record(23, 40), closed: false },
  { name: 'a reply behind an alert', bytes: Buffer.concat([CLOSE_1_2, record(23, 40)]), closed: false },
  { name: 'half an alert', bytes: CLOSE_1_2.subarray(0, 12), closed: false },
  {
    name: 'half a header behind an alert',
    bytes: Buffer.concat([CLOSE_1_2, CLOSE_1_2.subarray(0, 3)]),
    closed: false,
  },
  { name: 'nothing', bytes: Buffer.alloc(0), closed: false },
]
for (const { name, bytes, closed } of closing) {
  test(`${name} is ${closed ? '' : 'not '}the end`, () => {
    const records = new TlsRecords()
    assert.equal(records.pass(bytes), bytes.length)
    assert.equal(records.closed, closed)
  })
}

test('what is in the clear begins at the same byte however the stream is cut', () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 6 })
  fc.assert(
    fc.property(
      lengths,
      fc.constantFrom('', 'NOOP\r\n', '200 ok\r\n'),
      fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
      (sizes, clear, cuts) => {
        const tls = Buffer.concat([...sizes.map(size => record(23, size)), CLOSE_1_3])
        const stream = Buffer.concat([tls, Buffer.from(clear)])
        const records = new TlsRecords()
        let at = 0
        for (const cut of cuts) {
          const piece = stream.subarray(at, at + cut)
          const count = records.pass(piece)
          at += count
          if (count < piece.length || at === stream.length) break
        }
        assert.equal(at, tls.length)
        assert.equal(records.closed, true)
      },
    ),
  )
})
