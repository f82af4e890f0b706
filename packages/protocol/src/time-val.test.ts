import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatTimeVal, parseTimeVal } from './time-val.ts'

const FIRST = new Date('0001-01-01T00:00:00Z').getTime()
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

// The first two are RFC 3659's own.
const cases: { text: string; ms: number | undefined }[] = [
  { text: '19990929043300', ms: Date.UTC(1999, 8, 29, 4, 33) },
  { text: '19990929043300.5', ms: Date.UTC(1999, 8, 29, 4, 33, 0, 500) },
  { text: '19700101000000', ms: 0 },
  { text: '20240229235959.123456789', ms: Date.UTC(2024, 1, 29, 23, 59, 59, 123) },
  { text: '00010101000000', ms: new Date('0001-01-01T00:00:00Z').getTime() },
  { text: '20161231235960', ms: Date.UTC(2017, 0, 1) },
  { text: '20161231225960', ms: undefined },
  { text: '20230229000000', ms: undefined },
  { text: '19000229000000', ms: undefined },
  { text: '20230431000000', ms: undefined },
  { text: '20231301000000', ms: undefined },
  { text: '20230001000000', ms: undefined },
  { text: '20230100000000', ms: undefined },
  { text: '00000101000000', ms: undefined },
  { text: '20230101240000', ms: undefined },
  { text: '20230101006000', ms: undefined },
  { text: '20230101000061', ms: undefined },
  { text: '2023010100000', ms: undefined },
  { text: '191230101000000', ms: undefined },
  { text: '20230101000000.', ms: undefined },
  { text: ' 20230101000000', ms: undefined },
  { text: '2023-01-01', ms: undefined },
  { text: '', ms: undefined },
]

for (const { text, ms } of cases) {
  test(`parseTimeVal: ${text || 'nothing'}`, () => assert.equal(parseTimeVal(text), ms))
}

test('the time that is written is the time that the system writes', () => {
  fc.assert(
    fc.property(fc.integer({ min: FIRST, max: LAST }), fc.boolean(), (ms, fraction) => {
      const [text = '', sss = ''] = new Date(ms)
        .toISOString()
        .replace(/[-:TZ]/g, '')
        .split('.')
      assert.equal(formatTimeVal(ms, { fraction }), fraction ? `${text}.${sss}` : text)
      assert.equal(parseTimeVal(formatTimeVal(ms, { fraction: true })), ms)
    }),
    { numRuns: 1000 },
  )
})

test('a time that four digits of year cannot tell becomes the nearest that they can', () => {
  assert.equal(formatTimeVal(Number.POSITIVE_INFINITY), '99991231235959')
  assert.equal(formatTimeVal(8.64e15), '99991231235959')
  assert.equal(formatTimeVal(Number.NEGATIVE_INFINITY), '00010101000000')
  assert.equal(formatTimeVal(Number.NaN), '19700101000000')
  assert.equal(formatTimeVal(0.7), '19700101000000')
  assert.equal(formatTimeVal(-0.5, { fraction: true }), '19691231235959.999')
})
