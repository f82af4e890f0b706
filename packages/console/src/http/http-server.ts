import type { RequestListener, Server, ServerOptions } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { createServer, STATUS_CODES } from './node-http.ts'
import { Problem } from './problem.ts'
import { detailsOf } from './problem-reply.ts'

/** Connections at once. */
const MOST_CONNECTIONS = 2_000
/** How long the rest of a body that nobody wants may flow, so that the answer is read, in milliseconds. */
const LINGER_MS = 5_000

const TIMES: ServerOptions = {
  headersTimeout: 20_000,
  keepAliveTimeout: 72_000,
  // Uploads take hours. JSON has a bound of its own, and every connection one for standing still.
  requestTimeout: 0,
  connectionsCheckingInterval: 5_000,
}

/** Certificate and key in PEM. */
export interface TlsFiles {
  readonly cert: string | Buffer
  readonly key: string | Buffer
}

/**
 * A server whose every wait has a bound.
 * @param options.idleMs - milliseconds in which nothing may flow on a connection; live events and transfers flow
 */
export function createHttpServer(
  handler: RequestListener,
  { tls, idleMs }: { readonly tls: TlsFiles | undefined; readonly idleMs: number },
): Server {
  const server: Server = tls
    ? createTlsServer({ ...TIMES, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: 20_000 }, handler)
    : createServer(TIMES, handler)
  server.maxConnections = MOST_CONNECTIONS
  server.setTimeout(idleMs)
  return server
}

/** What Node says of a request that cannot be read, and what is answered. */
const CLIENT_ERRORS: Readonly<Record<string, Problem>> = {
  ERR_HTTP_REQUEST_TIMEOUT: new Problem(408, 'REQUEST_SLOW', 'The request did not arrive in time.'),
  HPE_HEADER_OVERFLOW: new Problem(431, 'HEADERS_TOO_LARGE', 'The headers are larger than 16 KiB.'),
}
const MALFORMED = new Problem(400, 'REQUEST_MALFORMED', 'This is no HTTP that can be understood.')

/** Answers what never became a request, and closes. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const problem = CLIENT_ERRORS[error.code ?? ''] ?? MALFORMED
  const body = JSON.stringify(detailsOf(problem))
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/**
 * Reads on for a while what a refused client still sends: closing at once would reset the connection before the client has
 * read why it was refused. Then it is cut.
 */
export function lingerOnRefusal(app: FastifyInstance): void {
  app.addHook('onResponse', async ({ raw }) => {
    if (raw.complete !== false || raw.destroyed) return
    raw.resume()
    const timer = setTimeout(() => raw.complete || raw.destroy(), LINGER_MS)
    timer.unref()
    raw.once('close', () => clearTimeout(timer))
  })
}

/** What the server of an app emits when it begins to close: streams without an end of their own end then. */
export const CLOSING = 'closing'

/** Once the app closes, requests that run have so many milliseconds; then their connections are cut. */
export function endWithin(app: FastifyInstance, ms: number): void {
  app.addHook('preClose', async () => {
    app.server.emit(CLOSING)
    app.server.closeIdleConnections()
    const timer = setTimeout(() => app.server.closeAllConnections(), ms)
    timer.unref()
    app.server.once('close', () => clearTimeout(timer))
  })
}
