import { isStatusCode, STATUS, type Status, type StatusCode } from '../codes.ts'
import { violation } from './frames.ts'
import { parseJson } from './message-pieces.ts'

/** Characters of a sentence that travels; every frame with a status has room for it. */
const MAX_TEXT = 2_000

export function statusOf(code: StatusCode): Status {
  return { code, text: STATUS[code] }
}

export function isStatus(value: unknown): value is Status {
  if (typeof value !== 'object' || value === null || !('code' in value) || !('text' in value)) return false
  return typeof value.text === 'string' && typeof value.code === 'string' && isStatusCode(value.code)
}

/** As it travels: nothing but its two fields, and those within bounds. */
export function boundedStatus({ code, text }: Status): { code: StatusCode; text: string } {
  return { code, text: text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text }
}

/** @throws {GatewayError} `GATEWAY_PROTOCOL` when it is none */
export function readStatus(payload: Buffer): Status {
  const value = parseJson(payload)
  if (!isStatus(value)) throw violation('a status is none')
  return boundedStatus(value)
}
