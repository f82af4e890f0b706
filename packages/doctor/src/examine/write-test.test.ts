import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare } from './write-test.ts'

const cases: readonly [string, string, string][] = [
  ['a\r\nb', 'a\r\nb', 'same'],
  ['a\r\nb', 'a\nb', 'line-ends'],
  ['a\nb', 'a\r\nb', 'line-ends'],
  ['PORT 10,1,2,3', 'PORT 192,0,2,9', 'different'],
  ['abc', 'ab', 'shorter'],
  ['abc', 'abcd', 'different'],
]

for (const [sent, received, expected] of cases) {
  test(`${JSON.stringify(received)} for ${JSON.stringify(sent)} is ${expected}`, () => {
    assert.equal(compare(Buffer.from(sent), Buffer.from(received)), expected)
  })
}
