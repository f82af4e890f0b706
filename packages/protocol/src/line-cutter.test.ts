import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LineCutter } from './line-cutter.ts'

test('a line over the limit is not kept while it comes', () => {
  const cutter = new LineCutter(100)
  for (let sent = 0; sent < 1_000_000; sent += 1000) {
    cutter.push(Buffer.alloc(1000, 'x'))
    assert.equal(cutter.next(), undefined)
    cutter.settle()
    assert.ok(cutter.unread.length <= 101)
  }
  cutter.push(Buffer.from('\nnext\n'))
  assert.equal(cutter.next(), 'too-long')
  assert.equal(cutter.next()?.toString(), 'next')
})

test('what was thrown away counts as forgotten', () => {
  const cutter = new LineCutter(10)
  cutter.push(Buffer.alloc(50, 'x'))
  assert.equal(cutter.next(), undefined)
  assert.equal(cutter.discard(), 50)
  cutter.push(Buffer.from('a\n'))
  assert.equal(cutter.next()?.toString(), 'a')
})
