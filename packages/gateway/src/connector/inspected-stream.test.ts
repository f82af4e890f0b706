import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Status } from '../codes.ts'
import type { ConnectorNote } from '../control/messages.ts'
import { FtpInspector } from '../ftp/inspector.ts'
import type { StreamSink, WireStream } from '../wire/types.ts'
import { InspectedStream } from './inspected-stream.ts'

/** The stream below: what is written to it, and what credit it gives. */
class Below implements WireStream {
  readonly id = 1
  readonly received = 0
  readonly sent = 0
  readonly lastMovedAt = 0
  readonly room = 1_000_000
  credited = 0
  written = ''
  ended = false
  broken: Status | undefined
  sink: StreamSink | undefined
  onWritten: (() => void) | undefined
  attach(sink: StreamSink): void {
    this.sink = sink
  }
  write(bytes: Uint8Array): boolean {
    this.written += Buffer.from(bytes).toString('latin1')
    this.onWritten?.()
    return true
  }
  end(): void {
    this.ended = true
  }
  reset(status: Status): void {
    this.broken = status
    this.sink?.onReset(status)
  }
  note(): void {}
  consumed(bytes: number): void {
    this.credited += bytes
  }
}

function stand(overdueMs?: number) {
  const below = new Below()
  const notes: ConnectorNote[] = []
  const inspector = new FtpInspector({ server: '10.0.0.9' })
  const stream = new InspectedStream(below, {
    inspector,
    note: note => notes.push(note),
    ...(overdueMs !== undefined && { overdueMs }),
  })
  /** What the server's socket has got, and has not yet sent on its way. */
  const socket = { got: '', waiting: 0, ends: 0, resets: 0 }
  stream.attach({
    onData(bytes) {
      socket.got += bytes.toString('latin1')
      socket.waiting += bytes.length
    },
    onEnd: () => socket.ends++,
    onReset: () => socket.resets++,
    onRoom() {},
  })
  const fromClient = (text: string) => below.sink?.onData(Buffer.from(text, 'latin1'))
  const fromServer = (text: string) => stream.write(Buffer.from(text, 'latin1'))
  const drain = () => {
    const bytes = socket.waiting
    socket.waiting = 0
    stream.consumed(bytes)
  }
  return { below, notes, stream, socket, fromClient, fromServer, drain }
}

describe('the stream of a control connection that is read', () => {
  it('gives credit for a command when the server has it, and at once for one that it never gets', () => {
    const { below, fromClient, fromServer, drain } = stand()
    fromServer('220 R\r\n')
    fromClient('NOOP\r\nRET')
    assert.equal(below.credited, 0)
    drain()
    assert.equal(below.credited, 6)
    fromServer('200 OK\r\n')
    fromClient('R a\r\n')
    fromClient('PORT 1\r\n')
    assert.equal(below.credited, 14)
    drain()
    assert.equal(below.credited, 22)
  })

  it('holds the credit back for what waits for a reply', () => {
    const { below, fromClient, fromServer, drain } = stand()
    fromServer('220 R\r\n')
    fromClient('AUTH TLS\r\nNOOP\r\n')
    drain()
    assert.equal(below.credited, 10)
    fromServer('502 No\r\n')
    drain()
    assert.equal(below.credited, 16)
  })

  it('gives a 502 that waits for a reply which does not come, after a while', async () => {
    const { below, fromClient, fromServer } = stand(20)
    fromServer('220 R\r\n')
    fromClient('NOOP\r\nPORT 1\r\n')
    assert.equal(below.written, '220 R\r\n')
    await new Promise<void>(resolve => {
      below.onWritten = resolve
    })
    assert.match(below.written, /^220 R\r\n502 PORT /)
  })

  it('lets it wait for as long as a transfer runs', () => {
    const { fromClient, fromServer, below } = stand(0)
    fromServer('220 R\r\n')
    fromClient('RETR a\r\nPORT 1\r\n')
    fromServer('150 Go\r\n')
    assert.doesNotMatch(below.written, /502/)
    fromServer('226 Done\r\n')
    assert.match(below.written, /226 Done\r\n502 PORT /)
  })

  it('tells the end of the server at once, and that of the client when all was passed on', () => {
    const { below, stream, socket, fromClient, fromServer } = stand()
    fromServer('220 R\r\n')
    fromClient('AUTH TLS\r\nNOOP\r\n')
    below.sink?.onEnd()
    assert.equal(socket.ends, 0)
    stream.end()
    assert.ok(below.ended)
    assert.equal(socket.got, 'AUTH TLS\r\nNOOP\r\n')
    assert.equal(socket.ends, 1)
  })

  it('breaks off what goes beyond the bounds, for both', () => {
    const { below, socket, fromClient } = stand()
    fromClient('a\0b\r\n')
    assert.equal(below.broken?.code, 'CON_FTP_PROTOCOL')
    assert.equal(socket.resets, 1)
  })

  it('never gives more credit than came, and in the end for all of it', () => {
    const piece = fc.constantFrom(
      'NOOP\r\n',
      'PORT 1\r\n',
      'AUTH TLS\r\n',
      'RETR a',
      '\r\n',
      'ABOR\r',
      'x',
      '\n',
    )
    const step = fc.oneof(
      piece.map(text => ({ client: text })),
      fc.constantFrom('220 R\r\n', '200 OK\r\n', '502 No\r\n', '226 x\r\n').map(text => ({ server: text })),
      fc.constant('drain' as const),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const { below, stream, fromClient, fromServer, drain } = stand()
        let came = 0
        for (const one of steps) {
          if (one === 'drain') drain()
          else if ('server' in one) fromServer(one.server)
          else {
            came += one.client.length
            fromClient(one.client)
          }
          assert.ok(below.credited <= came, `${below.credited} of ${came}`)
        }
        below.sink?.onEnd()
        stream.end()
        drain()
        if (below.broken) return
        assert.equal(below.credited, came)
        below.sink?.onDelivered?.()
      }),
      { numRuns: 500 },
    )
  })
})
