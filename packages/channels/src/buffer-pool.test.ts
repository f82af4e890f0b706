import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BufferPool } from './buffer-pool.ts'

test('a buffer that was given back is taken again', () => {
  const pool = new BufferPool()
  const buffer = pool.take(1024)
  pool.give(buffer)
  assert.equal(pool.kept, 1024)
  assert.equal(pool.take(1024), buffer)
  assert.notEqual(pool.take(1024), buffer)
  assert.equal(pool.kept, 0)
})

test('sizes do not mix', () => {
  const pool = new BufferPool()
  pool.give(pool.take(1024))
  assert.equal(pool.take(2048).length, 2048)
})

test('no more is kept than allowed', () => {
  const pool = new BufferPool(2048)
  for (const buffer of [pool.take(1024), pool.take(1024), pool.take(1024)]) pool.give(buffer)
  assert.equal(pool.kept, 2048)
})
