import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commonName, stateOf } from './certificate-state.ts'

const now = 1_800_000_000_000
const DAY = 86_400_000

test('a certificate is told by what has to be done about it', () => {
  const cases: readonly (readonly [number, number, readonly string[], string, string])[] = [
    [-400, -1, [], 'bad', 'expired 1 d ago'],
    [1, 400, [], 'warn', 'valid in 1 d'],
    [-300, 29, [], 'warn', 'expires in 29 d'],
    [-1, 89, ['has no name'], 'warn', 'has a problem'],
    [-1, 89.5, [], 'good', 'valid, 89 d left'],
    [-1, -1, ['has no name'], 'bad', 'expired 1 d ago'],
  ]
  for (const [from, to, problems, tone, text] of cases) {
    const state = stateOf(
      { notBefore: now + from * DAY, notAfter: now + to * DAY, problems: [...problems] },
      now,
    )
    assert.deepEqual(state, { tone, text })
  }
})

test('of a subject the common name is told', () => {
  assert.equal(commonName('C=DE, O=Harbour, CN=ftp.example.com'), 'ftp.example.com')
  assert.equal(commonName('CN=a\nO=b'), 'a')
  assert.equal(commonName('O=only'), 'O=only')
})
