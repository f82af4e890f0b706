/** Record and handshake types of TLS: RFC 8446 sections 4 and 5.1. */
const HANDSHAKE = 0x16
const ALERT = 0x15
const CLIENT_HELLO = 0x01
const RECORD_HEADER = 5
const HANDSHAKE_HEADER = 4
const MAX_RECORD = 16_384

/** Whether a side begins as TLS does: with a handshake record, or a server also with an alert. */
export function beginsTls(first: number | undefined): boolean {
  return first === HANDSHAKE || first === ALERT
}

/**
 * How long the record is with which a client begins TLS: undefined while it is not whole, 0 when it is none. A client that only
 * pretends, to be left unread by us, would have to hide its commands from the server, too.
 */
export function clientHelloLength(bytes: Buffer): number | undefined {
  const [type, major] = bytes
  if (type !== HANDSHAKE || (major !== undefined && major !== 3)) return 0
  if (bytes.length < RECORD_HEADER + HANDSHAKE_HEADER) return undefined
  const length = bytes.readUInt16BE(3)
  const message = bytes.readUIntBE(RECORD_HEADER + 1, 3)
  // A message may go on in the next record.
  if (length > MAX_RECORD || bytes[RECORD_HEADER] !== CLIENT_HELLO || message + HANDSHAKE_HEADER < length)
    return 0
  return bytes.length < RECORD_HEADER + length ? undefined : RECORD_HEADER + length
}
