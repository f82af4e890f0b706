import { type Endpoint, formatEndpoint, normaliseAddress } from '@portolan/protocol'
import { ChannelError } from './errors.ts'
import { LOWEST_PORT } from './port-range.ts'
import type { TrustedNetworks } from './trusted-networks.ts'

/** What a client announced with PORT or EPRT, and what is allowed. */
export interface ActiveEndpointAsk {
  readonly endpoint: Endpoint
  /** The client's address on the control connection. */
  readonly controlPeer: string
  /** Other addresses that may be dialled too, for server-to-server transfers. Default: none. */
  readonly allowForeign?: TrustedNetworks | undefined
  /** Dial ports under 1024 too. Default false. */
  readonly allowLowPorts?: boolean
}

/**
 * Refuses to dial anybody but the client itself: a server that dials whom it is told to is a weapon against third
 * parties (RFC 2577 section 3).
 * @throws {ChannelError} `CHANNEL_BOUNCE` with the text of the reply
 */
export function checkActiveEndpoint({
  endpoint,
  controlPeer,
  allowForeign,
  allowLowPorts = false,
}: ActiveEndpointAsk): void {
  const address = normaliseAddress(endpoint.address)
  const peer = normaliseAddress(controlPeer)
  if (address !== peer && !allowForeign?.has(address)) {
    throw bounce(
      `the server does not dial ${address}: data connections go only to ${peer}, where your control connection comes from (RFC 2577). ` +
        'Behind NAT use passive mode',
    )
  }
  if (endpoint.port < LOWEST_PORT && !allowLowPorts) {
    throw bounce(
      `the server does not dial ${formatEndpoint(endpoint)}: ports under ${LOWEST_PORT} belong to services (RFC 2577). Announce a higher port`,
    )
  }
}

function bounce(text: string): ChannelError {
  return new ChannelError('CHANNEL_BOUNCE', text)
}
