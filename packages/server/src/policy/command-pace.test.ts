import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommandPace } from './command-pace.ts'

test('a second of commands passes at once, then each waits its turn', () => {
  const pace = new CommandPace(10)
  const now = 1_000_000
  for (let command = 0; command < 10; command++) assert.equal(pace.take(now), 0, `command ${command}`)
  assert.equal(pace.take(now), 100)
  assert.equal(pace.take(now), 200)
})

test('a pause gives the burst back', () => {
  const pace = new CommandPace(10)
  for (let command = 0; command < 30; command++) pace.take(0)
  assert.equal(pace.take(60_000), 0)
})

test('without a limit nothing waits', () => {
  const pace = new CommandPace(0)
  for (let command = 0; command < 1000; command++) assert.equal(pace.take(0), 0)
})
