import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TicketQueue } from './ticket-queue.ts'

const ticket = (n: number) => Buffer.from([n])

test('nothing is offered before there is a ticket', () => {
  assert.equal(new TicketQueue().take(), undefined)
})

test('each is offered once, the oldest first, and the last again when there is no other', () => {
  const queue = new TicketQueue()
  for (const n of [1, 2]) queue.add(ticket(n))
  assert.deepEqual([queue.take(), queue.take(), queue.take(), queue.take()], [1, 2, 2, 2].map(ticket))
  queue.add(ticket(3))
  assert.deepEqual([queue.size, queue.take(), queue.size], [1, ticket(3), 0])
})

test('eight are kept at the most, and they are the newest', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), count => {
      const queue = new TicketQueue()
      for (let n = 0; n < count; n++) queue.add(ticket(n))
      assert.equal(queue.size, Math.min(count, 8))
      assert.deepEqual(queue.take(), ticket(Math.max(0, count - 8)))
    }),
  )
})
