import type { TLSSocket } from 'node:tls'
import type { Status, StatusCode } from '../codes.ts'
import { type EdgeSaysToAgent, edgeSaysToAgent } from '../control/messages.ts'
import { GatewayError } from '../errors.ts'
import type { Identity } from '../pki/types.ts'
import { dialPart } from '../transport/dial.ts'
import type { DialTcp } from '../transport/open-tls.ts'
import { createLink } from '../wire/link.ts'
import { type Json, type Link, PEER_CODES, type WindowSettings } from '../wire/types.ts'

/** A link to one edge that stands. */
export interface EdgeLink {
  readonly link: Link
  readonly edge: string
  readonly address: string
  /** Hosts to which streams go over it, and how many. */
  readonly hosts: Map<string, number>
  /** Why it was closed, as the edge said or as it was noticed. */
  readonly ended: Promise<Status>
}

export interface EdgeLinkOptions {
  readonly identity: Identity
  readonly address: string
  readonly signal: AbortSignal
  readonly dial?: DialTcp
  readonly windows?: WindowSettings
  readonly now: () => number
  /** What is said of this machine. */
  readonly about: { readonly version: string; readonly device: string }
  /** Whether there is a link to that edge already, at another of its addresses. */
  isConnected(edge: string): boolean
  onDefinitions(said: Extract<EdgeSaysToAgent, { type: 'definitions' }>): void
}

/** Definitions of twenty thousand segments, in bytes. */
const MAX_MESSAGE = 16 * 1024 * 1024
/** How long an edge may take to say what is forwarded, in milliseconds. */
const FIRST_WORD_MS = 10_000

/** Codes with which a link is closed because the sign-in does not count any more. */
const SIGN_IN_ENDED: ReadonlySet<StatusCode> = new Set([
  'AGT_SIGN_IN_EXPIRED',
  'POL_REVOKED',
  'POL_USER_UNKNOWN',
  'POL_CERTIFICATE',
])

export const isSignInEnded = ({ code }: Status) => SIGN_IN_ENDED.has(code)

/**
 * Connects to an edge. It stands once the edge has said what is forwarded: one that does not let this agent in says that instead.
 * Undefined link: there is one already, and the edge was told nothing.
 * @throws {GatewayError} what {@link dialPart} throws
 * @throws {EdgeRefusal} when the edge does not let it in
 */
export async function openEdgeLink(
  options: EdgeLinkOptions,
): Promise<{ readonly edge: string; readonly made: EdgeLink | undefined }> {
  const { identity, address, signal, dial, windows, now, about } = options
  const { socket, peer } = await dialPart({
    ...{ identity, address, signal, now },
    ...{ protocol: 'agent', expects: 'edge' },
    ...(dial && { dial }),
  })
  if (options.isConnected(peer.id)) {
    socket.on('error', () => {}).destroy()
    return { edge: peer.id, made: undefined }
  }
  let said: Status | undefined
  const firstWord = Promise.withResolvers<void>()
  const link = createLink(socket, {
    side: 'dialler',
    peer: PEER_CODES.edge,
    maxMessage: MAX_MESSAGE,
    ...(windows && { windows }),
    handlers: {
      // Nobody opens streams to an agent.
      onOpen: incoming => incoming.refuse({ code: 'AGT_PROTOCOL', text: 'An agent takes no streams.' }),
      onGoAway: status => {
        said = status
      },
      onMessage: message => {
        const parsed = edgeSaysToAgent.safeParse(message)
        if (!parsed.success) throw new GatewayError('GATEWAY_PROTOCOL', 'The edge said what no edge says.')
        if (parsed.data.type !== 'definitions') return
        firstWord.resolve()
        options.onDefinitions(parsed.data)
      },
    },
  })
  const made: EdgeLink = {
    ...{ link, address, edge: peer.id },
    hosts: new Map(),
    // The word of the edge says more than how the connection ended after it.
    ended: link.closed.then(status => said ?? status),
  }
  link.message(hello(socket, about))
  const late = setTimeout(
    () => link.destroy({ code: 'EDG_OPEN_TIMEOUT', text: 'The edge did not say what is forwarded.' }),
    FIRST_WORD_MS,
  )
  const refused = await Promise.race([firstWord.promise, made.ended])
  clearTimeout(late)
  if (refused) throw new EdgeRefusal(peer.id, refused)
  return { edge: peer.id, made }
}

/** An edge did not let this agent in. */
export class EdgeRefusal extends Error {
  override readonly name = 'EdgeRefusal'
  readonly edge: string
  readonly status: Status
  constructor(edge: string, status: Status) {
    super(status.text)
    this.edge = edge
    this.status = status
  }
}

function hello(socket: TLSSocket, { version, device }: EdgeLinkOptions['about']): Json {
  const privateAddress = socket.localAddress ?? ''
  return { type: 'hello', version, device, privateAddress, platform: `${process.platform} ${process.arch}` }
}
