import assert from 'node:assert/strict'
import { test } from 'node:test'
import { REPLIES, ReplyTexts, unknownReplyKeys } from './replies.ts'

test('a text of the catalogue is filled in', () => {
  const reply = new ReplyTexts().say('login.password', { user: 'alice' })
  assert.deepEqual(reply, { code: 331, lines: ['Password for alice?'] })
})

test('a replaced text keeps the code and may have several lines', () => {
  const texts = new ReplyTexts({ 'login.ok': 'Welcome {user}\nMind the step' })
  assert.deepEqual(texts.say('login.ok', { user: 'bob' }), {
    code: 230,
    lines: ['Welcome bob', 'Mind the step'],
  })
})

test('a line break in a value does not become a line of the reply', () => {
  const reply = new ReplyTexts().say('file.unavailable', { text: 'a\r\n230 Logged in' })
  assert.equal(reply.lines.length, 1)
})

test('keys that no reply has are found', () => {
  assert.deepEqual(unknownReplyKeys({ 'login.ok': '', 'login.okay': '', toString: '' }), [
    'login.okay',
    'toString',
  ])
})

test('every reply has a code of RFC 959 and says something', () => {
  for (const [key, [code, text]] of Object.entries(REPLIES)) {
    assert.ok(code >= 150 && code < 560 && text.length > 0, key)
  }
})
