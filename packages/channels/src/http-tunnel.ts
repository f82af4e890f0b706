import { type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import { ProxyRefusal, settle } from './proxy-refusal.ts'
import type { ProxyServer } from './proxy-url.ts'

/** The longest that is shown of a proxy's own words. */
const MOST_WORDS = 120

/**
 * Asks an HTTP proxy on a connected socket for a connection to a host, by name: CONNECT (RFC 9110 section 9.3.6).
 * @throws {ProxyRefusal} with what the proxy answered
 */
export async function openHttpTunnel(
  socket: Socket,
  proxy: ProxyServer,
  target: { readonly host: string; readonly port: number },
): Promise<void> {
  const authority = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const tunnel = request({
    method: 'CONNECT',
    path: authority,
    createConnection: () => socket,
    setHost: false,
    headers: {
      Host: authority,
      Connection: 'keep-alive',
      'Proxy-Connection': 'keep-alive',
      ...(proxy.user !== undefined && { 'Proxy-Authorization': basic(proxy.user, proxy.password) }),
    },
  })
  tunnel.on('connect', (answer, _socket, head) => {
    const status = answer.statusCode ?? 0
    if (status < 200 || status > 299) return reject(refusal(answer, proxy))
    settle(socket, head)
    resolve()
  })
  tunnel.on('error', (error: NodeJS.ErrnoException) => {
    const spoke = !error.code?.startsWith('HPE_')
    const text = spoke
      ? 'closed the connection'
      : 'does not speak HTTP: check the kind of the proxy and its port'
    reject(new ProxyRefusal('proxy', text, { cause: error }))
  })
  tunnel.end()
  await promise
}

function basic(user: string, password = ''): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

function refusal(answer: IncomingMessage, proxy: ProxyServer): ProxyRefusal {
  const { statusCode = 0, statusMessage = '' } = answer
  const words = statusMessage.replace(/[^\x20-\x7e]/g, '').slice(0, MOST_WORDS)
  const said = `${statusCode} ${words}`.trim()
  return new ProxyRefusal('proxy', `${meaning(statusCode, proxy)} (${said})`)
}

function meaning(status: number, { user }: ProxyServer): string {
  if (status === 407) {
    return user === undefined
      ? 'wants a login: give it as http://user:password@host:port'
      : 'does not accept user and password'
  }
  if (status === 403 || status === 405) {
    return 'does not allow connections to it: ask whoever runs the proxy to allow CONNECT to this host and port'
  }
  if (status === 502 || status === 503)
    return 'could not connect to it: check the name, the port, and whether the server runs'
  if (status === 504) return 'got no answer from it: check the name and the port'
  return 'did not open it'
}
