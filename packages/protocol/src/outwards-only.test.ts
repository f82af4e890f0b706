import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatOutwardsOnlyReply, isOutwardsOnlyReply } from './outwards-only.ts'

test('what a connector answers to active mode is known again, and a refusal of a server is not', () => {
  for (const verb of ['PORT', 'EPRT']) assert.ok(isOutwardsOnlyReply(formatOutwardsOnlyReply(verb)))
  for (const reply of [
    '502 Command not implemented.',
    '500 Illegal PORT command.',
    '230 connections only go outwards',
  ])
    assert.ok(!isOutwardsOnlyReply(reply), reply)
})
