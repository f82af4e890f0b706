import type { Status, StatusCode } from '../codes.ts'
import {
  type AgentNote,
  type AgentOpened,
  agentNote,
  agentOpened,
  type EdgeSaysToAgent,
  edgeSaysToAgent,
} from '../control/messages.ts'
import type { Identity } from '../pki/types.ts'
import { dialPart } from '../transport/dial.ts'
import { createLink } from '../wire/link.ts'
import { statusOf } from '../wire/status.ts'
import { type Link, type PeerCodes, StreamRefused, type WireStream } from '../wire/types.ts'
import { Seen } from './testing-seen.ts'

/** How parts blame an edge, and the controller too, in tests. */
export const EDGE_CODES: PeerCodes = { lost: 'EDG_LOST', protocol: 'EDG_LOST', countMismatch: 'EDG_LOST' }

export interface StubAgent extends AsyncDisposable {
  readonly identity: Identity
  readonly address: string
  readonly link: Link
  readonly heard: Seen<EdgeSaysToAgent>
  /** GOAWAY of the edge. */
  readonly away: Seen<Status>
  /** @throws {StreamRefused} */
  open(host: string, port: number, signal?: AbortSignal): Promise<AgentStream>
  /** The code with which it is refused. */
  refused(host: string, port: number): Promise<StatusCode>
}

/** An agent's end of a stream. */
export interface AgentStream {
  readonly opened: AgentOpened
  readonly stream: WireStream
  readonly heard: Seen<{ data?: string; note?: AgentNote; end?: true; reset?: Status }>
  /** All text that came. */
  text(): string
}

/** An agent that does what a test says. */
export async function startStubAgent(identity: Identity, address: string): Promise<StubAgent> {
  const signal = AbortSignal.timeout(10_000)
  const { socket } = await dialPart({ identity, address, protocol: 'agent', expects: 'edge', signal })
  const heard = new Seen<EdgeSaysToAgent>()
  const away = new Seen<Status>()
  const link = createLink(socket, {
    side: 'dialler',
    peer: EDGE_CODES,
    maxMessage: 16 * 1024 * 1024,
    handlers: {
      onOpen: incoming => incoming.refuse(statusOf('AGT_PROTOCOL')),
      onMessage: message => heard.add(edgeSaysToAgent.parse(message)),
      onGoAway: away.add,
    },
  })
  link.message({ type: 'hello', version: '1', device: 'x', privateAddress: '192.168.1.5', platform: 'test' })
  const agent: StubAgent = {
    identity,
    address,
    link,
    heard,
    away,
    async open(host, port, gone = new AbortController().signal) {
      const { stream, answer } = await link.open({ host, port, via: 'socks5' }, gone)
      return agentStream(stream, agentOpened.parse(answer))
    },
    async refused(host, port) {
      try {
        await agent.open(host, port)
      } catch (error) {
        if (error instanceof StreamRefused) return error.status.code
        throw error
      }
      throw new Error(`${host} port ${port} was opened`)
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  }
  return agent
}

function agentStream(stream: WireStream, opened: AgentOpened): AgentStream {
  const heard: AgentStream['heard'] = new Seen()
  stream.attach({
    onData(bytes) {
      heard.add({ data: bytes.toString() })
      stream.consumed(bytes.length)
    },
    onEnd: () => heard.add({ end: true }),
    onReset: reset => heard.add({ reset }),
    onNote: note => heard.add({ note: agentNote.parse(note) }),
    onRoom() {},
  })
  return { opened, stream, heard, text: () => heard.all.map(({ data }) => data ?? '').join('') }
}
