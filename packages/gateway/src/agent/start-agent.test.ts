import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { startAgent } from './start-agent.ts'
import {
  agentOptions,
  forwards,
  listeningAt,
  newAuthority,
  startEcho,
  startStubEdge,
} from './testing-edge.ts'

const authority = await newAuthority()
const LIMIT = { timeout: 20_000 }

/** Asks a SOCKS 5 server for a target; answers the socket and the code of the reply. */
async function socks(
  at: { host: string; port: number },
  host: string,
  port: number,
): Promise<{ socket: Socket; reply: number | undefined }> {
  const socket = connect({ ...at, allowHalfOpen: true })
  socket.on('error', () => {})
  const name = Buffer.from(host)
  socket.write(
    Buffer.concat([
      Buffer.from([5, 1, 0, 5, 1, 0, 3, name.length]),
      name,
      Buffer.from([port >> 8, port & 255]),
    ]),
  )
  let seen: Buffer = Buffer.alloc(0)
  while (seen.length < 12 && !socket.readableEnded) {
    const [chunk]: unknown[] = await Promise.race([once(socket, 'data'), once(socket, 'end')])
    if (!Buffer.isBuffer(chunk)) break
    seen = Buffer.concat([seen, chunk])
  }
  return { socket, reply: seen[3] }
}

describe('an agent', LIMIT, () => {
  it('signs in, forwards what is an application, and ends as the other side does', async () => {
    await using echo = await startEcho()
    await using edge = await startStubEdge({ authority, definitions: [forwards(['127.0.0.1'])] })
    await using options = await agentOptions(edge.invitation)
    await using agent = await startAgent(options)
    assert.equal(edge.signIns.length, 1)
    const { socket, reply } = await socks(listeningAt(options.events, 'socks5'), '127.0.0.1', echo.port)
    assert.equal(reply, 0)
    socket.end('hello')
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk)
    assert.equal(Buffer.concat(chunks).toString(), 'hello')
    const ended = await options.until(event => event.type === 'connection' && event.how === 'ended')
    assert.equal(ended.type === 'connection' && ended.status?.code, 'AGT_FINISHED')
    assert.deepEqual(agent.figures(), { edge: 'edge1', streams: 0 })
  })
})
