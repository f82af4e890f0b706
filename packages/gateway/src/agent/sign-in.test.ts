import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AgentOptions } from '../parts.ts'
import { startAgent } from './start-agent.ts'
import { agentOptions, listeningAt, newAuthority, startStubEdge } from './testing-edge.ts'
import { askSocks } from './testing-socks.ts'

const authority = await newAuthority()
const LIMIT = { timeout: 20_000 }
const refused = (code: 'GATEWAY_SIGN_IN_REFUSED' | 'GATEWAY_CODE_NEEDED', text: string) =>
  ({ type: 'refused', code, text }) as const

type Why = Parameters<AgentOptions['credentials']>[0]

describe('a sign-in', LIMIT, () => {
  it('is kept, and used by the next start', async () => {
    await using edge = await startStubEdge({ authority })
    await using options = await agentOptions(edge.invitation)
    await (await startAgent(options))[Symbol.asyncDispose]()
    await (await startAgent(options))[Symbol.asyncDispose]()
    assert.equal(edge.signIns.length, 1)
    const [request] = edge.signIns
    assert.deepEqual([request?.user, request?.password, request?.device], ['alice', 'secret', 'laptop'])
  })

  it('is made anew for another user of the same folder, and for other labels', async () => {
    await using edge = await startStubEdge({ authority })
    await using options = await agentOptions(edge.invitation)
    for (const more of [
      {},
      { user: 'bob' },
      { user: 'bob', labels: ['office'] },
      { user: 'bob', labels: ['office'] },
    ])
      await (await startAgent({ ...options, ...more }))[Symbol.asyncDispose]()
    assert.deepEqual(
      edge.signIns.map(({ user }) => user),
      ['alice', 'bob', 'bob'],
    )
  })

  it('asks for the code when it is needed, and sends both', async () => {
    await using edge = await startStubEdge({
      authority,
      signIn: ({ code }) =>
        code === '123456' ? undefined : refused('GATEWAY_CODE_NEEDED', 'A code is needed.'),
    })
    const asked: Why[] = []
    await using options = await agentOptions(edge.invitation, {
      async credentials(why) {
        asked.push(why)
        return { password: 'secret', ...(why.codeNeeded && { code: '123456' }) }
      },
    })
    await using _agent = await startAgent(options)
    assert.deepEqual(
      asked.map(({ codeNeeded, refusals }) => [codeNeeded, refusals]),
      [
        [false, 0],
        [true, 0],
      ],
    )
  })

  it('is given up after three refusals', async () => {
    await using edge = await startStubEdge({
      authority,
      signIn: () => refused('GATEWAY_SIGN_IN_REFUSED', 'The name or the password is wrong.'),
    })
    await using options = await agentOptions(edge.invitation)
    await assert.rejects(startAgent(options), { code: 'GATEWAY_SIGN_IN_REFUSED', message: /wrong/ })
    assert.equal(edge.signIns.length, 3)
  })

  it('is given up after three wrong codes', async () => {
    await using edge = await startStubEdge({
      authority,
      signIn: () => refused('GATEWAY_CODE_NEEDED', 'A code is needed.'),
    })
    await using options = await agentOptions(edge.invitation)
    await assert.rejects(startAgent(options), { code: 'GATEWAY_CODE_NEEDED' })
    assert.equal(edge.signIns.length, 4)
  })

  it('is given up when nobody has credentials', async () => {
    await using edge = await startStubEdge({ authority })
    await using options = await agentOptions(edge.invitation, { credentials: async () => undefined })
    await assert.rejects(startAgent(options), {
      code: 'GATEWAY_SIGN_IN_REFUSED',
      message: /alice is not signed in/,
    })
  })

  it('is made anew before it ends', async () => {
    await using edge = await startStubEdge({ authority, lifetimeMs: 2_000 })
    await using options = await agentOptions(edge.invitation)
    await using _agent = await startAgent(options)
    let seen = 0
    await options.until(event => event.type === 'signed-in' && ++seen > 1)
    await options.until(event => event.type === 'signed-in' && ++seen > 4)
    assert.ok(edge.signIns.length >= 2)
  })

  it('is made anew when an edge says that it was revoked', async () => {
    const revoked = new Set<string>()
    await using edge = await startStubEdge({
      authority,
      isValid: ({ id }) =>
        revoked.has(id) ? { code: 'POL_REVOKED', text: 'The certificate was revoked.' } : undefined,
    })
    await using options = await agentOptions(edge.invitation)
    await using agent = await startAgent(options)
    await options.until(event => event.type === 'edge' && event.state === 'connected')
    revoked.add('agent1')
    for (const link of edge.links) link.destroy({ code: 'POL_REVOKED', text: 'The certificate was revoked.' })
    let connected = 0
    await options.until(event => event.type === 'edge' && event.state === 'connected' && ++connected > 1)
    assert.equal(edge.signIns.length, 2)
    const told = options.events.find(event => event.type === 'edge' && event.state === 'refused')
    assert.ok(told?.type === 'edge')
    assert.match(told.text, /revoked/)
    assert.equal(agent.figures().edge, 'edge1')
  })

  it('ends the agent when it was revoked and a new one is refused', async () => {
    let isOpen = true
    await using edge = await startStubEdge({
      authority,
      isValid: () => (isOpen ? undefined : { code: 'POL_USER_UNKNOWN', text: 'There is no such user.' }),
      signIn: () => (isOpen ? undefined : refused('GATEWAY_SIGN_IN_REFUSED', 'There is no such user.')),
    })
    await using options = await agentOptions(edge.invitation)
    await using agent = await startAgent(options)
    await options.until(event => event.type === 'edge' && event.state === 'connected')
    isOpen = false
    for (const link of edge.links) link.destroy({ code: 'POL_USER_UNKNOWN', text: 'There is no such user.' })
    const failure = await agent.signedOut
    assert.equal(failure.code, 'GATEWAY_SIGN_IN_REFUSED')
    assert.equal(edge.signIns.length, 4)
  })

  it('that no edge takes is not repeated without a pause', async () => {
    await using edge = await startStubEdge({
      authority,
      isValid: () => ({ code: 'POL_CERTIFICATE', text: 'The clock is wrong.' }),
    })
    await using options = await agentOptions(edge.invitation)
    await using _agent = await startAgent(options)
    let refusals = 0
    await options.until(
      event =>
        event.type === 'edge' && event.state === 'refused' && /clock/.test(event.text) && ++refusals > 2,
    )
    const { socket, reply } = await askSocks(listeningAt(options.events, 'socks5'), '127.0.0.1', 21)
    assert.ok(reply === 1 || reply === 3, String(reply))
    socket.destroy()
    assert.equal(edge.signIns.length, 3)
  })

  it('needs an edge of the authority that the invitation names', async () => {
    await using edge = await startStubEdge({ authority: await newAuthority() })
    await using other = await startStubEdge({ authority })
    await using options = await agentOptions(edge.invitation)
    await assert.rejects(
      startAgent({ ...options, invitation: other.invitation, credentials: async () => undefined }),
      { code: 'GATEWAY_SIGN_IN_REFUSED' },
    )
    await assert.rejects(startAgent({ ...options, invitation: 'ptl1.broken' }), {
      code: 'GATEWAY_INVITATION',
    })
  })
})
