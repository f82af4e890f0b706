import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError } from '../api/client.ts'
import { worthRetrying } from './query-client.ts'

const answer = (status: number) => new ApiError(status, { code: 'X', detail: 'x' })

test('what the server refused is not asked again; what it could not answer is, twice', () => {
  const cases: readonly (readonly [unknown, boolean])[] = [
    [answer(0), true],
    [answer(500), true],
    [answer(503), true],
    [answer(401), false],
    [answer(404), false],
    [answer(429), false],
    [new TypeError('a fault of the console'), false],
  ]
  for (const [error, retried] of cases) {
    assert.equal(worthRetrying(0, error), retried)
    assert.equal(worthRetrying(1, error), retried)
    assert.equal(worthRetrying(2, error), false)
  }
})
