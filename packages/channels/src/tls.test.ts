import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { type ConnectionOptions, connect, type SecureVersion, type TLSSocket } from 'node:tls'
import { unwrapControl } from './ccc.ts'
import { ControlLink } from './control-link.ts'
import { CLIENT_CA, CLIENT_CERTIFICATE, SERVER_CERTIFICATE } from './test-certificates.ts'
import { collector, type DataPair, dataPair, type LoopbackPair, loopback, unbounded } from './testing.ts'
import { SessionTls, type SessionTlsOptions } from './tls.ts'

const VERSIONS: readonly SecureVersion[] = ['TLSv1.2', 'TLSv1.3']
const soon = () => AbortSignal.timeout(5000)

const sessionTls = (more: Partial<SessionTlsOptions> = {}) =>
  new SessionTls({ contextOptions: SERVER_CERTIFICATE, ...more })

function clientOn(socket: Socket, options: ConnectionOptions = {}): TLSSocket {
  const tls = connect({ socket, rejectUnauthorized: false, servername: 'localhost', ...options })
  tls.on('error', () => {})
  return tls
}

/** Logs in under TLS and keeps what the client would use for its data connections. */
async function controlOf(
  session: SessionTls,
  options: ConnectionOptions,
): Promise<{ ticket: Buffer; pair: LoopbackPair }> {
  const pair = await loopback()
  const tls = clientOn(pair.client, options)
  const ticket = once(tls, 'session')
  const control = await session.wrapControl(pair.server, soon())
  control.write('220 ready\r\n')
  tls.resume()
  return { ticket: (await ticket)[0], pair }
}

async function dataWith(
  session: SessionTls,
  options: ConnectionOptions,
  watchEnd: boolean,
): Promise<DataPair> {
  const pair = await dataPair()
  const tls = clientOn(pair.client, options)
  await Promise.all([pair.data.secure(session, { signal: soon(), watchEnd }), once(tls, 'secureConnect')])
  return pair
}

for (const version of VERSIONS) {
  const only: ConnectionOptions = { minVersion: version, maxVersion: version }

  test(`${version}: data connections that resume the control connection are known as its own, as often as they come`, async () => {
    const session = sessionTls()
    const { ticket, pair } = await controlOf(session, only)
    await using _control = pair
    for (const watchEnd of [true, false, true]) {
      await using data = await dataWith(session, { ...only, session: ticket }, watchEnd)
      assert.equal(data.data.tls?.reused, true)
      assert.equal(data.data.tls.protocol, version)
    }
  })

  test(`${version}: the ticket of another session, or none, is not its own`, async () => {
    const other = await controlOf(sessionTls(), only)
    await using _other = other.pair
    const session = sessionTls()
    for (const ticket of [other.ticket, undefined]) {
      await using data = await dataWith(session, { ...only, ...(ticket && { session: ticket }) }, true)
      assert.equal(data.data.tls?.reused, false)
    }
  })

  test(`${version}: bytes sent behind AUTH and read already are the first of TLS`, async () => {
    await using pair = await loopback()
    const tls = clientOn(pair.client, only)
    await once(pair.server, 'readable')
    assert.ok(pair.server.readableLength > 0, 'the ClientHello was to be there already')
    await sessionTls().wrapControl(pair.server, soon())
    assert.equal(tls.getProtocol(), version)
  })

  test(`${version}: a command smuggled in the clear behind AUTH is not taken for one under TLS`, async () => {
    await using pair = await loopback()
    pair.client.write('DELE x\r\n')
    const closed = once(pair.client, 'close')
    pair.client.on('end', () => pair.client.end()).resume()
    await assert.rejects(sessionTls().wrapControl(pair.server, soon()), {
      code: 'CHANNEL_TLS_HANDSHAKE',
      message: /the client did not speak TLS/,
    })
    assert.equal(pair.server.destroyed, true)
    await closed
  })

  for (const notify of [true, false]) {
    test(`${version}: CCC goes on in the clear (the client ${notify ? 'answers' : 'does not answer'} close_notify)`, async () => {
      await using pair = await loopback()
      const link = new ControlLink(pair.client)
      const tls = connect({ socket: link, rejectUnauthorized: false, ...only })
      tls.on('error', () => {})
      const control = await sessionTls().wrapControl(pair.server, soon())
      control.write('200 in the clear\r\n')
      const [reply] = await once(tls, 'data')
      assert.equal(String(reply), '200 in the clear\r\n')

      const closed = once(control, 'close')
      control.pause()
      const unwrapped = unwrapControl(control)
      const parted = link.part({ kind: 'clear' })
      if (notify) tls.end()
      pair.client.write('NOOP\r\n')
      const clear = await unwrapped
      assert.equal(clear, pair.server)
      assert.equal(clear.destroyed, false)
      const [command] = await once(clear.resume(), 'data')
      assert.equal(String(command), 'NOOP\r\n')
      clear.write('200 ok\r\n')
      const client = await parted
      const [answer] = await once(client.resume(), 'data')
      assert.equal(String(answer), '200 ok\r\n')
      await closed
      assert.equal(clear.destroyed, false, 'the end of the TLSSocket must not end the connection')
    })
  }

  test(`${version}: a client that goes during CCC ends the wait`, async () => {
    await using pair = await loopback()
    clientOn(pair.client, only)
    const control = await sessionTls().wrapControl(pair.server, soon())
    const unwrapped = unwrapControl(control)
    pair.client.resetAndDestroy()
    await unwrapped
  })

  test(`${version}: a failure of TLS on the control connection is an error, not an end`, async () => {
    await using pair = await loopback()
    const tls = clientOn(pair.client, only)
    const [control] = await Promise.all([
      sessionTls().wrapControl(pair.server, soon()),
      once(tls, 'secureConnect'),
    ])
    const error = once(control, 'error')
    let ended = false
    control.on('end', () => {
      ended = true
    })
    control.resume()
    pair.client.write(Buffer.from([23, 3, 3, 0, 24, ...new Array<number>(24).fill(7)]))
    await error
    assert.equal(ended, false)
  })
}

test('TLSSockets that were made elsewhere cannot go on in the clear', async () => {
  await using pair = await loopback()
  const tls = clientOn(pair.client)
  await assert.rejects(unwrapControl(tls), /only a control connection of SessionTls/)
})

test('a client that does not begin the handshake is closed at the signal', async () => {
  await using pair = await loopback()
  await assert.rejects(sessionTls().wrapControl(pair.server, AbortSignal.timeout(30)), {
    code: 'CHANNEL_TLS_HANDSHAKE',
    message: 'the TLS handshake of the control connection failed: it took too long',
  })
  assert.equal(pair.server.destroyed, true)
})

const certificates: readonly {
  name: string
  client: ConnectionOptions
  ask: 'request' | 'require'
  is: boolean | RegExp
}[] = [
  { name: 'one that the CA signed', client: CLIENT_CERTIFICATE, ask: 'require', is: true },
  {
    name: 'one that somebody else signed',
    client: SERVER_CERTIFICATE,
    ask: 'require',
    is: /certificate is not accepted/,
  },
  { name: 'none', client: {}, ask: 'require', is: /the client sent no certificate/ },
  { name: 'one that the CA signed', client: CLIENT_CERTIFICATE, ask: 'request', is: true },
  {
    name: 'one that somebody else signed',
    client: SERVER_CERTIFICATE,
    ask: 'request',
    is: /certificate is not accepted/,
  },
  { name: 'none', client: {}, ask: 'request', is: false },
]
for (const { name, client, ask, is } of certificates) {
  for (const version of VERSIONS) {
    test(`${version}: where certificates are ${ask}d, ${name} is ${is === true ? 'authorized' : 'not authorized'}`, async () => {
      await using pair = await loopback()
      const session = sessionTls({
        contextOptions: { ...SERVER_CERTIFICATE, ca: CLIENT_CA },
        requestCert: true,
        rejectUnauthorized: ask === 'require',
      })
      const wrapped = session.wrapControl(pair.server, soon())
      const tls = clientOn(pair.client, { ...client, minVersion: version, maxVersion: version })
      if (is instanceof RegExp) {
        await assert.rejects(wrapped, { code: 'CHANNEL_TLS_HANDSHAKE', message: is })
        return
      }
      const ticket = once(tls, 'session')
      const control = await wrapped
      assert.equal(control.authorized, is)
      control.write('220 ready\r\n')
      tls.resume()
      // Data connections carry no certificate of their own: resuming proves that it is the same client.
      await using data = await dataWith(
        session,
        { minVersion: version, maxVersion: version, session: (await ticket)[0] },
        true,
      )
      assert.equal(data.data.tls?.reused, true)
    })
  }
}

test('two sessions side by side move data under their own TLS', async () => {
  await using first = await dataWith(sessionTls(), {}, true)
  await using second = await dataWith(sessionTls(), {}, true)
  first.client.resetAndDestroy()
  const broken = await first.data.receive(collector(), unbounded())
  assert.equal(broken.kind, 'broken')
  second.client.end()
  const truncated = await second.data.receive(collector(), unbounded())
  assert.ok(truncated.kind === 'broken' && truncated.cause.code === 'truncated')
})
