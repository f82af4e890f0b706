import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { before, describe, it } from 'node:test'
import type { Identity } from '../pki/types.ts'
import { dialPart } from './dial.ts'
import { listenForParts } from './listen.ts'
import { type TestAuthority, testAuthority } from './testing-identities.ts'

const LONG_AGO = Date.UTC(2020, 0, 1)

let authority: TestAuthority
let agent: Identity
before(async () => {
  authority = await testAuthority(LONG_AGO)
  agent = await authority.identity({ kind: 'agent' })
})

/** Listens with that certificate, and lets everybody in. */
async function listenAs(stack: AsyncDisposableStack, identity: Identity): Promise<string> {
  const listener = await listenForParts({
    host: '127.0.0.1',
    port: 0,
    identity,
    protocols: ['agent', 'control'],
    isValid: () => undefined,
    onPart: (_protocol, socket) => socket.on('error', () => {}),
    onEnrol: () => Promise.reject(new Error('nobody enrols here')),
    onRefused: () => {},
  })
  stack.use(listener)
  return `127.0.0.1:${listener.port}`
}

const dial = (address: string, change: Partial<Parameters<typeof dialPart>[0]> = {}) =>
  dialPart({
    identity: agent,
    address,
    protocol: 'agent',
    expects: 'edge',
    signal: AbortSignal.timeout(10_000),
    ...change,
  })

/** Listens with TCP alone. */
async function listenPlain(stack: AsyncDisposableStack, word: string): Promise<string> {
  const server = createServer(socket => {
    socket.on('error', () => {})
    if (word !== '') socket.write(word)
  })
  server.listen({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  stack.defer(async () => void server.close())
  const bound = server.address()
  return `127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`
}

describe('dialling a part', () => {
  it('answers who is there', async () => {
    await using stack = new AsyncDisposableStack()
    const { socket, peer } = await dial(await listenAs(stack, await authority.identity({ kind: 'edge' })))
    assert.deepEqual([peer.kind, peer.id], ['edge', 'the-edge'])
    assert.ok(peer.expiresAt > Date.now())
    socket.destroy()
  })

  const impostors: readonly [what: string, identity: () => Promise<Identity>, message: RegExp][] = [
    [
      'an agent that plays an edge',
      () => authority.identity({ kind: 'agent' }),
      /It is an agent, not an edge\./,
    ],
    [
      'a connector that plays an edge',
      () => authority.identity({ kind: 'connector' }),
      /It is a connector, not an edge/,
    ],
    [
      'a controller instead of an edge',
      () => authority.identity({ kind: 'controller' }),
      /It is a controller, not an edge/,
    ],
    [
      'an edge of another authority',
      async () => (await testAuthority()).identity({ kind: 'edge' }),
      /not signed by the authority of this access path/,
    ],
    [
      'an edge whose certificate has expired',
      () => authority.identity({ kind: 'edge', at: LONG_AGO }),
      /expired: it counted until 2020-01-01T01:00:00.000Z, and the clock here says/,
    ],
    [
      'an edge whose clock, or the own one, is wrong',
      () => authority.identity({ kind: 'edge', at: Date.now() + 86_400_000 }),
      /not yet valid: it counts from .* and the clock here says .* set it/,
    ],
  ]
  for (const [what, identity, message] of impostors)
    it(`trusts no ${what}`, async () => {
      await using stack = new AsyncDisposableStack()
      await assert.rejects(dial(await listenAs(stack, await identity())), { code: 'GATEWAY_PEER', message })
    })

  it('does not show a certificate that does not count any more, and says what to do', async () => {
    const identity = await authority.identity({ kind: 'agent', at: LONG_AGO })
    await assert.rejects(dial('127.0.0.1:1', { identity }), {
      code: 'GATEWAY_IDENTITY',
      message:
        /own certificate.*expired: it counted until 2020-01-01T01:00:00.000Z.*sign in anew; if not, set it/,
    })
  })

  it('says when another protocol is spoken there', async () => {
    await using stack = new AsyncDisposableStack()
    const address = await listenAs(stack, await authority.identity({ kind: 'edge' }))
    await assert.rejects(dial(address, { protocol: 'connector' }), {
      code: 'GATEWAY_PEER',
      message: /does not speak portolan-connector\/1/,
    })
  })

  it('says when no TLS is spoken there', async () => {
    await using stack = new AsyncDisposableStack()
    const address = await listenPlain(stack, '220 FTP server ready\r\n')
    await assert.rejects(dial(address), {
      code: 'GATEWAY_PEER',
      message: /No TLS connection.*Is it a part of Portolan/,
    })
  })

  it('says when nobody is there, and waits no longer than it may for one who is silent', async () => {
    await using stack = new AsyncDisposableStack()
    const silent = await listenPlain(stack, '')
    await assert.rejects(dial(silent, { signal: AbortSignal.timeout(100) }), { code: 'GATEWAY_UNREACHABLE' })
    await assert.rejects(dial(silent, { signal: AbortSignal.abort() }), { code: 'GATEWAY_UNREACHABLE' })
    await assert.rejects(dial('127.0.0.1:1'), { code: 'GATEWAY_UNREACHABLE', message: /cannot be reached/ })
    await assert.rejects(dial('nonsense'), { code: 'GATEWAY_INVALID' })
  })
})
