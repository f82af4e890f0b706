import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { acceptInnerTls } from '../connector/inner-tls.ts'
import type { AgentEvent } from '../parts.ts'
import { newKeyAndCsr } from '../pki/key.ts'
import type { MemberIdentity } from '../pki/types.ts'
import { joinSocket } from '../wire/join-socket.ts'
import type { IncomingStream, Json, WireStream } from '../wire/types.ts'
import { startAgent } from './start-agent.ts'
import {
  agentOptions,
  forwards,
  listeningAt,
  newAuthority,
  openedAnswer,
  startEcho,
  startStubEdge,
} from './testing-edge.ts'
import { askSocks, exchange } from './testing-socks.ts'

const authority = await newAuthority()
const LIMIT = { timeout: 20_000 }
const definitions = [forwards(['127.0.0.1'], [[1, 65_535]], { doubleEncryption: true })]
const isEnded = (event: AgentEvent) => event.type === 'connection' && event.how === 'ended'

async function memberOf(kind: MemberIdentity['kind'], id: string, by = authority) {
  const { key, csr } = await newKeyAndCsr()
  const issued = await by.issue({ csr, identity: { kind, id }, lifetimeMs: 3_600_000, now: Date.now() })
  return { key, certificate: issued.certificate, authority: authority.certificate }
}
type Identity = Awaited<ReturnType<typeof memberOf>>

/** Is edge and connector at once. */
async function answer(incoming: IncomingStream, identity: Identity, port: number): Promise<WireStream> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  await once(socket, 'connect')
  const more: Record<string, Json> = { doubleEncryption: true, connector: { id: 'con1', name: 'near' } }
  const outer = incoming.accept(openedAnswer({ address: '127.0.0.1', port }, more))
  const inner = await acceptInnerTls(outer, identity, Date.now).catch(error => {
    socket.destroy()
    throw error
  })
  joinSocket(inner, socket, { socketIs: 'server' })
  return outer
}

describe('double encryption', LIMIT, () => {
  it('carries megabytes and ends in order', async () => {
    await using echo = await startEcho()
    const identity = await memberOf('connector', 'con1')
    await using edge = await startStubEdge({
      ...{ authority, definitions },
      onOpen: incoming => void answer(incoming, identity, echo.port),
    })
    await using options = await agentOptions(edge.invitation)
    await using _agent = await startAgent(options)
    const { socket, reply } = await askSocks(listeningAt(options.events, 'socks5'), '127.0.0.1', echo.port)
    assert.equal(reply, 0)
    const text = 'abc'.repeat(1_000_000)
    const back = await exchange(socket, text)
    assert.equal(back.reset, false)
    assert.equal(back.text.length, text.length)
    const ended = await options.until(isEnded)
    assert.equal(ended.type === 'connection' && ended.status?.code, 'AGT_FINISHED')
  })

  it('breaks off what the server breaks off', async () => {
    await using echo = await startEcho()
    const identity = await memberOf('connector', 'con1')
    await using edge = await startStubEdge({
      ...{ authority, definitions },
      onOpen: incoming => void answer(incoming, identity, echo.port),
    })
    await using options = await agentOptions(edge.invitation)
    await using _agent = await startAgent(options)
    const { socket } = await askSocks(listeningAt(options.events, 'socks5'), '127.0.0.1', echo.port)
    const error = once(socket, 'error')
    socket.resume()
    for (const one of echo.sockets) one.resetAndDestroy()
    assert.match(String(await error), /ECONNRESET/)
    const ended = await options.until(isEnded)
    assert.equal(ended.type === 'connection' && ended.status?.code, 'SRV_RESET')
  })

  const impostors = [
    { title: 'another connector', identity: () => memberOf('connector', 'con2') },
    { title: 'an edge', identity: () => memberOf('edge', 'con1') },
    {
      title: 'a connector of another authority',
      identity: async () => memberOf('connector', 'con1', await newAuthority()),
    },
  ]
  for (const { title, identity } of impostors) {
    it(`is refused with ${title} in the connector’s place`, async () => {
      await using echo = await startEcho()
      const member = await identity()
      await using edge = await startStubEdge({
        ...{ authority, definitions },
        onOpen: incoming => void answer(incoming, member, echo.port).catch(() => {}),
      })
      await using options = await agentOptions(edge.invitation)
      await using _agent = await startAgent(options)
      const at = listeningAt(options.events, 'socks5')
      assert.equal((await askSocks(at, '127.0.0.1', echo.port)).reply, 3)
      const refused = await options.until(event => event.type === 'connection' && event.how === 'refused')
      assert.equal(refused.type === 'connection' && refused.status?.code, 'CON_INNER_TLS')
    })
  }

  it('is not left out because the edge says so', async () => {
    await using echo = await startEcho()
    await using edge = await startStubEdge({ authority, definitions })
    await using options = await agentOptions(edge.invitation)
    await using _agent = await startAgent(options)
    const at = listeningAt(options.events, 'socks5')
    assert.equal((await askSocks(at, '127.0.0.1', echo.port)).reply, 3)
  })

  it('takes no end for one that the connector has not said', async () => {
    await using echo = await startEcho()
    const identity = await memberOf('connector', 'con1')
    let outer: WireStream | undefined
    await using edge = await startStubEdge({
      ...{ authority, definitions },
      onOpen: incoming =>
        void answer(incoming, identity, echo.port).then(stream => {
          outer = stream
        }),
    })
    await using options = await agentOptions(edge.invitation)
    await using _agent = await startAgent(options)
    const { socket } = await askSocks(listeningAt(options.events, 'socks5'), '127.0.0.1', echo.port)
    const error = once(socket, 'error')
    socket.write('some')
    await once(socket, 'data')
    // As an edge could: an end whose count fits.
    outer?.end()
    assert.match(String(await error), /ECONNRESET/)
  })
})
