import { timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import { StreamRefused } from '../../wire/types.ts'
import type { Reach } from '../reach.ts'
import { ClientHead, HeadError } from './client-head.ts'
import { clientOf, type Interceptor, listenForClients, reachFor, sayAndClose } from './client-listener.ts'
import {
  formatLoginReply,
  formatMethod,
  formatReply,
  readLogin,
  readMethods,
  readRequest,
  replyOf,
  SOCKS_METHOD,
  SOCKS_REPLY,
  type SocksRequest,
} from './socks5-wire.ts'

/** How long a client may take until its request is whole, in milliseconds. */
const HEAD_MS = 10_000

export interface Socks5Options {
  readonly host: string
  readonly port: number
  /** What a client has to know; absent: whoever reaches the port may use it. */
  readonly login?: { readonly user: string; readonly password: string }
  readonly reach: Pick<Reach, 'reach'>
  /** Told what a client does that cannot work. */
  onProblem(text: string): void
  /** Milliseconds that a client has for its request. Default 10,000. */
  readonly headMs?: number
}

/**
 * A SOCKS 5 server for CONNECT. A client is answered once the other side stands: its connect succeeds only when the server's has.
 * @throws {GatewayError} `GATEWAY_INTERCEPT`
 */
export function serveSocks5(options: Socks5Options): Promise<Interceptor> {
  return listenForClients(options, 'SOCKS 5', socket => serve(socket, options))
}

async function serve(socket: Socket, options: Socks5Options): Promise<void> {
  const head = new ClientHead(socket, options.headMs ?? HEAD_MS)
  let request: SocksRequest | undefined
  try {
    request = await negotiate(socket, head, options)
  } catch (error) {
    if (!(error instanceof HeadError)) throw error
  } finally {
    head.release()
  }
  if (request === undefined) return sayAndClose(socket, '')
  if (request.kind === 'refused') {
    options.onProblem(`A client of SOCKS 5 was refused. ${request.text}`)
    return sayAndClose(socket, formatReply(request.reply))
  }
  await connect(socket, options.reach, request.target)
}

async function connect(
  socket: Socket,
  reach: Pick<Reach, 'reach'>,
  target: { readonly host: string; readonly port: number },
): Promise<void> {
  const client = clientOf(socket)
  try {
    const passage = await reachFor(reach, socket, { target, via: 'socks5', ...(client && { client }) })
    if (!passage) return void socket.destroy()
    socket.write(formatReply(SOCKS_REPLY.succeeded))
    passage.join(socket)
  } catch (error) {
    if (!(error instanceof StreamRefused)) throw error
    sayAndClose(socket, formatReply(replyOf(error.status.code)))
  }
}

/** Undefined: the client was refused, or speaks something else. */
async function negotiate(
  socket: Socket,
  head: ClientHead,
  { login }: Socks5Options,
): Promise<SocksRequest | undefined> {
  const methods = await readMethods(head)
  if (!methods) return undefined
  const wanted = login ? SOCKS_METHOD.password : SOCKS_METHOD.none
  if (!methods.has(wanted)) {
    socket.write(formatMethod(SOCKS_METHOD.unacceptable))
    return undefined
  }
  socket.write(formatMethod(wanted))
  if (login) {
    const given = await readLogin(head)
    const isGood = given !== undefined && same(given.user, login.user) && same(given.password, login.password)
    socket.write(formatLoginReply(isGood))
    if (!isGood) return undefined
  }
  return readRequest(head)
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
