import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { connect, createSecureContext } from 'node:tls'
import type { DataConnection } from './data-connection.ts'
import { SERVER_CERTIFICATE } from './test-certificates.ts'
import { collector, dataPair, pattern, sourceOf, unbounded } from './testing.ts'
import { serverSide } from './tls-side.ts'

const context = createSecureContext(SERVER_CERTIFICATE)

/** Every way in which a data connection can end. */
const lives: readonly { name: string; live: (data: DataConnection, client: Socket) => Promise<unknown> }[] = [
  {
    name: 'a clean download',
    async live(data, client) {
      client.on('end', () => client.end()).resume()
      await data.send(sourceOf(pattern(100_000)), unbounded())
    },
  },
  {
    name: 'a clean upload',
    async live(data, client) {
      client.end(pattern(100_000))
      client.resume()
      await data.receive(collector(), unbounded())
    },
  },
  {
    name: 'a download that the client resets',
    async live(data, client) {
      client.once('data', () => client.resetAndDestroy())
      await data.send(sourceOf(pattern(20_000_000)), unbounded())
    },
  },
  {
    name: 'an upload that the client resets',
    async live(data, client) {
      client.write('x', () => client.resetAndDestroy())
      await data.receive(collector(), unbounded())
    },
  },
  {
    name: 'a stalled upload',
    live: data => data.receive(collector(), { ...unbounded(), stallMs: 20 }),
  },
  {
    name: 'a stalled download',
    async live(data, client) {
      client.pause()
      await data.send(sourceOf(pattern(20_000_000)), { ...unbounded(), stallMs: 40 })
    },
  },
  {
    name: 'an aborted upload',
    live: data => data.receive(collector(), { signal: AbortSignal.timeout(10), stallMs: 1000 }),
  },
  { name: 'nothing at all', live: async data => data[Symbol.asyncDispose]() },
  {
    name: 'a clean upload under TLS',
    async live(data, client) {
      const tls = connect({ socket: client, rejectUnauthorized: false })
      tls.on('error', () => {}).resume()
      tls.end(pattern(100_000))
      await data.secure(serverSide(context), { signal: AbortSignal.timeout(5000), watchEnd: true })
      await data.receive(collector(), unbounded())
    },
  },
  {
    name: 'a truncated upload under TLS',
    async live(data, client) {
      const tls = connect({ socket: client, rejectUnauthorized: false })
      tls.on('error', () => {})
      await Promise.all([
        data.secure(serverSide(context), { signal: AbortSignal.timeout(5000), watchEnd: true }),
        once(tls, 'secureConnect'),
      ])
      client.end()
      await data.receive(collector(), unbounded())
    },
  },
  {
    name: 'a clean download under TLS',
    async live(data, client) {
      const tls = connect({ socket: client, rejectUnauthorized: false })
      tls.on('error', () => {}).on('end', () => tls.end())
      tls.resume()
      await data.secure(serverSide(context), { signal: AbortSignal.timeout(5000), watchEnd: false })
      await data.send(sourceOf(pattern(100_000)), unbounded())
    },
  },
  {
    name: 'a handshake that fails',
    async live(data, client) {
      client.write('not TLS')
      const secured = data.secure(serverSide(context), { signal: AbortSignal.timeout(5000), watchEnd: true })
      await assert.rejects(secured, { code: 'CHANNEL_TLS_HANDSHAKE' })
    },
  },
]

const sockets = () => process.getActiveResourcesInfo().filter(name => /^(TCP|TLS|JSStream)/.test(name)).length

for (const { name, live } of lives) {
  test(`no descriptor and no handle is left after ${name}`, async () => {
    const before = sockets()
    for (let round = 0; round < 3; round++) {
      const pair = await dataPair()
      await live(pair.data, pair.client)
      await pair.closed
      pair.client.destroy()
    }
    // Handles close in a later turn than their sockets say so.
    for (let turn = 0; turn < 50 && sockets() > before; turn++)
      await new Promise(resolve => setTimeout(resolve, 5))
    assert.ok(
      sockets() <= before,
      `${sockets() - before} handles are left: ${process.getActiveResourcesInfo()}`,
    )
  })
}

test('a data connection is put under TLS once', async () => {
  await using pair = await dataPair()
  const tls = connect({ socket: pair.client, rejectUnauthorized: false })
  tls.on('error', () => {})
  const options = { signal: AbortSignal.timeout(5000), watchEnd: false }
  await pair.data.secure(serverSide(context), options)
  assert.equal(pair.data.tls?.protocol, 'TLSv1.3')
  await assert.rejects(pair.data.secure(serverSide(context), options), /under TLS already/)
})

test('a data connection that moves bytes cannot begin TLS', async () => {
  await using pair = await dataPair()
  const received = pair.data.receive(collector(), unbounded())
  await assert.rejects(
    pair.data.secure(serverSide(context), { signal: AbortSignal.timeout(5000), watchEnd: true }),
    /moving already/,
  )
  pair.client.end()
  await received
})

test('the first cause is the one that counts', async () => {
  await using pair = await dataPair()
  const received = pair.data.receive(collector(), unbounded())
  pair.data.destroy({ code: 'aborted', text: 'first' })
  pair.data.destroy({ code: 'aborted', text: 'second' })
  const end = await received
  assert.ok(end.kind === 'broken')
  assert.equal(end.cause.text, 'first')
})
