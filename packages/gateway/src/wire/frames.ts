import { GatewayError } from '../errors.ts'
import { FRAME, type FrameType, HEADER_BYTES, MAX_DATA, MAX_JSON } from './types.ts'

/** What the table of the wire says about a type: how long its payload may be, and which stream it may name. */
interface Rule {
  readonly type: FrameType
  readonly min: number
  readonly max: number
  readonly stream: 'one' | 'none' | 'piece'
}

const json = { min: 1, max: MAX_JSON, stream: 'one' } as const
const RULES: readonly Rule[] = [
  { type: FRAME.open, ...json },
  { type: FRAME.opened, ...json },
  { type: FRAME.refused, ...json },
  { type: FRAME.data, min: 1, max: MAX_DATA, stream: 'one' },
  { type: FRAME.credit, min: 4, max: 4, stream: 'one' },
  { type: FRAME.end, min: 8, max: 8, stream: 'one' },
  { type: FRAME.reset, ...json },
  { type: FRAME.note, ...json },
  { type: FRAME.message, min: 1, max: MAX_DATA, stream: 'piece' },
  { type: FRAME.ping, min: 8, max: 8, stream: 'none' },
  { type: FRAME.pong, min: 8, max: 8, stream: 'none' },
  { type: FRAME.goaway, ...json, stream: 'none' },
]
const RULE_OF: readonly (Rule | undefined)[] = Array.from({ length: 256 }, (_, type) =>
  RULES.find(rule => rule.type === type),
)

/** Types whose payload is whole before anybody sees it. */
export type WholeFrameType = Exclude<FrameType, typeof FRAME.data>

/** Who takes decoded frames. What it throws, {@link FrameDecoder.push} throws. */
export interface FrameHandler {
  /** Bytes of DATA, in pieces as they came; a view of the memory that was pushed, valid during the call. */
  onData(stream: number, piece: Buffer): void
  /** Any other frame. The payload is valid during the call. */
  onFrame(type: WholeFrameType, stream: number, payload: Buffer): void
}

/**
 * Takes bytes as they come, cut anywhere, and hands frames on. DATA is passed on without a copy; of the others at most one payload is
 * kept, and never more of it than its type may have.
 */
export class FrameDecoder {
  readonly #handler: FrameHandler
  readonly #header = Buffer.alloc(HEADER_BYTES)
  #headerBytes = 0
  #rule: Rule | undefined
  #stream = 0
  /** Bytes of the payload that are still to come. */
  #left = 0
  #length = 0
  /** The part of a payload that came before the rest. */
  #begun: Buffer | undefined

  constructor(handler: FrameHandler) {
    this.#handler = handler
  }

  /** @throws {GatewayError} `GATEWAY_PROTOCOL` for what is no valid frame; nothing may be pushed afterwards */
  push(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length) {
      const rule = this.#rule
      if (!rule) at = this.#takeHeader(bytes, at)
      else if (rule.type === FRAME.data) at = this.#takeData(bytes, at)
      else at = this.#takeWhole(rule.type, bytes, at)
    }
  }

  #takeHeader(bytes: Buffer, from: number): number {
    if (this.#headerBytes === 0 && bytes.length - from >= HEADER_BYTES) {
      this.#begin(bytes, from)
      return from + HEADER_BYTES
    }
    const taken = Math.min(HEADER_BYTES - this.#headerBytes, bytes.length - from)
    bytes.copy(this.#header, this.#headerBytes, from, from + taken)
    this.#headerBytes += taken
    if (this.#headerBytes === HEADER_BYTES) {
      this.#headerBytes = 0
      this.#begin(this.#header, 0)
    }
    return from + taken
  }

  #begin(header: Buffer, at: number): void {
    const word = header.readUInt32BE(at)
    const type = word >>> 24
    const length = word & 0xff_ffff
    const stream = header.readUInt32BE(at + 4)
    const rule = RULE_OF[type]
    if (!rule) throw violation(`frame type ${type} is not known`)
    if (length < rule.min || length > rule.max)
      throw violation(`a frame of type ${type} has ${length} bytes of payload`)
    if (!fits(rule, stream)) throw violation(`a frame of type ${type} names stream ${stream}`)
    this.#rule = rule
    this.#length = length
    this.#left = length
    this.#stream = stream
  }

  #takeData(bytes: Buffer, from: number): number {
    const to = Math.min(from + this.#left, bytes.length)
    this.#left -= to - from
    if (this.#left === 0) this.#rule = undefined
    this.#handler.onData(this.#stream, bytes.subarray(from, to))
    return to
  }

  #takeWhole(type: WholeFrameType, bytes: Buffer, from: number): number {
    const to = Math.min(from + this.#left, bytes.length)
    let payload = bytes.subarray(from, to)
    if (payload.length < this.#length) {
      this.#begun ??= Buffer.allocUnsafe(this.#length)
      payload.copy(this.#begun, this.#length - this.#left)
      payload = this.#begun
    }
    this.#left -= to - from
    if (this.#left > 0) return to
    this.#rule = undefined
    this.#begun = undefined
    this.#handler.onFrame(type, this.#stream, payload)
    return to
  }
}

function fits(rule: Rule, stream: number): boolean {
  if (rule.stream === 'one') return stream > 0
  return stream === 0 || (stream === 1 && rule.stream === 'piece')
}

export function violation(what: string): GatewayError {
  return new GatewayError('GATEWAY_PROTOCOL', `The other side broke the protocol of the link: ${what}.`)
}

/** Writes a header into the {@link HEADER_BYTES} bytes from `at`. */
export function writeHeader(into: Buffer, at: number, type: FrameType, length: number, stream: number): void {
  into.writeUInt32BE(type * 0x100_0000 + length, at)
  into.writeUInt32BE(stream, at + 4)
}

/** @throws {RangeError} when the table does not allow the payload */
export function encodeFrame(type: FrameType, stream: number, payload: Uint8Array): Buffer {
  const rule = RULE_OF[type]
  if (!rule || payload.length < rule.min || payload.length > rule.max || !fits(rule, stream))
    throw new RangeError(`no frame of type ${type} has ${payload.length} bytes and stream ${stream}`)
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length)
  writeHeader(frame, 0, type, payload.length, stream)
  frame.set(payload, HEADER_BYTES)
  return frame
}

/** @throws {RangeError} when it is longer than a frame may be */
export function encodeJson(type: FrameType, stream: number, value: unknown): Buffer {
  return encodeFrame(type, stream, Buffer.from(JSON.stringify(value)))
}

export function encodeCredit(stream: number, bytes: number): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + 4)
  writeHeader(frame, 0, FRAME.credit, 4, stream)
  frame.writeUInt32BE(bytes, HEADER_BYTES)
  return frame
}

export function encodeEnd(stream: number, count: number): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + 8)
  writeHeader(frame, 0, FRAME.end, 8, stream)
  frame.writeBigUInt64BE(BigInt(count), HEADER_BYTES)
  return frame
}

/** @returns undefined when the number is larger than any stream's */
export function readEnd(payload: Buffer): number | undefined {
  const count = payload.readBigUInt64BE()
  return count <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(count) : undefined
}
