import type { Socket } from 'node:net'
import { StreamRefused } from '../../wire/types.ts'
import type { Reach } from '../reach.ts'
import { ClientHead, HeadError } from './client-head.ts'
import { clientOf, type Interceptor, listenForClients, reachFor, sayAndClose } from './client-listener.ts'
import { CONNECTED, formatRefusal, httpStatusOf, MAX_HTTP_HEAD, readHttpHead } from './http-wire.ts'

/** How long a client may take until the head of its request is whole, in milliseconds. */
const HEAD_MS = 10_000

interface HttpConnectOptions {
  readonly host: string
  readonly port: number
  readonly reach: Pick<Reach, 'reach'>
  /** Milliseconds that a client has for its request. Default 10,000. */
  readonly headMs?: number
}

/**
 * A proxy for HTTP CONNECT. 200 comes once the other side stands; a refusal has its sentence as the body and its code in
 * `X-Portolan-Status`.
 * @throws {GatewayError} `GATEWAY_INTERCEPT`
 */
export function serveHttpConnect(options: HttpConnectOptions): Promise<Interceptor> {
  return listenForClients(options, 'The HTTP proxy', socket => serve(socket, options))
}

async function serve(socket: Socket, { reach, headMs = HEAD_MS }: HttpConnectOptions): Promise<void> {
  const text = await readHead(socket, headMs)
  if (typeof text !== 'string') return sayAndClose(socket, formatRefusal(text.status, text.text))
  const request = readHttpHead(text)
  if (request.kind === 'refused') return sayAndClose(socket, formatRefusal(request.status, request.text))
  const client = clientOf(socket)
  try {
    const ask = { target: request.target, via: 'http', ...(client && { client }) } as const
    const passage = await reachFor(reach, socket, ask)
    if (!passage) return void socket.destroy()
    socket.write(CONNECTED)
    passage.join(socket)
  } catch (error) {
    if (!(error instanceof StreamRefused)) throw error
    const { status } = error
    sayAndClose(socket, formatRefusal(httpStatusOf(status), status.text, status.code))
  }
}

/** The head with its empty line, or how it is refused. */
async function readHead(socket: Socket, ms: number): Promise<string | { status: number; text: string }> {
  const head = new ClientHead(socket, ms)
  try {
    return (await head.takeUntil('\r\n\r\n', MAX_HTTP_HEAD)).toString('latin1').slice(0, -4)
  } catch (error) {
    if (!(error instanceof HeadError)) throw error
    return { status: 400, text: error.message }
  } finally {
    head.release()
  }
}
