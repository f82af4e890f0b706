import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatPath, leaves, parsePath, valueAt } from './paths.ts'

const cases: { parts: (string | number)[]; text: string }[] = [
  { parts: ['listeners', 0, 'port'], text: 'listeners[0].port' },
  { parts: ['messages', 'replies', 'file.denied'], text: 'messages.replies["file.denied"]' },
  { parts: ['a-b', 'c d'], text: 'a-b["c d"]' },
  { parts: ['x', '0'], text: 'x["0"]' },
  { parts: [], text: '' },
]

for (const { parts, text } of cases) {
  test(`a path is written as ${JSON.stringify(text)} and read back`, () => {
    assert.equal(formatPath(parts), text)
    assert.deepEqual(parsePath(text), parts)
  })
}

test('any path that is written is read back the same', () => {
  const part = fc.oneof(fc.string(), fc.nat(1_000))
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), parts =>
      assert.deepEqual(parsePath(formatPath(parts)), parts),
    ),
  )
})

test('valueAt: finds own values only', () => {
  const root = { a: [{ b: 1 }] }
  assert.equal(valueAt(root, ['a', 0, 'b']), 1)
  assert.equal(valueAt(root, ['a', 1, 'b']), undefined)
  assert.equal(valueAt(root, ['constructor', 'name']), undefined)
})

test('leaves: ends at plain values and at what is empty', () => {
  const found = [...leaves({ a: [1, { b: 'x' }], c: {}, d: [] })].map(({ parts }) => formatPath(parts))
  assert.deepEqual(found, ['a[0]', 'a[1].b', 'c', 'd'])
})
