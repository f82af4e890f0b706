import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'

/** Smaller answers fit into one packet anyway, in bytes. */
const LEAST = 1_400
/** What a busy server can do: a fifth of the size in a few milliseconds for the longest lists. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

const encoders = {
  br: (text: string) => promisify(brotliCompress)(text, BROTLI),
  gzip: (text: string) => promisify(gzip)(text),
} as const

/**
 * Compresses long answers of the API, in the encoding that the browser takes. JSON alone: files and live events go out as
 * they are, and the files of the web console are compressed by the build.
 */
export function compressJson(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' || payload.length < LEAST) return payload
    if (!/^application\/(?:problem\+)?json\b/.test(String(reply.getHeader('content-type')))) return payload
    reply.header('vary', 'accept-encoding')
    const encoding = chooseEncoding(String(request.headers['accept-encoding'] ?? ''))
    if (encoding === undefined) return payload
    reply.header('content-encoding', encoding).removeHeader('content-length')
    return encoders[encoding](payload)
  })
}

/** The better one of those that are taken (RFC 9110 section 12.5.3); a weight of zero is a refusal. */
export function chooseEncoding(accepted: string): 'br' | 'gzip' | undefined {
  const taken = new Set(
    accepted
      .split(',')
      .filter(item => !/;\s*q=0(?:\.0*)?\s*$/.test(item))
      .map(item => item.split(';')[0]?.trim().toLowerCase()),
  )
  return taken.has('br') ? 'br' : taken.has('gzip') ? 'gzip' : undefined
}
