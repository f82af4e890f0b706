import type { GatewayEnd, Status } from '../codes.ts'
import type { Joined, JoinTimes } from './joined.ts'
import { statusOf } from './status.ts'
import type { Json, StreamSink, WireStream } from './types.ts'

export interface JoinStreamsOptions {
  /** Called with each note in its place among the bytes; notes are not passed on. What it throws closes the link. */
  onClientNote?(note: Json): void
  onServerNote?(note: Json): void
}

/** Joins the stream of a client with that to its server. */
export function joinStreams(
  client: WireStream,
  server: WireStream,
  options: JoinStreamsOptions = {},
): Joined {
  const ended = Promise.withResolvers<GatewayEnd>()
  const times = { firstSent: 0, lastSent: 0, firstReceived: 0, lastReceived: 0 }
  let isOver = false
  let first: 'client' | 'server' | undefined
  let open = 2

  const finish = (kind: 'clean' | 'abort', status: Status) => {
    if (isOver) return
    isOver = true
    ended.resolve({ kind, status, sent: client.received, received: server.received })
  }

  const sinkOf = (
    to: WireStream,
    hooks: { onMoved(): void; onEnd(): void; onNote: ((note: Json) => void) | undefined },
  ): StreamSink => ({
    onData(bytes) {
      hooks.onMoved()
      to.write(bytes)
    },
    onEnd() {
      hooks.onEnd()
      to.end()
    },
    onReset(status) {
      to.reset(status)
      finish('abort', status)
    },
    onNote: note => hooks.onNote?.(note),
    // What came from the other side was within its credit, so it was written whether there was room or not.
    onRoom() {},
    onSent: bytes => to.consumed(bytes),
    onDelivered() {
      open -= 1
      if (open === 0) finish('clean', statusOf(first === 'server' ? 'SRV_FINISHED' : 'AGT_FINISHED'))
    },
  })

  server.attach(
    sinkOf(client, {
      onMoved() {
        times.lastReceived = Date.now()
        times.firstReceived ||= times.lastReceived
      },
      onEnd: () => (first ??= 'server'),
      onNote: options.onServerNote,
    }),
  )
  client.attach(
    sinkOf(server, {
      onMoved() {
        times.lastSent = Date.now()
        times.firstSent ||= times.lastSent
      },
      onEnd: () => (first ??= 'client'),
      onNote: options.onClientNote,
    }),
  )

  return {
    ended: ended.promise,
    get sent() {
      return client.received
    },
    get received() {
      return server.received
    },
    get lastMovedAt() {
      return Math.max(client.lastMovedAt, server.lastMovedAt)
    },
    times: times satisfies JoinTimes,
    abort(status) {
      client.reset(status)
      server.reset(status)
      finish('abort', status)
    },
  }
}
