import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import { createAuthority } from '../pki/authority.ts'
import type { Identity } from '../pki/types.ts'
import { TLS_SETTINGS } from '../transport/tls-settings.ts'
import { duplexOf } from '../wire/duplex.ts'
import type { Json, WireStream } from '../wire/types.ts'
import { OuterStream } from './outer-stream.ts'
import {
  issue,
  startStubEdge,
  startTestConnector,
  startTestServer,
  type TestConnector,
  testAuthority,
} from './testing-connector.ts'

/** The agent's side of the inner TLS, and what its stream says. */
interface Inner {
  readonly tls: TLSSocket
  readonly notes: Json[]
  /** Whether the other side has said that it took everything. */
  wasDelivered(): boolean
  /** END without close_notify. */
  endBelow(): void
}

/** Bytes of TLS over a stream; an end of TLS does not end the stream when `keepOpen`. */
function innerTls(
  stream: WireStream,
  identity: Partial<Pick<Identity, 'key' | 'certificate' | 'authority'>>,
  { keepOpen = false } = {},
): Inner {
  const notes: Json[] = []
  const below = keepOpen ? withoutEnd(stream) : stream
  const outer = new OuterStream(below)
  const duplex = duplexOf(outer).on('error', () => {})
  outer.tell({
    onEnd: () => outer.release(),
    onReset() {},
    onDelivered() {},
    onNote: note => notes.push(note),
  })
  const tls = connect({
    ...TLS_SETTINGS,
    socket: duplex,
    key: identity.key,
    cert: identity.certificate,
    ca: identity.authority,
    checkServerIdentity: () => undefined,
  })
  tls.on('error', () => {})
  return { tls, notes, wasDelivered: () => outer.delivered, endBelow: () => stream.end() }
}

async function stand(keepOpen = false, ask: { inspect?: boolean } = {}) {
  await using stack = new AsyncDisposableStack()
  const server = stack.use(await startTestServer())
  const edge = stack.use(await startStubEdge('e1'))
  const started = stack.use(await startTestConnector(edge))
  const link = await edge.connected()
  const { stream } = await link.open({ port: server.port, doubleEncryption: true, ...ask })
  const inner = innerTls(stream, await issue('agent', 'alice'), { keepOpen })
  const socket = await server.sockets.find(() => true)
  const kept = stack.move()
  return { ...started, inner, socket, stream, link, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/** A stream whose end is left to somebody else. */
function withoutEnd(stream: WireStream): WireStream {
  return {
    get id() {
      return stream.id
    },
    get sent() {
      return stream.sent
    },
    get received() {
      return stream.received
    },
    get lastMovedAt() {
      return stream.lastMovedAt
    },
    get room() {
      return stream.room
    },
    attach: sink => stream.attach(sink),
    write: (bytes, owned) => stream.write(bytes, owned),
    end() {},
    reset: status => stream.reset(status),
    note: note => stream.note(note),
    consumed: bytes => stream.consumed(bytes),
  }
}

async function statusAtEnd({ events }: Pick<TestConnector, 'events'>): Promise<string> {
  const found = await events.find(event => event.type === 'stream' && event.status !== undefined)
  return found.type === 'stream' ? (found.status?.code ?? '') : ''
}

describe('an inner TLS', () => {
  it('carries bytes both ways, half-closed too, to a clean end', async () => {
    await using s = await stand()
    const up = randomBytes(2_000_000)
    const down = randomBytes(3_000_000)
    const got: Buffer[] = []
    s.socket.on('data', (bytes: Buffer) => got.push(bytes))
    const received: Buffer[] = []
    s.inner.tls.on('data', (bytes: Buffer) => received.push(bytes))
    s.inner.tls.end(up)
    await once(s.socket, 'end')
    assert.ok(Buffer.concat(got).equals(up))
    s.socket.end(down)
    await once(s.inner.tls, 'end')
    assert.ok(Buffer.concat(received).equals(down))
    assert.equal(await statusAtEnd(s), 'AGT_FINISHED')
  })

  it('that the server ends first is complete, too', async () => {
    await using s = await stand()
    s.socket.end('hello')
    s.inner.tls.resume()
    await once(s.inner.tls, 'end')
    s.inner.tls.end()
    s.socket.resume()
    await once(s.socket, 'end')
    assert.equal(await statusAtEnd(s), 'SRV_FINISHED')
  })

  it('whose stream ends without close_notify is broken off: the server sees no clean end', async () => {
    await using s = await stand()
    let ended = false
    s.socket.on('end', () => (ended = true)).resume()
    const broken = once(s.socket, 'error')
    s.inner.tls.write('half of a file')
    await once(s.socket, 'data')
    s.inner.endBelow()
    const [error] = await broken
    assert.equal((error as NodeJS.ErrnoException).code, 'ECONNRESET')
    assert.equal(ended, false)
    assert.equal(await statusAtEnd(s), 'CON_INNER_TLS')
  })

  it('whose last bytes the server does not take is not clean for the agent either', async () => {
    await using s = await stand()
    s.socket.pause()
    s.socket.end()
    await once(s.socket, 'finish')
    const log: string[] = []
    s.inner.tls.on('end', () => log.push('end')).resume()
    s.inner.tls.end(randomBytes(3_000_000))
    // Everything but what no longer fits on the way is with the connector by now, and its end, too.
    await once(s.inner.tls, 'end')
    assert.equal(s.inner.wasDelivered(), false)
    s.socket.resetAndDestroy()
    assert.equal(await statusAtEnd(s), 'SRV_RESET')
    assert.equal(s.inner.wasDelivered(), false)
  })

  it('that ended waits for the end of its stream before the server sees one', async () => {
    await using s = await stand(true)
    let ended = false
    s.socket.on('end', () => (ended = true)).resume()
    s.inner.tls.end('all of it')
    await once(s.socket, 'data')
    await s.link.link.ping(AbortSignal.timeout(10_000))
    assert.equal(ended, false)
    s.inner.endBelow()
    await once(s.socket, 'end')
  })

  it('whose stream is reset takes the server with it', async () => {
    await using s = await stand()
    s.socket.resume()
    const broken = once(s.socket, 'error')
    s.inner.tls.write('half of a file')
    await once(s.socket, 'data')
    s.stream.reset({ code: 'AGT_LOST', text: 'x' })
    assert.equal(((await broken)[0] as NodeJS.ErrnoException).code, 'ECONNRESET')
    assert.equal(await statusAtEnd(s), 'AGT_LOST')
  })

  it('can hold a control connection that is read, and its notes go to the edge', async () => {
    await using s = await stand(false, { inspect: true })
    let text = ''
    s.inner.tls.on('data', bytes => {
      text += String(bytes)
    })
    s.socket.write('220 Ready.\r\n')
    s.inner.tls.write('EPSV\r\nPORT 1\r\n')
    await once(s.socket, 'data')
    s.socket.write('229 (|||50000|)\r\n')
    while (!text.includes('502 ')) await once(s.inner.tls, 'data')
    assert.deepEqual(
      s.inner.notes.map(note => (note as { type: string }).type),
      ['warning', 'expect'],
    )
  })

  const strangers: Readonly<Record<string, () => Promise<Partial<Identity>>>> = {
    'without a certificate': async () => ({ authority: (await testAuthority()).certificate }),
    'with the certificate of another authority': async () => ({
      ...(await issue('agent', 'alice', await createAuthority(Date.now()))),
      authority: (await testAuthority()).certificate,
    }),
    'with the certificate of an edge': () => issue('edge', 'e1'),
  }
  for (const [name, identity] of Object.entries(strangers)) {
    it(`${name} is refused, and the server gets no byte`, async () => {
      await using server = await startTestServer()
      await using edge = await startStubEdge('e1')
      await using started = await startTestConnector(edge)
      const link = await edge.connected()
      const { stream } = await link.open({ port: server.port, doubleEncryption: true })
      const { tls } = innerTls(stream, await identity())
      const socket = await server.sockets.find(() => true)
      let bytes = 0
      socket.on('data', chunk => {
        bytes += chunk.length
      })
      tls.on('secureConnect', () => tls.write('USER x\r\n'))
      await new Promise(resolve => socket.once('close', resolve))
      assert.equal(bytes, 0)
      assert.equal(await statusAtEnd(started), 'CON_INNER_TLS')
      // The link goes on.
      await link.open({ port: server.port })
    })
  }

  it('that is none is refused', async () => {
    await using server = await startTestServer()
    await using edge = await startStubEdge('e1')
    await using started = await startTestConnector(edge)
    const { stream } = await (await edge.connected()).open({ port: server.port, doubleEncryption: true })
    const duplex = duplexOf(stream).on('error', () => {})
    duplex.write('USER alice\r\n'.repeat(100))
    duplex.resume()
    assert.equal(await statusAtEnd(started), 'CON_INNER_TLS')
  })
})
