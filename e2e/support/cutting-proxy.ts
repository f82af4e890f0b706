import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** An HTTP proxy that breaks what it carries. */
export interface CuttingProxy extends AsyncDisposable {
  /** For the client's option `proxy`. */
  readonly url: string
  /** How many connections were cut. */
  readonly cuts: number
}

/**
 * Starts a proxy for CONNECT that resets a connection on both sides once it has carried so many bytes one way: the first
 * amount goes for the first connection that carries as many, and so on. Afterwards it only carries.
 *
 * @param way - which bytes are counted: those to the client, or those to the server
 * @param amounts - bytes; more than any control connection carries
 */
export async function startCuttingProxy(
  way: 'down' | 'up',
  amounts: readonly number[],
): Promise<CuttingProxy> {
  const left = [...amounts]
  const sockets = new Set<Socket>()
  let cuts = 0
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  }
  const server = createServer({ allowHalfOpen: true }, client => {
    keep(client)
    client.once('data', (head: Buffer) => {
      const [, host = '', port = ''] = /^CONNECT ([^ ]+):(\d+) HTTP/.exec(head.toString('latin1')) ?? []
      const upstream = connect({ host, port: Number(port), allowHalfOpen: true })
      keep(upstream)
      upstream.once('connect', () => client.write('HTTP/1.1 200 OK\r\n\r\n'))
      upstream.once('error', () => client.destroy())
      let carried = 0
      const carry = (from: Socket, to: Socket, counted: boolean) => {
        from.on('data', (piece: Buffer) => {
          if (counted) carried += piece.length
          const [limit] = left
          if (counted && limit !== undefined && carried >= limit) {
            left.shift()
            cuts++
            client.resetAndDestroy()
            upstream.resetAndDestroy()
          } else if (!to.destroyed && !to.write(piece)) {
            from.pause()
            to.once('drain', () => from.resume())
          }
        })
        from.once('end', () => to.end())
      }
      carry(upstream, client, way === 'down')
      carry(client, upstream, way === 'up')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the proxy does not listen')
  return {
    url: `http://127.0.0.1:${address.port}`,
    get cuts() {
      return cuts
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
