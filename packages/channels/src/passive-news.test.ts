import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { cleanUp, counts, dial, gone, ofClient, open, portsOf, signal, until } from './testing-passive.ts'

afterEach(cleanUp)

test('a reservation that waits knows of strangers so far, and of nothing else', async () => {
  await using ports = await portsOf(1)
  const reservation = await ports.reserve(ofClient('127.0.0.2'), { signal })
  assert.deepEqual(reservation.news, { strangers: [] })
  await gone(dial(reservation.port, '127.0.0.66'))
  assert.deepEqual(reservation.news, { strangers: ['127.0.0.66'] })
})

test('who came is told before the connection is opened, and after it was', async () => {
  await using ports = await portsOf(1)
  const reservation = await ports.reserve(ofClient('127.0.0.1'), { signal })
  const client = dial(reservation.port)
  await until(() => counts(ports).reserved === 0)
  const { arrived, ...more } = reservation.news
  assert.deepEqual(arrived?.remote, { address: '127.0.0.1', port: client.localPort })
  assert.ok(Number.isInteger(arrived.ms) && arrived.ms >= 0)
  assert.deepEqual(more, { strangers: [] })
  await open(reservation)
  assert.deepEqual(reservation.news, { arrived, strangers: [] })
})

test('why nobody came stays known, with the strangers of that time and no later ones', async () => {
  await using ports = await portsOf(1, { acceptMs: 300 })
  const reservation = await ports.reserve(ofClient('127.0.0.2'), { signal })
  await gone(dial(reservation.port, '127.0.0.66'))
  await until(() => counts(ports).reserved === 0)
  await gone(dial(reservation.port, '127.0.0.77'))
  const { failure, strangers } = reservation.news
  assert.equal(failure?.code, 'CHANNEL_ACCEPT_TIMEOUT')
  assert.deepEqual(strangers, ['127.0.0.66'])
})

test('one that is given up says so', async () => {
  await using ports = await portsOf(1)
  const reservation = await ports.reserve(ofClient('127.0.0.1'), { signal })
  await reservation[Symbol.asyncDispose]()
  assert.equal(reservation.news.failure?.code, 'CHANNEL_REPLACED')
})
