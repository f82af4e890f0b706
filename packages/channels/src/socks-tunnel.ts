import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { SocksClient, SocksClientError } from 'socks'
import type { DialOutcome } from './dial-error.ts'
import { ProxyRefusal, settle } from './proxy-refusal.ts'
import type { ProxyServer } from './proxy-url.ts'

/**
 * Asks a SOCKS5 proxy (RFC 1928) on a connected socket for a connection to a host, by name.
 * @throws {ProxyRefusal} with what the proxy answered
 */
export async function openSocksTunnel(
  socket: Socket,
  proxy: ProxyServer,
  target: { readonly host: string; readonly port: number },
  timeoutMs: number,
): Promise<void> {
  const close = () => socket.destroy()
  // The socket may be half open, and the client of the protocol waits for its close.
  socket.once('end', close)
  try {
    await SocksClient.createConnection({
      command: 'connect',
      destination: { ...target },
      proxy: {
        type: 5,
        host: proxy.host,
        port: proxy.port,
        ...(proxy.user !== undefined && { userId: proxy.user }),
        ...(proxy.password !== undefined && { password: proxy.password }),
      },
      existing_socket: socket,
      timeout: timeoutMs,
    })
  } catch (error) {
    throw error instanceof SocksClientError ? refusal(error.message, proxy) : error
  } finally {
    socket.off('end', close)
  }
  settle(socket, await takeEarly(socket))
}

/**
 * What came right behind the proxy's answer is emitted as `data` in the next turn, and then the socket is resumed, while
 * nobody else listens yet. The end of the stream cannot come before that: it takes another turn to read.
 */
async function takeEarly(socket: Socket): Promise<Buffer> {
  const early: Buffer[] = []
  const keep = (piece: Buffer) => early.push(piece)
  socket.on('data', keep)
  await nextTurn()
  socket.off('data', keep)
  return Buffer.concat(early)
}

type Answer = readonly [pattern: RegExp, outcome: DialOutcome, text: string]

/** The words of `socks` for the answers of RFC 1928 section 6 and RFC 1929, and what they mean. */
const ANSWERS: readonly Answer[] = [
  [
    /ConnectionRefused$/,
    'refused',
    'says that the connection was refused: nothing listens there, or a firewall rejects it',
  ],
  [/HostUnreachable$/, 'unreachable', 'has no way to it: check the name, which the proxy looks up itself'],
  [/NetworkUnreachable$/, 'unreachable', 'has no way to its network'],
  [/TTLExpired$/, 'timeout', 'got no answer from it'],
  [
    /NotAllowed$/,
    'proxy',
    'does not allow connections to it: ask whoever runs the proxy to allow this host and port',
  ],
  [/Failure$/, 'proxy', 'could not connect to it and does not say why (general failure)'],
  [/CommandNotSupported$/, 'proxy', 'does not do CONNECT'],
  [/AddressNotSupported$/, 'proxy', 'cannot dial this kind of address'],
  [/Authentication failed$/, 'proxy', 'does not accept user and password'],
  [/no accepted authentication/, 'proxy', 'wants a login: give it as socks5://user:password@host'],
  [/unknown authentication/, 'proxy', 'wants a kind of login that is not known here'],
  [/invalid socks version/, 'proxy', 'does not speak SOCKS5: check the kind of the proxy and its port'],
  [/Socket closed|ECONNRESET|EPIPE/, 'proxy', 'closed the connection'],
]

function refusal(message: string, proxy: ProxyServer): ProxyRefusal {
  const answer = ANSWERS.find(([pattern]) => pattern.test(message))
  const [, outcome, text] = answer ?? [undefined, 'proxy' as const, `did not open it: ${message}`]
  const unknownLogin = proxy.user === undefined && /Authentication failed$/.test(message)
  return new ProxyRefusal(
    outcome,
    unknownLogin ? 'wants a login: give it as socks5://user:password@host' : text,
  )
}
