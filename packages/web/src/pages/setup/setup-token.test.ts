import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tokenOf } from './setup-token.ts'

test('the token stands in the fragment, with or without its name', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['', ''],
    ['#', ''],
    ['#token=abc-_9', 'abc-_9'],
    ['#abc-_9', 'abc-_9'],
    ['#a%2Fb ', 'a/b'],
    ['#%', '%'],
  ]
  for (const [fragment, token] of cases) assert.equal(tokenOf(fragment), token, fragment)
})
