import { createServer, type Server, type Socket } from 'node:net'
import type { Endpoint } from '@portolan/protocol'
import { GatewayError } from '../../errors.ts'
import { formatAddress, type HostPort, plainAddress } from '../../transport/address.ts'
import { closeWithReset } from '../../wire/linger.ts'
import { StreamRefused } from '../../wire/types.ts'
import type { Ask, Passage, Reach } from '../reach.ts'

/** Client programs that one listener takes at once. */
const MAX_CLIENTS = 8_192
/** How long a client has to read why it was refused, in milliseconds. */
const LAST_WORD_MS = 2_000

/** Something that takes connections of client programs. */
export interface Interceptor extends AsyncDisposable {
  readonly address: string
  readonly port: number
}

/**
 * Listens for client programs; each socket is handed over in a state in which nothing of it was read. What is thrown for one ends that one.
 * @throws {GatewayError} `GATEWAY_INTERCEPT` when the address cannot be bound
 */
export async function listenForClients(
  { host, port }: HostPort,
  what: string,
  serve: (socket: Socket) => Promise<void> | void,
): Promise<Interceptor> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, socket => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
    Promise.try(serve, socket).catch(() => closeWithReset(socket))
  })
  server.maxConnections = MAX_CLIENTS
  const bound = await listen(server, { host, port }, what)
  return {
    ...bound,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const socket of sockets) closeWithReset(socket)
      await closed
    },
  }
}

async function listen(
  server: Server,
  to: HostPort,
  what: string,
): Promise<{ address: string; port: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen(to, resolve)
  try {
    await promise
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    const text = `${what} cannot listen at ${formatAddress(to)}: ${said}. Another program may have the port: choose another one.`
    throw new GatewayError('GATEWAY_INTERCEPT', text, { cause })
  }
  server.off('error', reject).on('error', () => {})
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('the listener has no address')
  return { address: formatAddress({ host: address.address, port: address.port }), port: address.port }
}

/** The client program's end of a socket. */
export function clientOf({ remoteAddress, remotePort }: Socket): Endpoint | undefined {
  if (remoteAddress === undefined || remotePort === undefined) return undefined
  return { address: plainAddress(remoteAddress), port: remotePort }
}

/**
 * Reaches for a client what it wants, and gives up when it leaves meanwhile. Undefined: it left.
 * @throws {StreamRefused}
 */
export async function reachFor(
  reach: Pick<Reach, 'reach'>,
  socket: Socket,
  ask: Ask,
): Promise<Passage | undefined> {
  const gone = new AbortController()
  const onClose = () => gone.abort()
  socket.once('close', onClose)
  if (socket.destroyed || socket.readableEnded) gone.abort()
  try {
    const passage = await reach.reach(ask, gone.signal)
    if (!gone.signal.aborted) return passage
    passage.giveUp()
    return undefined
  } catch (error) {
    if (gone.signal.aborted && error instanceof StreamRefused) return undefined
    throw error
  } finally {
    socket.off('close', onClose)
  }
}

/** Says a last word and closes. What the client still sends is read and dropped: a reset would take the word away before it is read. */
export function sayAndClose(socket: Socket, word: string | Uint8Array): void {
  const timer = setTimeout(() => socket.destroy(), LAST_WORD_MS)
  socket.once('close', () => clearTimeout(timer))
  socket.resume()
  socket.end(word)
}
