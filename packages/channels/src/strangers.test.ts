import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Strangers } from './strangers.ts'

test('those who came to a port since a moment are told, the last one last and each once', () => {
  let now = 0
  const strangers = new Strangers(() => now)
  strangers.note(2000, 'a')
  now = 10
  strangers.note(2000, 'b')
  strangers.note(2001, 'c')
  strangers.note(2000, 'a')
  assert.deepEqual(strangers.at(2000, 5), ['b', 'a'])
  assert.deepEqual(strangers.at(2000, 11), [])
  assert.deepEqual(strangers.at(2002, 0), [])
  assert.equal(strangers.count, 4)
})

test('a flood of strangers is counted and not kept', () => {
  const strangers = new Strangers(() => 0)
  for (let i = 0; i < 20_000; i++) strangers.note(1024 + (i % 10_000), `10.0.${i >> 8}.${i & 255}`)
  assert.equal(strangers.count, 20_000)
  const kept = Array.from({ length: 10_000 }, (_, i) => strangers.at(1024 + i, 0).length)
  assert.ok(Math.max(...kept) <= 4)
  assert.ok(kept.filter(count => count > 0).length <= 4096)
})
