/**
 * Why a stream was refused or how it ended. One closed table for log, API, console, agent and tests; a code is never given another
 * meaning. The prefix says who is at fault: AGT_ agent or the client program behind it, EDG_ edge (or its controller), CON_ connector,
 * SRV_ the FTP server, POL_ policy.
 */
export const STATUS = {
  AGT_FINISHED: 'The client ended the connection first, in order.',
  AGT_CLIENT_RESET: 'The client program broke the connection off.',
  AGT_LOST: 'The connection of the agent was lost; what it carried was broken off.',
  AGT_STOPPED: 'The agent was stopped.',
  AGT_PROTOCOL: 'The agent sent something that is no valid frame; its connection was closed.',
  AGT_COUNT_MISMATCH:
    'The agent said that another number of bytes was sent than arrived; the stream was broken off.',
  AGT_SIGN_IN_EXPIRED: 'The sign-in has expired: sign in again.',
  AGT_TOO_MANY_STREAMS: 'The agent has as many streams open as one may have.',
  EDG_LOST: 'The edge was lost; what it carried was broken off.',
  EDG_CONTROLLER_LOST: 'The edge has lost its controller and takes no new streams until it is back.',
  EDG_GRACE_OVER: 'The edge was without its controller for longer than the grace that is set.',
  EDG_NO_CONNECTOR: 'No connector of the server group is connected and takes streams.',
  EDG_CONNECTOR_LOST: 'The connector that carries this user’s connections to the server was lost.',
  EDG_IDLE_TIMEOUT:
    'Nothing moved for as long as the idle timeout, in this connection or in those that belong to it.',
  EDG_DRAINING: 'The edge is being taken out of service and takes no new streams.',
  EDG_KICKED: 'An administrator ended it.',
  EDG_OPEN_TIMEOUT: 'The connector did not answer in time.',
  EDG_STALLED: 'The receiver took nothing for as long as the stall time, with bytes waiting for it.',
  EDG_BUSY: 'The edge carries as many streams as it may.',
  CON_LOST: 'The connector was lost; what it carried was broken off.',
  CON_STOPPED: 'The connector was stopped.',
  CON_DRAINING: 'The connector is being taken out of service and takes no new streams.',
  CON_TOO_MANY_STREAMS: 'The connector carries as many streams as its group allows.',
  CON_PROTOCOL: 'The connector sent something that is no valid frame; its connection was closed.',
  CON_COUNT_MISMATCH:
    'The connector said that another number of bytes was sent than arrived; the stream was broken off.',
  CON_INNER_TLS: 'The inner TLS of double encryption could not be made.',
  CON_FTP_ACTIVE_REFUSED:
    'PORT or EPRT was refused: active mode does not work through connections that only go outwards. Use passive mode.',
  CON_FTP_ENCRYPTED:
    'The control connection is encrypted, so the ports of its data connections cannot be read: name them in the segment.',
  CON_FTP_FOREIGN_ADDRESS:
    'The server named another address for data connections than the one at which it is reached, and only that one is let through.',
  CON_FTP_PROTOCOL: 'What is spoken on the control connection is not FTP, or goes beyond its bounds.',
  SRV_FINISHED: 'The server ended the connection first, in order.',
  SRV_REFUSED: 'The server refuses connections to that port.',
  SRV_TIMEOUT: 'The server did not answer in time.',
  SRV_UNREACHABLE: 'The connector has no route to the server.',
  SRV_NAME_NOT_FOUND: 'The connector cannot find the server by its name.',
  SRV_RESET: 'The server broke the connection off.',
  POL_NO_SEGMENT: 'No application segment has this address.',
  POL_WRONG_PORT: 'The application segment of this address does not have this port.',
  POL_SEGMENT_DISABLED: 'The application segment, or its group, is disabled.',
  POL_BYPASSED: 'It is not forwarded: agents connect directly.',
  POL_DENIED: 'An access rule denies it.',
  POL_NO_RULE: 'No access rule allows it.',
  POL_USER_UNKNOWN: 'There is no such user, or the user is disabled or has expired.',
  POL_REVOKED: 'The certificate was revoked.',
  POL_HANDSHAKE: 'What came is no connection of a part of Portolan.',
  POL_CERTIFICATE:
    'The certificate is missing, of another authority, of another role, or not valid at this time.',
  POL_NOT_EXPECTED: 'The server did not name this port for this user, or it was used, or too late.',
} as const

export type StatusCode = keyof typeof STATUS

export const isStatusCode = (text: string): text is StatusCode => Object.hasOwn(STATUS, text)

/** Codes of an end that was in order; every other one is a fault or a refusal. */
export const CLEAN_CODES: ReadonlySet<StatusCode> = new Set(['AGT_FINISHED', 'SRV_FINISHED'])

/** Why, and the sentence that people read: that of {@link STATUS}, with what is known of the case. */
export interface Status {
  readonly code: StatusCode
  readonly text: string
}

/**
 * How a stream ended, both directions together. Nothing turns `abort` into `clean`.
 * `sent` are bytes from the client to the server, `received` those from the server to the client.
 */
export type GatewayEnd =
  | { readonly kind: 'clean'; readonly status: Status; readonly sent: number; readonly received: number }
  | { readonly kind: 'abort'; readonly status: Status; readonly sent: number; readonly received: number }
