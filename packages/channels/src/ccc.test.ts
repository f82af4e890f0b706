import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import type { SecureVersion, TLSSocket } from 'node:tls'
import { unwrapControl, unwrapControlClient } from './ccc.ts'
import { ClientTls } from './client-tls.ts'
import { SERVER_CA, SIGNED_CERTIFICATE } from './test-authority.ts'
import { type LoopbackPair, loopback } from './testing.ts'
import { SessionTls } from './tls.ts'

const VERSIONS: readonly SecureVersion[] = ['TLSv1.2', 'TLSv1.3']
const soon = () => AbortSignal.timeout(5_000)

interface Control extends AsyncDisposable {
  readonly pair: LoopbackPair
  readonly server: TLSSocket
  readonly client: TLSSocket
}

async function control(version: SecureVersion): Promise<Control> {
  const only = { minVersion: version, maxVersion: version }
  const pair = await loopback()
  const [server, client] = await Promise.all([
    new SessionTls({ contextOptions: { ...SIGNED_CERTIFICATE, ...only } }).wrapControl(pair.server, soon()),
    new ClientTls({ host: 'localhost', ca: SERVER_CA, ...only }).wrapControl(pair.client, soon()),
  ])
  return { pair, server, client, [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose]() }
}

/** CCC as it goes over the wire, up to the 200. */
async function agree({ server, client }: Control): Promise<void> {
  const asked = once(server, 'data')
  client.write('CCC\r\n')
  assert.equal(String((await asked)[0]), 'CCC\r\n')
  const answered = once(client, 'data')
  server.write('200 in the clear\r\n')
  assert.equal(String((await answered)[0]), '200 in the clear\r\n')
}

async function say(from: Socket, to: Socket, line: string): Promise<void> {
  const heard = once(to, 'data')
  to.resume()
  from.write(line)
  assert.equal(String((await heard)[0]), line)
}

for (const version of VERSIONS) {
  for (const early of [true, false]) {
    test(`${version}: CCC between our client and our server (the server’s close_notify comes ${early ? 'before' : 'after'} the client goes on)`, async () => {
      await using both = await control(version)
      await agree(both)
      const closed = once(both.client, 'close')
      const notified = once(both.client, 'end')
      const server = unwrapControl(both.server)
      if (early) await notified
      const client = unwrapControlClient(both.client)
      const ours = await client
      assert.equal(ours, both.pair.client)
      // The client speaks first: until then the server waits for it.
      ours.write('NOOP\r\n')
      const theirs = await server
      const [command] = await once(theirs.resume(), 'data')
      assert.equal(String(command), 'NOOP\r\n')
      await say(theirs, ours, '200 ok\r\n')
      await say(ours, theirs, 'QUIT\r\n')
      await closed
      assert.equal(ours.destroyed, false, 'the end of the TLSSocket must not end the connection')
      await say(theirs, ours, '221 bye\r\n')
    })
  }

  test(`${version}: a server that sends no close_notify is not waited for any longer than that`, async () => {
    await using both = await control(version)
    await agree(both)
    const ours = await unwrapControlClient(both.client, { waitMs: 20 })
    await say(both.pair.server, ours, '200 ok\r\n')
  })

  test(`${version}: a server that goes on in the clear at once is heard`, async () => {
    await using both = await control(version)
    await agree(both)
    const unwrapped = unwrapControlClient(both.client)
    const theirs = unwrapControl(both.server)
    both.pair.server.write('421 going down\r\n')
    const ours = await unwrapped
    const [line] = await once(ours.resume(), 'data')
    assert.equal(String(line), '421 going down\r\n')
    ours.end()
    await theirs
  })

  test(`${version}: close_notify goes out before what is sent in the clear`, async () => {
    await using both = await control(version)
    await agree(both)
    const bytes: Buffer[] = []
    both.pair.server.on('data', (piece: Buffer) => bytes.push(piece))
    const notified = once(both.client, 'end')
    const server = unwrapControl(both.server)
    await notified
    const ours = await unwrapControlClient(both.client)
    ours.write('NOOP\r\n')
    await server
    const heard = Buffer.concat(bytes)
    const type = version === 'TLSv1.2' ? 21 : 23
    assert.equal(heard[0], type)
    assert.equal(heard.toString('latin1', 5 + heard.readUInt16BE(3)), 'NOOP\r\n')
  })

  for (const act of ['end', 'resetAndDestroy'] as const) {
    test(`${version}: a server that goes during CCC ends the wait (${act})`, async () => {
      await using both = await control(version)
      await agree(both)
      const unwrapped = unwrapControlClient(both.client)
      both.pair.server[act]()
      await unwrapped
    })
  }

  test(`${version}: a connection that is gone before CCC is told at once`, async () => {
    await using both = await control(version)
    const closed = new Promise(resolve => both.client.once('close', resolve))
    both.pair.server.resetAndDestroy()
    await closed
    assert.equal((await unwrapControlClient(both.client)).destroyed, true)
  })
}
