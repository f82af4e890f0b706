import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { wrapText } from './wrap-text.ts'

test('further lines stand under the first word', () => {
  const lines = wrapText('word '.repeat(30).trim(), '  - ')
  assert.equal(lines.length, 2)
  assert.match(lines[0] ?? '', /^ {2}- word/)
  assert.match(lines[1] ?? '', /^ {4}word/)
})

test('a word that is too long stands on a line of its own, whole', () => {
  const long = 'x'.repeat(200)
  assert.deepEqual(wrapText(`a ${long} b`), ['a', long, 'b'])
})

test('no word is lost, and no line of several words is too long', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(words, all => {
      const lines = wrapText(all.join(' '))
      assert.deepEqual(lines.join(' ').split(' '), all)
      for (const line of lines) assert.ok(line.length <= 96)
    }),
  )
})
