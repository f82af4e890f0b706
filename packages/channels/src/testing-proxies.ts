import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { portOf } from './testing.ts'

/** A proxy on loopback. Whatever host it is asked for, it dials 127.0.0.1. */
export interface TestProxy extends AsyncDisposable {
  readonly port: number
  /** What it was asked for, as `host:port`. */
  readonly asked: string[]
  /** The logins it was given, as `user:password`. */
  readonly logins: string[]
}

export interface HttpProxyOptions {
  /** Answer with this instead of dialling. */
  readonly refuse?: string
  readonly login?: string
  /** Sent in one piece with the answer. */
  readonly head?: string
}

export async function httpProxy({ refuse, login, head = '' }: HttpProxyOptions = {}): Promise<TestProxy> {
  const server = createHttpServer()
  const asked: string[] = []
  const logins: string[] = []
  server.on('connect', (request, client: Socket) => {
    const { url = '', headers } = request
    asked.push(url)
    const given = headers['proxy-authorization']?.replace('Basic ', '')
    if (given) logins.push(Buffer.from(given, 'base64').toString())
    client.on('error', () => {})
    if (refuse) return client.end(`HTTP/1.1 ${refuse}\r\nContent-Length: 0\r\n\r\n`)
    if (login && logins.at(-1) !== login) {
      return client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n')
    }
    join(client, Number(url.replace(/^.*:/, '')), Buffer.from(`HTTP/1.1 200 OK\r\n\r\n${head}`))
  })
  return proxyOf(server, asked, logins)
}

export interface SocksProxyOptions {
  /** The reply field of RFC 1928 section 6, instead of dialling. */
  readonly answer?: number
  readonly login?: string
  /** Sent in one piece with the answer. */
  readonly head?: string
  /** Called with the socket after so many messages of the client, in place of the answer. */
  readonly instead?: { readonly message: 1 | 2; readonly act: (client: Socket) => void }
}

export async function socksProxy(options: SocksProxyOptions = {}): Promise<TestProxy> {
  const asked: string[] = []
  const logins: string[] = []
  const server = createServer({ allowHalfOpen: true }, async client => {
    client.on('error', () => {})
    const next = async () => {
      const [message]: Buffer[] = await once(client, 'data')
      return message ?? Buffer.alloc(0)
    }
    const methods = await next()
    if (options.instead?.message === 1) return options.instead.act(client)
    const withLogin = methods.subarray(2).includes(2)
    if (options.login && !withLogin) return client.end(Buffer.from([5, 255]))
    client.write(Buffer.from([5, options.login ? 2 : 0]))
    if (options.login) {
      const message = await next()
      const userEnd = 2 + (message[1] ?? 0)
      logins.push(`${message.subarray(2, userEnd)}:${message.subarray(userEnd + 1)}`)
      if (logins.at(-1) !== options.login) return client.end(Buffer.from([1, 1]))
      client.write(Buffer.from([1, 0]))
    }
    const request = await next()
    if (options.instead?.message === 2) return options.instead.act(client)
    const port = request.readUInt16BE(request.length - 2)
    asked.push(`${hostOf(request)}:${port}`)
    const answer = [5, options.answer ?? 0, 0, 1, 127, 0, 0, 1, 0, 0]
    if (options.answer) return client.end(Buffer.from(answer))
    join(client, port, Buffer.concat([Buffer.from(answer), Buffer.from(options.head ?? '')]))
  })
  return proxyOf(server, asked, logins)
}

function hostOf(request: Buffer): string {
  const [, , , type] = request
  if (type === 3) return request.toString('latin1', 5, 5 + (request[4] ?? 0))
  const address = request.subarray(4, -2)
  return type === 1 ? [...address].join('.') : `[${address.toString('hex')}]`
}

function join(client: Socket, port: number, answer: Buffer): void {
  const server = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  server.on('error', () => client.destroy()).on('close', () => client.destroy())
  client.on('close', () => server.destroy())
  server.on('connect', () => {
    client.write(answer)
    client.pipe(server)
    server.pipe(client)
  })
}

async function proxyOf(server: Server, asked: string[], logins: string[]): Promise<TestProxy> {
  const open = new Set<Socket>()
  server.on('connection', (client: Socket) => {
    open.add(client)
    client.on('close', () => open.delete(client))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: portOf(server),
    asked,
    logins,
    async [Symbol.asyncDispose]() {
      server.close()
      for (const client of open) client.destroy()
    },
  }
}
