import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseQuotedPath, quotePath } from './quoted-path.ts'

// RFC 959 appendix II.
test('a quote inside a path is doubled', () => {
  assert.equal(quotePath('/usr/dm/foo"bar'), '"/usr/dm/foo""bar"')
})

const cases: { text: string; read: ReturnType<typeof parseQuotedPath> }[] = [
  { text: '"/usr/dm" created', read: { path: '/usr/dm', rest: ' created' } },
  { text: '"/foo""bar"', read: { path: '/foo"bar', rest: '' } },
  { text: '""', read: { path: '', rest: '' } },
  { text: '""""', read: { path: '"', rest: '' } },
  { text: '"/never closed', read: undefined },
  { text: '"""', read: undefined },
  { text: '/bare', read: undefined },
  { text: '', read: undefined },
]

for (const { text, read } of cases) {
  test(`parseQuotedPath: ${text || 'nothing'}`, () => assert.deepEqual(parseQuotedPath(text), read))
}

test('every path survives quoting, whatever words follow', () => {
  const path = fc.string({ unit: fc.constantFrom('"', 'a', '/', ' ') })
  fc.assert(
    fc.property(path, fc.constantFrom('', ' created', ' "x"'), (text, rest) => {
      assert.deepEqual(parseQuotedPath(quotePath(text) + rest), { path: text, rest })
    }),
  )
})
