import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OpenLimit } from './open-limit.ts'

test('as many as one may open in a second are opened at once, then one for each part of it', () => {
  const limit = new OpenLimit(10, 0)
  for (let i = 0; i < 10; i++) assert.equal(limit.ask(0), 'open')
  assert.equal(limit.ask(0), 'refuse')
  // The one that was refused counts, too: asking on does not help.
  assert.equal(limit.ask(100), 'refuse')
  assert.equal(limit.ask(1_000), 'open')
})

test('who asks far more often is not worth an answer', () => {
  const limit = new OpenLimit(10, 0)
  const answers = Array.from({ length: 111 }, () => limit.ask(0))
  assert.equal(answers.filter(answer => answer === 'refuse').length, 100)
  assert.equal(answers.at(-1), 'close')
})
