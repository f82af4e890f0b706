import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Reply, reply } from '@portolan/protocol'
import fc from 'fast-check'
import { Exchange } from './exchange.ts'
import { ExpectQueue } from './expect-queue.ts'

function queueOf(...exchanges: Exchange[]): ExpectQueue {
  const queue = new ExpectQueue()
  for (const exchange of exchanges) queue.push(exchange)
  return queue
}

test('each final reply belongs to the oldest command', async () => {
  const first = new Exchange('PWD')
  const second = new Exchange('NOOP')
  const queue = queueOf(first, second)
  assert.equal(queue.take(reply(257, '"/"')), 'final')
  assert.equal(queue.oldest, second)
  assert.equal(queue.take(reply(200, 'OK')), 'final')
  assert.equal((await first.final).code, 257)
  assert.equal((await second.final).code, 200)
})

test('1yz replies begin an exchange and do not end it', async () => {
  const retr = new Exchange('RETR x')
  const queue = queueOf(retr)
  assert.equal(queue.take(reply(125, 'again')), 'preliminary')
  assert.equal(queue.take(reply(150, 'Opening')), 'preliminary')
  assert.equal((await retr.begun).code, 125)
  assert.equal(retr.reply, undefined)
  assert.equal(queue.take(reply(226, 'Done')), 'final')
  assert.equal((await retr.final).code, 226)
})

test('a transfer without 1yz begins with its final reply', async () => {
  const retr = new Exchange('RETR x')
  queueOf(retr).take(reply(226, 'Done'))
  assert.equal((await retr.begun).code, 226)
})

test('the 200 of a NOOP during a transfer overtakes the transfer’s own reply', async () => {
  const retr = new Exchange('RETR x')
  const noop = new Exchange('NOOP', { outOfTurn: said => said.code === 200 })
  const queue = queueOf(retr, noop)
  queue.take(reply(200, 'NOOP ok'))
  assert.equal((await noop.final).code, 200)
  assert.equal(queue.oldest, retr)
  queue.take(reply(226, 'Done'))
  assert.equal((await retr.final).code, 226)
})

test('the same NOOP answered behind the transfer gets its reply in turn', async () => {
  const retr = new Exchange('RETR x')
  const noop = new Exchange('NOOP', { outOfTurn: said => said.code === 200 })
  const queue = queueOf(retr, noop)
  queue.take(reply(226, 'Done'))
  queue.take(reply(250, 'what NOOP is answered by some'))
  assert.equal((await retr.final).code, 226)
  assert.equal((await noop.final).code, 250)
})

test('a reply that nobody waits for is unexpected', () => {
  assert.equal(new ExpectQueue().take(reply(226, 'Done twice')), 'unexpected')
})

test('an end fails every wait', async () => {
  const exchanges = [new Exchange('PWD'), new Exchange('NOOP')]
  const queue = queueOf(...exchanges)
  queue.fail(new Error('gone'))
  for (const exchange of exchanges) {
    await assert.rejects(exchange.final, /gone/)
    await assert.rejects(exchange.begun, /gone/)
  }
  assert.equal(queue.length, 0)
})

test('without replies out of turn, the nth final reply settles the nth command, whatever comes between', async () => {
  const replies = fc.array(fc.record({ code: fc.integer({ min: 100, max: 599 }), text: fc.string() }), {
    maxLength: 40,
  })
  await fc.assert(
    fc.asyncProperty(replies, async said => {
      const finals = said.filter(({ code }) => code >= 200)
      const exchanges = finals.map((_, index) => new Exchange(`CMD ${index}`))
      const queue = queueOf(...exchanges)
      for (const { code, text } of said) queue.take(reply(code, text))
      const settled: Reply[] = await Promise.all(exchanges.map(exchange => exchange.final))
      assert.deepEqual(
        settled.map(({ code }) => code),
        finals.map(({ code }) => code),
      )
    }),
  )
})
