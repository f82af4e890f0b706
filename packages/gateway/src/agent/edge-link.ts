import type { TLSSocket } from 'node:tls'
import type { Status, StatusCode } from '../codes.ts'
import { type EdgeSaysToAgent, edgeSaysToAgent } from '../control/messages.ts'
import { GatewayError } from '../errors.ts'
import type { Identity } from '../pki/types.ts'
import { dialPart } from '../transport/dial.ts'
import type { DialTcp } from '../transport/open-tls.ts'
import { createLink } from '../wire/link.ts'
import type { Json, Link, PeerCodes, WindowSettings } from '../wire/types.ts'

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
  onDefinitions(from: EdgeLink, said: Extract<EdgeSaysToAgent, { type: 'definitions' }>): void
}

/** Whatever is wrong with an edge, what it carries is lost. */
const EDGE_CODES: PeerCodes = { lost: 'EDG_LOST', protocol: 'EDG_LOST', countMismatch: 'EDG_LOST' }

/** Codes with which a link is closed because the sign-in does not count any more. */
const SIGN_IN_ENDED: ReadonlySet<StatusCode> = new Set([
  'AGT_SIGN_IN_EXPIRED',
  'POL_REVOKED',
  'POL_USER_UNKNOWN',
  'POL_CERTIFICATE',
])

export const isSignInEnded = ({ code }: Status) => SIGN_IN_ENDED.has(code)

/** @throws {GatewayError} what {@link dialPart} throws */
export async function openEdgeLink(options: EdgeLinkOptions): Promise<EdgeLink> {
  const { identity, address, signal, dial, windows, now, about } = options
  const { socket, peer } = await dialPart({
    ...{ identity, address, signal, now },
    ...{ protocol: 'agent', expects: 'edge' },
    ...(dial && { dial }),
  })
  let said: Status | undefined
  const link = createLink(socket, {
    side: 'dialler',
    peer: EDGE_CODES,
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
        if (parsed.data.type === 'definitions') options.onDefinitions(made, parsed.data)
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
  return made
}

function hello(socket: TLSSocket, { version, device }: EdgeLinkOptions['about']): Json {
  const privateAddress = socket.localAddress ?? ''
  return { type: 'hello', version, device, privateAddress, platform: `${process.platform} ${process.arch}` }
}
