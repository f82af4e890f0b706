import { encodeFrame, violation } from './frames.ts'
import { FRAME, type Json, MAX_DATA } from './types.ts'

/** Towards those whom nobody has to trust, in bytes. */
const MAX_MESSAGE = 65_536

/** The frames of a message. */
export function encodeMessage(message: Json): Buffer[] {
  const text = Buffer.from(JSON.stringify(message))
  const frames: Buffer[] = []
  for (let at = 0; at < text.length; at += MAX_DATA) {
    const piece = text.subarray(at, at + MAX_DATA)
    frames.push(encodeFrame(FRAME.message, at + MAX_DATA < text.length ? 1 : 0, piece))
  }
  return frames
}

/** Puts the pieces of messages together. */
export class MessagePieces {
  readonly #max: number
  #pieces: Buffer[] = []
  #bytes = 0

  /** @param max - bytes of one message */
  constructor(max = MAX_MESSAGE) {
    this.#max = max
  }

  /**
   * @param more - further pieces follow
   * @returns the message with its last piece, wrapped, as `null` is one
   * @throws {GatewayError} `GATEWAY_PROTOCOL` when it is too long, or no JSON
   */
  add(piece: Buffer, more: boolean): { readonly message: Json } | undefined {
    this.#bytes += piece.length
    if (this.#bytes > this.#max) throw violation(`a message has more than ${this.#max} bytes`)
    if (more) {
      this.#pieces.push(Buffer.from(piece))
      return undefined
    }
    const text = Buffer.concat([...this.#pieces, piece])
    this.#pieces = []
    this.#bytes = 0
    return { message: parseJson(text) }
  }
}

/** @throws {GatewayError} `GATEWAY_PROTOCOL` */
export function parseJson(text: Buffer): Json {
  try {
    return JSON.parse(utf8.decode(text))
  } catch {
    throw violation('what should be JSON is not')
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
