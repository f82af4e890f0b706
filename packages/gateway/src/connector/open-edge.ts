import type { Status } from '../codes.ts'
import { type EdgeSaysToConnector, edgeSaysToConnector } from '../control/messages.ts'
import { GatewayError } from '../errors.ts'
import type { Identity } from '../pki/types.ts'
import { plainAddress } from '../transport/address.ts'
import { dialPart } from '../transport/dial.ts'
import { createLink } from '../wire/link.ts'
import { type IncomingStream, type Link, PEER_CODES, type WindowSettings } from '../wire/types.ts'

/** The most that a group allows; it is the connector that counts, over all its links. */
const MAX_STREAMS = 100_000
/** An edge opens as fast as its agents ask. */
const OPENS_PER_SECOND = 20_000
/** `configure` with ten thousand probes. */
const MAX_MESSAGE = 8 * 1024 * 1024

/** What an edge link is made with. */
export interface OpenEdgeOptions {
  readonly address: string
  readonly identity: Identity
  readonly version: string
  readonly signal: AbortSignal
  readonly windows?: WindowSettings
  readonly now: () => number
  onOpen(from: EdgeLink, incoming: IncomingStream): void
  onSaid(from: EdgeLink, said: EdgeSaysToConnector): void
}

/** A link to an edge. */
export interface EdgeLink {
  readonly link: Link
  /** The id of the edge, as its certificate says. */
  readonly edge: string
  /** Of the connector's own certificate that it stands on. */
  readonly identity: Identity
  /** Whether the edge has let this connector in: it said `configure`. */
  readonly isIn: boolean
  /** Resolves when it has let it in, or the link is gone. */
  readonly entered: Promise<void>
  /** Why it takes no new streams, or none at all, as the edge said. */
  readonly said: Status | undefined
}

/** Connects to an edge and says hello. @throws {GatewayError} what `dialPart` throws */
export async function openEdge(options: OpenEdgeOptions): Promise<EdgeLink> {
  const { address, identity, version, signal, windows, now, onOpen, onSaid } = options
  const { socket, peer } = await dialPart({
    ...{ identity, address, signal, now },
    ...{ protocol: 'connector', expects: 'edge' },
  })
  let isIn = false
  const entered = Promise.withResolvers<void>()
  let said: Status | undefined
  const link = createLink(socket, {
    side: 'dialler',
    peer: PEER_CODES.edge,
    maxStreams: MAX_STREAMS,
    opensPerSecond: OPENS_PER_SECOND,
    maxMessage: MAX_MESSAGE,
    ...(windows && { windows }),
    handlers: {
      onOpen: incoming => onOpen(made, incoming),
      onMessage(message) {
        const parsed = edgeSaysToConnector.safeParse(message)
        if (!parsed.success) throw new GatewayError('GATEWAY_PROTOCOL', 'The edge said what no edge says.')
        if (parsed.data.type === 'configure') isIn = true
        onSaid(made, parsed.data)
        if (isIn) entered.resolve()
      },
      onGoAway(status) {
        said = status
      },
    },
  })
  const made: EdgeLink = {
    link,
    edge: peer.id,
    identity,
    entered: entered.promise,
    get isIn() {
      return isIn
    },
    get said() {
      return said
    },
  }
  void link.closed.then(() => entered.resolve())
  link.message({ type: 'hello', version, privateAddress: plainAddress(socket.localAddress) })
  return made
}
