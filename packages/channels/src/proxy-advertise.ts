import { isIP } from 'node:net'
import { normaliseAddress } from '@portolan/protocol'
import { ChannelError } from './errors.ts'

/** What a server tells its clients instead of its own passive address and port: where the proxy in front of it takes their data connections. */
export interface Advertised {
  /** An IP address, for PASV; EPSV names none. */
  readonly address: string
  /** The port that is told is the server's own plus this one: -65535 to 65535. */
  readonly portOffset: number
}

/**
 * Its type in a PROXY protocol header, version 2: of the range that everybody may use as they like (specification, section 2.2.8).
 * The value is JSON, `{"address":"203.0.113.7","portOffset":1000}`.
 */
const TYPE = 0xe5
/** One byte type, two bytes length. */
const TLV_HEAD = 3
const MAX_VALUE = 256

/** Writes the TLV. */
export function encodeAdvertised({ address, portOffset }: Advertised): Buffer {
  const value = Buffer.from(JSON.stringify({ address, portOffset }))
  return Buffer.concat([Buffer.from([TYPE, value.length >> 8, value.length & 255]), value])
}

/**
 * Finds it among the TLVs behind the addresses. Other types are passed over, and so is what follows one that is cut off.
 * @throws {ChannelError} `CHANNEL_PROXY_HEADER` when it is there twice, or its value is not what it has to be
 */
export function readAdvertised(tlvs: Buffer): Advertised | undefined {
  let found: Advertised | undefined
  for (let at = 0; at + TLV_HEAD <= tlvs.length; ) {
    const length = tlvs.readUInt16BE(at + 1)
    const value = tlvs.subarray(at + TLV_HEAD, at + TLV_HEAD + length)
    if (tlvs[at] === TYPE) {
      if (found) throw bad('is there twice')
      if (value.length < length) throw bad('is cut off')
      found = read(value)
    }
    at += TLV_HEAD + length
  }
  return found
}

function read(value: Buffer): Advertised {
  if (value.length > MAX_VALUE) throw bad(`has ${value.length} bytes, and may have ${MAX_VALUE}`)
  const parsed = parseJson(value.toString('utf8'))
  const address: unknown = parsed && Reflect.get(parsed, 'address')
  const portOffset: unknown = parsed && Reflect.get(parsed, 'portOffset')
  if (typeof address !== 'string' || isIP(address) === 0 || address.includes('%'))
    throw bad('names no IP address')
  if (typeof portOffset !== 'number' || !Number.isInteger(portOffset) || Math.abs(portOffset) > 65_535)
    throw bad('has no port offset from -65535 to 65535')
  return { address: normaliseAddress(address), portOffset }
}

function parseJson(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function bad(text: string): ChannelError {
  return new ChannelError(
    'CHANNEL_PROXY_HEADER',
    `PROXY protocol: version 2: what to tell clients (type 0xE5) ${text}`,
  )
}
