import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makePassword, passwordHint } from './password.ts'

test('a made password has four groups without characters that look alike', () => {
  const made = new Set(Array.from({ length: 200 }, () => makePassword()))
  assert.equal(made.size, 200)
  for (const password of made) {
    assert.match(password, /^[a-zA-Z2-9]{5}(-[a-zA-Z2-9]{5}){3}$/)
    assert.doesNotMatch(password, /[0O1lI]/)
    assert.equal(passwordHint(password).score, 4)
  }
})

test('bytes that would favour a letter are thrown away', () => {
  const unfair = new Uint8Array(32).fill(255)
  const fair = new Uint8Array(32).fill(1)
  const given = [unfair, fair]
  assert.equal(
    makePassword(() => given.shift() ?? fair),
    'bbbbb-bbbbb-bbbbb-bbbbb',
  )
})

test('the hint names the obvious fault of a password', () => {
  const cases: readonly (readonly [string, string, number, RegExp])[] = [
    ['', 'ann', 0, /12 more/],
    ['short', 'ann', 1, /7 more/],
    ['aaaaaaaaaaaaaaaa', 'ann', 1, /again/],
    ['annika-is-at-sea', 'annika', 1, /name/],
    ['my-password-is-good', 'ann', 2, /tried first/],
    ['tide and mast', 'x', 3, /Good/],
    ['harbour lantern brisk gull', 'ann', 4, /Strong/],
  ]
  for (const [password, name, score, text] of cases) {
    const hint = passwordHint(password, name)
    assert.equal(hint.score, score, password)
    assert.match(hint.text, text)
  }
})

test('an FTP user may have a short password, and its hint says what that means', () => {
  const hint = passwordHint('secret', 'ann', 1)
  assert.equal(hint.score, 1)
  assert.match(hint.text, /soon guessed/)
})
