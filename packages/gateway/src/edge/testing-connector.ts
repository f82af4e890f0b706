import { connect, type Socket } from 'node:net'
import type { GatewayEnd, Status, StatusCode } from '../codes.ts'
import {
  type ConnectorNote,
  type ConnectorOpen,
  type ConnectorSays,
  connectorOpen,
  type EdgeSaysToConnector,
  edgeSaysToConnector,
} from '../control/messages.ts'
import type { Identity } from '../pki/types.ts'
import { dialPart } from '../transport/dial.ts'
import { joinSocket } from '../wire/join-socket.ts'
import { createLink } from '../wire/link.ts'
import { statusOf } from '../wire/status.ts'
import type { IncomingStream, Link, WireStream } from '../wire/types.ts'
import { EDGE_CODES } from './testing-agent.ts'
import { Seen } from './testing-seen.ts'

/**
 * What a connector does with an OPEN: refuses, says nothing, answers what is no answer, sends back what comes, or joins the stream with
 * a TCP server.
 */
export type Answer = StatusCode | 'silence' | 'nonsense' | 'echo' | { readonly port: number }

export interface StubConnector extends AsyncDisposable {
  readonly id: string
  readonly link: Link
  readonly heard: Seen<EdgeSaysToConnector>
  /** What it was asked for. */
  readonly asked: Seen<ConnectorOpen>
  readonly ended: Seen<{ readonly connection: string; readonly end: GatewayEnd }>
  behave: (ask: ConnectorOpen) => Answer
  /** Its end of a stream that it sends back. */
  stream(connection: string): WireStream
  note(connection: string, note: ConnectorNote): void
  say(message: ConnectorSays): void
  /** It reads and says nothing any more, as a process that was stopped. */
  freeze(): void
}

/** A connector that does what a test says. */
export async function startStubConnector(
  identity: Identity,
  address: string,
  behave: StubConnector['behave'],
  pingMs?: number,
): Promise<StubConnector> {
  const signal = AbortSignal.timeout(10_000)
  const { socket } = await dialPart({ identity, address, protocol: 'connector', expects: 'edge', signal })
  const heard: StubConnector['heard'] = new Seen()
  const asked: StubConnector['asked'] = new Seen()
  const ended: StubConnector['ended'] = new Seen()
  const streams = new Map<string, WireStream>()
  const link = createLink(socket, {
    side: 'dialler',
    peer: EDGE_CODES,
    maxMessage: 16 * 1024 * 1024,
    ...(pingMs !== undefined && { pingMs, lostMs: pingMs * 20 }),
    handlers: {
      onOpen: incoming => void take(incoming),
      onMessage: message => heard.add(edgeSaysToConnector.parse(message)),
    },
  })
  link.message({ type: 'hello', version: '1', privateAddress: '10.0.0.2' })

  const take = async (incoming: IncomingStream) => {
    const ask = connectorOpen.parse(incoming.ask)
    asked.add(ask)
    const answer = connector.behave(ask)
    if (answer === 'silence') return
    if (answer === 'nonsense') return void incoming.accept({ remote: 7 })
    if (typeof answer === 'string' && answer !== 'echo') return incoming.refuse(statusOf(answer))
    const opened = {
      local: { address: '10.0.0.2', port: 50_000 },
      remote: { address: ask.host, port: ask.port },
      serverSetupMs: 1,
    }
    if (answer === 'echo') {
      const stream = incoming.accept(opened)
      streams.set(ask.connection, stream)
      echo(stream, end => ended.add({ connection: ask.connection, end }))
      return
    }
    const server = await connected(answer.port)
    if (incoming.gone.aborted) return server.destroy()
    const joined = joinSocket(incoming.accept(opened), server, { socketIs: 'server' })
    ended.add({ connection: ask.connection, end: await joined.ended })
  }
  const connector: StubConnector = {
    id: identity.id,
    link,
    heard,
    asked,
    ended,
    behave,
    stream(connection) {
      const stream = streams.get(connection)
      if (!stream) throw new Error(`no stream ${connection}`)
      return stream
    },
    note: (connection, note) => connector.stream(connection).note(note),
    say: message => link.message(message),
    freeze() {
      socket.pause()
      socket.cork()
    },
    async [Symbol.asyncDispose]() {
      socket.uncork()
      socket.resume()
      await link[Symbol.asyncDispose]()
    },
  }
  // The edge knows it when it has said how it has to be.
  await heard.find(({ type }) => type === 'configure', 'configure')
  return connector
}

function echo(stream: WireStream, onOver: (end: GatewayEnd) => void): void {
  const over = (kind: 'clean' | 'abort', status: Status) =>
    onOver({ kind, status, sent: stream.received, received: stream.sent })
  stream.attach({
    onData(bytes) {
      stream.write(Buffer.from(bytes))
      stream.consumed(bytes.length)
    },
    onEnd: () => stream.end(),
    onReset: status => over('abort', status),
    onDelivered: () => over('clean', statusOf('AGT_FINISHED')),
    onRoom() {},
  })
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}
