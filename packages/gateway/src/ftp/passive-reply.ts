import {
  addressFamily,
  formatEndpoint,
  formatPasvReply,
  normaliseAddress,
  ProtocolError,
  parseEpsvReply,
  parsePasvReply,
} from '@portolan/protocol'
import { STATUS, type Status } from '../codes.ts'
import type { ConnectorNote } from '../control/messages.ts'

/** Seconds for which a port that a server has named may be dialled. Servers wait about as long by default (vsftpd: 60). */
const EXPECT_SECONDS = 60

/** What follows from a reply that names a passive port. */
export interface PassiveReply {
  readonly notes: readonly ConnectorNote[]
  /** What the client is told instead of the server's own words. */
  readonly instead?: Buffer
}

/**
 * Reads the reply to PASV (227) or EPSV (229). Only the server itself is ever expected: a reply that names somebody else would open
 * a way to that one (the bounce of RFC 2577, turned round). A server behind NAT names its outer address in good faith, so the reply is
 * rewritten to the address at which the connector reaches the server, as FTP helpers of firewalls do, and a warning says so.
 *
 * @param server - the server's address on the control connection
 */
export function readPassiveReply(code: number, text: string, server: string): PassiveReply {
  try {
    const address = normaliseAddress(server)
    return code === 229 ? expected('EPSV', address, parseEpsvReply(text)) : readPasv(text, address)
  } catch (error) {
    // The client reads the same words, and will say what it thinks of them.
    if (error instanceof ProtocolError) return { notes: [] }
    throw error
  }
}

function readPasv(text: string, server: string): PassiveReply {
  const named = parsePasvReply(text)
  if (named.address === server) return expected('PASV', server, named.port)
  const where = formatEndpoint(named)
  if (addressFamily(server) === 6) {
    const why = `PASV named ${where}, but the server is reached at ${server}, which PASV cannot tell: use EPSV.`
    return { notes: [warning(why)] }
  }
  const told = { address: server, port: named.port }
  const why = `PASV named ${where}, but the server is reached at ${server}: the client is told ${formatEndpoint(told)}.`
  return {
    notes: [warning(why), ...expected('PASV', server, named.port).notes],
    instead: Buffer.from(`227 ${formatPasvReply(told)}\r\n`),
  }
}

function expected(by: 'PASV' | 'EPSV', address: string, port: number): PassiveReply {
  return { notes: [{ type: 'expect', address, port, by, seconds: EXPECT_SECONDS }] }
}

function warning(why: string): ConnectorNote {
  const status: Status = { code: 'CON_FTP_FOREIGN_ADDRESS', text: `${STATUS.CON_FTP_FOREIGN_ADDRESS} ${why}` }
  return { type: 'warning', status }
}
