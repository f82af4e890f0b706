import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import type { AgentEvent } from '../parts.ts'
import type { IncomingStream } from '../wire/types.ts'
import { startAgent } from './start-agent.ts'
import {
  agentOptions,
  forwards,
  listeningAt,
  newAuthority,
  splice,
  startEcho,
  startStubEdge,
} from './testing-edge.ts'
import { startRelay } from './testing-relay.ts'
import { askSocks, exchange } from './testing-socks.ts'

const authority = await newAuthority()
const LIMIT = { timeout: 30_000 }
const definitions = [forwards(['127.0.0.1'])]

const connectedTo = (edge: string) => (event: AgentEvent) =>
  event.type === 'edge' && event.state === 'connected' && event.edge === edge

/** Two edges behind wires that can be frozen, and an agent that is connected to both, `one` first. */
async function twoEdges(onOpen?: (edge: 'one' | 'two', incoming: IncomingStream) => void) {
  await using stack = new AsyncDisposableStack()
  const edges: string[] = []
  const common = { authority, definitions, edges: () => edges }
  const take = (edge: 'one' | 'two') =>
    onOpen ? { onOpen: (incoming: IncomingStream) => onOpen(edge, incoming) } : {}
  const one = stack.use(await startStubEdge({ ...common, id: 'one', ...take('one') }))
  const two = stack.use(await startStubEdge({ ...common, id: 'two', ...take('two') }))
  const wire = stack.use(await startRelay(one.address))
  edges.push(wire.address)
  const options = stack.use(await agentOptions(one.invitation))
  const agent = stack.use(await startAgent(options))
  await options.until(connectedTo('one'))
  edges.push(two.address)
  one.tell({ edges })
  await options.until(connectedTo('two'))
  const kept = stack.move()
  return {
    ...{ one, two, wire, options, agent, at: listeningAt(options.events, 'socks5') },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

describe('links to edges', LIMIT, () => {
  it('go to one edge and, warm, to another; streams go over the first', async () => {
    await using echo = await startEcho()
    await using setting = await twoEdges()
    const { agent, at, one, two } = setting
    assert.equal((await askSocks(at, '127.0.0.1', echo.port)).reply, 0)
    assert.deepEqual([one.opens.length, two.opens.length], [1, 0])
    assert.equal(agent.figures().edge, 'one')
  })

  it('are one for each edge, however many addresses it has', async () => {
    await using edge = await startStubEdge({ authority, edges: () => [edge.address, wire.address] })
    await using wire = await startRelay(edge.address)
    await using options = await agentOptions(edge.invitation)
    await using _agent = await startAgent(options)
    await options.until(connectedTo('edge1'))
    // The second attempt is told to nobody; a third edge that comes later shows that it is over.
    await using other = await startStubEdge({ authority, id: 'other' })
    edge.tell({ edges: [edge.address, wire.address, other.address] })
    await options.until(connectedTo('other'))
    assert.equal(edge.links.length, 1)
  })

  it('that are lost have their streams reset, and new streams go over the other', async () => {
    await using echo = await startEcho()
    await using setting = await twoEdges()
    const { at, one, two } = setting
    const { socket } = await askSocks(at, '127.0.0.1', echo.port)
    const broken = once(socket, 'error')
    socket.resume()
    for (const link of [...one.links]) link.destroy({ code: 'EDG_LOST', text: 'gone' })
    assert.match(String(await broken), /ECONNRESET/)
    const again = await askSocks(at, '127.0.0.1', echo.port)
    assert.equal(again.reply, 0)
    assert.equal(two.opens.length, 1)
  })

  it('that fall silent are passed over before they are lost, and the first asking is given up', async () => {
    await using echo = await startEcho()
    const givenUp = Promise.withResolvers<void>()
    await using setting = await twoEdges((edge, incoming) => {
      if (edge === 'two') return void splice(incoming)
      if (incoming.gone.aborted) givenUp.resolve()
      else incoming.gone.addEventListener('abort', () => givenUp.resolve())
    })
    const { at, one, two, wire, options } = setting
    wire.freeze()
    const { socket, reply } = await askSocks(at, '127.0.0.1', echo.port)
    assert.equal(reply, 0)
    assert.ok(!options.events.some(event => event.type === 'edge' && event.state === 'lost'))
    assert.deepEqual(await exchange(socket, 'by two'), { text: 'by two', reset: false })
    assert.deepEqual([one.opens.length, two.opens.length], [0, 1])
    wire.thaw()
    await givenUp.promise
  })

  it('that answer slowly are waited for: the server is not asked twice', async () => {
    await using echo = await startEcho()
    await using setting = await twoEdges((edge, incoming) => {
      if (edge === 'one') setTimeout(() => void splice(incoming), 2_500)
      else void splice(incoming)
    })
    const { at, two } = setting
    assert.equal((await askSocks(at, '127.0.0.1', echo.port)).reply, 0)
    assert.equal(two.opens.length, 0)
  })

  it('whose edge cannot now have the other asked; a refusal of the policy is final', async () => {
    await using echo = await startEcho()
    const refusals = [
      { code: 'EDG_NO_CONNECTOR', text: 'No connector.' },
      { code: 'POL_DENIED', text: 'No.' },
    ] as const
    let next = 0
    await using setting = await twoEdges((edge, incoming) => {
      const status = edge === 'one' ? refusals[next++] : undefined
      if (status) incoming.refuse(status)
      else void splice(incoming)
    })
    const { at, one, two } = setting
    assert.equal((await askSocks(at, '127.0.0.1', echo.port)).reply, 0)
    assert.deepEqual([one.opens.length, two.opens.length], [1, 1])
    for (const link of [...two.links]) link.destroy({ code: 'EDG_LOST', text: 'gone' })
    assert.equal((await askSocks(at, '127.0.0.1', echo.port)).reply, 2)
  })

  it('come back by themselves, and a connection waits for them for a moment', async () => {
    await using echo = await startEcho()
    await using edge = await startStubEdge({ authority, definitions })
    await using options = await agentOptions(edge.invitation)
    await using _agent = await startAgent(options)
    await options.until(connectedTo('edge1'))
    for (const link of [...edge.links]) link.destroy({ code: 'EDG_LOST', text: 'gone' })
    const { reply } = await askSocks(listeningAt(options.events, 'socks5'), '127.0.0.1', echo.port)
    assert.equal(reply, 0)
  })

  it('that nobody answers have connections refused in words', async () => {
    const edge = await startStubEdge({ authority, definitions })
    await using options = await agentOptions(edge.invitation)
    await using agent = await startAgent(options)
    await options.until(connectedTo('edge1'))
    await edge[Symbol.asyncDispose]()
    const { reply } = await askSocks(listeningAt(options.events, 'socks5'), '127.0.0.1', 21)
    assert.equal(reply, 3)
    const refused = await options.until(event => event.type === 'connection' && event.how === 'refused')
    assert.ok(refused.type === 'connection')
    assert.equal(refused.status?.code, 'EDG_LOST')
    assert.equal(agent.figures().edge, undefined)
  })
})
