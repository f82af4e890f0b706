import type { Socket } from 'node:net'
import type { Status } from '../codes.ts'
import type { ConnectorOpen } from '../control/messages.ts'
import { plainAddress } from '../transport/address.ts'
import { joinSocket } from '../wire/join-socket.ts'
import { closeWithReset, lingerZero } from '../wire/linger.ts'
import type { OpenLimit } from '../wire/open-limit.ts'
import { statusOf } from '../wire/status.ts'
import { StreamRefused } from '../wire/types.ts'
import { newConnectionId } from './connection-id.ts'
import type { EdgeParts } from './edge-parts.ts'
import { factsOf, openingStream } from './edge-stream.ts'
import { openThrough } from './open-through.ts'
import { publicationPinKey } from './pins.ts'
import { advertised, type PublishedPort } from './published-ports.ts'
import { createRecord, NOTHING_KNOWN } from './stream-record.ts'

/**
 * One connection of a client to a port of a publication, carried to the server by a connector; what cannot be carried is reset. Never
 * rejects.
 * @param socket - nothing has been read of it
 * @param rows - how many refused connections are logged: anybody may come here, and as often as they like
 */
export async function publishedStream(
  parts: EdgeParts,
  { publication, role, serverPort }: PublishedPort,
  socket: Socket,
  rows: OpenLimit,
): Promise<void> {
  const { pins, connectors, reports, now, onEvent } = parts
  // It may go at any time, and says so when it is read or written at the latest.
  socket.on('error', () => {})
  lingerZero(socket)
  const startedAt = performance.now()
  const source = endpoint(socket.remoteAddress, socket.remotePort)
  const destination = endpoint(socket.localAddress, socket.localPort)
  const owner = publicationPinKey(publication.name, source.address)
  const target = `${publication.server} port ${serverPort}`
  const connection = newConnectionId(now())
  const unasked = refusalOf(parts, owner, publication.serverGroup, publication.server, serverPort)
  if (socket.destroyed || (unasked && rows.ask() !== 'open')) return closeWithReset(socket)

  const pin = pins.find(owner)
  const session = role === 'data' ? (pin?.controls.at(-1)?.session ?? connection) : connection
  const record = createRecord(
    {
      ...NOTHING_KNOWN,
      SessionID: session,
      ConnectionID: connection,
      Role: role,
      Host: publication.server,
      ServicePort: serverPort,
      ClientPublicIP: source.address,
      ClientZEN: parts.name(),
      Policy: 'publication',
      Application: publication.name,
      TimestampConnectionStart: now(),
    },
    reports,
    now,
  )
  const stream = openingStream({ ...parts, record, user: '', agent: '', owner })
  stream.session = session
  const onClose = () => stream.cut(statusOf('AGT_CLIENT_RESET'))
  socket.once('close', onClose)
  const { basePort, serverBasePort } = publication.passive
  const ask: ConnectorOpen = {
    connection,
    segment: '',
    host: publication.server,
    port: serverPort,
    user: '',
    inspect: false,
    doubleEncryption: false,
    publication: {
      name: publication.name,
      source,
      destination,
      advertise: {
        address: advertised(publication, source.address, destination.address),
        portOffset: basePort - serverBasePort,
      },
    },
  }
  try {
    if (unasked) throw new StreamRefused(unasked)
    const through = await openThrough({
      pins,
      pinKey: owner,
      openMs: parts.bounds.openMs,
      isNewSession: role === 'control',
      ask,
      candidates: () => connectors.candidates(publication.serverGroup, '', publication.server, serverPort),
      connector: connectors.get,
      gone: stream.cutSignal,
    })
    socket.off('close', onClose)
    record.change(factsOf(through, connectors.nameOf(through.connector.peer.id), startedAt))
    const joined = joinSocket(through.stream, socket, { socketIs: 'client' })
    onEvent({ type: 'stream', connection, user: '', target })
    const { status } = await stream.joined(joined, through, false)
    onEvent({ type: 'stream', connection, user: '', target, status })
  } catch (error) {
    const status: Status =
      error instanceof StreamRefused
        ? error.status
        : { code: 'EDG_LOST', text: `It failed within the edge: ${String(error)}.` }
    closeWithReset(socket)
    stream.refused(status)
    onEvent({ type: 'stream', connection, user: '', target, status })
  }
}

/** Who is refused before a connector is asked. */
function refusalOf(
  { state, book, bounds, connectors }: EdgeParts,
  owner: string,
  serverGroup: string,
  server: string,
  port: number,
): Status | undefined {
  const refusal = state.refusal()
  if (refusal) return refusal
  if (book.size >= bounds.streams) return statusOf('EDG_BUSY')
  if (book.countOf(owner) >= bounds.connectionsPerClient) {
    return { code: 'EDG_BUSY', text: 'The client has as many connections open as one address may have.' }
  }
  const able = connectors.candidates(serverGroup, '', server, port).some(({ draining }) => !draining)
  return able ? undefined : statusOf('EDG_NO_CONNECTOR')
}

const endpoint = (address: string | undefined, port: number | undefined) => ({
  address: plainAddress(address),
  port: port ?? 0,
})
