import type { Socket } from 'node:net'
import { encodeProxyHeader } from '@portolan/channels'
import { normaliseAddress } from '@portolan/protocol'
import type { Status } from '../codes.ts'
import type { ConnectorOpen, ConnectorOpened } from '../control/messages.ts'
import { FtpInspector } from '../ftp/inspector.ts'
import type { Identity } from '../pki/types.ts'
import { joinSocket } from '../wire/join-socket.ts'
import { closeWithReset, lingerZero } from '../wire/linger.ts'
import { type IncomingStream, StreamRefused, type WireStream } from '../wire/types.ts'
import { type DialServer, dialStatus } from './dial-server.ts'
import { acceptInnerTls } from './inner-tls.ts'
import { InspectedStream } from './inspected-stream.ts'
import { type Meter, MeteredStream } from './metered-stream.ts'

export interface ServeOptions {
  readonly dial: DialServer
  readonly meter: Meter
  /** The one of the link that the stream came over: its certificate is what the agent was told of. */
  readonly identity: Identity
  readonly now: () => number
  /** The server has accepted. */
  onOpened(): void
  /** Something is worth knowing of a control connection that is read. */
  onWarning(status: Status): void
}

/**
 * Serves a stream that an edge asks for: dials the server, and only then says OPENED; then joins the two. A stream that was given up
 * meanwhile leaves a server with RST.
 * @returns how it ended, or why it was refused; never rejects
 */
export async function serveStream(
  incoming: IncomingStream,
  ask: ConnectorOpen,
  options: ServeOptions,
): Promise<Status> {
  const begun = performance.now()
  let socket: Socket
  let header: Buffer | undefined
  try {
    header = ask.publication && encodeProxyHeader(ask.publication)
    socket = await options.dial({ host: ask.host, port: ask.port }, incoming.gone)
  } catch (error) {
    const status = dialStatus(error)
    incoming.refuse(status)
    return status
  }
  // Whatever ends this process from here on, the server sees no clean end.
  lingerZero(socket)
  if (incoming.gone.aborted) {
    closeWithReset(socket)
    return { code: 'EDG_LOST', text: 'The stream was given up while the server was dialled.' }
  }
  const opened: ConnectorOpened = {
    local: { address: addressOf(socket.localAddress), port: socket.localPort ?? 0 },
    remote: { address: addressOf(socket.remoteAddress), port: socket.remotePort ?? 0 },
    serverSetupMs: Math.round((performance.now() - begun) * 1000) / 1000,
  }
  if (header) socket.write(header)
  options.onOpened()
  const stream = new MeteredStream(incoming.accept(opened), options.meter)
  return await join(stream, socket, ask, opened.remote.address, options)
}

async function join(
  outer: WireStream,
  socket: Socket,
  ask: ConnectorOpen,
  server: string,
  { identity, now, onWarning }: ServeOptions,
): Promise<Status> {
  let stream = outer
  if (ask.doubleEncryption) {
    try {
      stream = await acceptInnerTls(outer, identity, now)
    } catch (error) {
      closeWithReset(socket)
      if (error instanceof StreamRefused) return error.status
      throw error
    }
  }
  if (ask.inspect) {
    const inspector = new FtpInspector({ server })
    stream = new InspectedStream(stream, {
      inspector,
      note(note) {
        outer.note(note)
        if (note.type === 'warning') onWarning(note.status)
      },
    })
  }
  const { status } = await joinSocket(stream, socket, { socketIs: 'server' }).ended
  return status
}

function addressOf(address: string | undefined): string {
  return address === undefined ? '' : normaliseAddress(address)
}
