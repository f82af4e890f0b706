import type { IncomingHttpHeaders } from 'node:http'
import { Problem } from '../../http/problem.ts'

/**
 * How many bytes an upload says it has; undefined when it does not say (chunked).
 * @throws {Problem} 415 `BODY_ENCODED`: the name would hold the compressed bytes; 400 `BODY_PART`: RFC 9110 section 14.5
 */
export function uploadSize(headers: IncomingHttpHeaders): number | undefined {
  const { 'content-encoding': encoding = 'identity', 'content-length': length } = headers
  if (encoding !== 'identity') {
    throw new Problem(415, 'BODY_ENCODED', 'Send the file as it is, without Content-Encoding.')
  }
  if (headers['content-range'] !== undefined) {
    throw new Problem(400, 'BODY_PART', 'Send the whole file: a part of it cannot be taken.')
  }
  return length === undefined ? undefined : Number(length)
}
