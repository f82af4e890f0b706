import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cutWords, quoteWord, readWords } from './words.ts'

const lines: [line: string, words: string[]][] = [
  ['', []],
  ['   ', []],
  ['ls -l pub', ['ls', '-l', 'pub']],
  ['  cd\t"a b"  ', ['cd', 'a b']],
  ["get 'it''s' x", ['get', 'its', 'x']],
  ['get a\\ b\\\\c', ['get', 'a b\\c']],
  ['get "a\\"b\\c"', ['get', 'a"b\\c']],
  ["get 'a\\'", ['get', 'a\\']],
  ['put "" x', ['put', '', 'x']],
  ['ls # everything', ['ls']],
  ['ls a#b \\#c "#d"', ['ls', 'a#b', '#c', '#d']],
  ['# nothing', []],
]

for (const [line, words] of lines) {
  test(`${JSON.stringify(line)} has the words ${JSON.stringify(words)}`, () => {
    assert.deepEqual(readWords(line), words)
  })
}

for (const line of ['get "a', "get 'a", 'get a\\']) {
  test(`${JSON.stringify(line)} is not finished`, () => {
    assert.throws(() => readWords(line), /The line ends within/)
  })
}

test('a word knows where it begins, quotes included', () => {
  assert.deepEqual(
    cutWords('get  "a b').words.map(({ start }) => start),
    [0, 5],
  )
})

test('whatever a name is, quoted it is one word again', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), name => {
      assert.deepEqual(readWords(`get ${quoteWord(name)}`), ['get', name])
    }),
  )
})
