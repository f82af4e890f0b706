import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A wire between two parts that a test can freeze: nothing is lost, nothing arrives. */
interface FreezableRelay extends AsyncDisposable {
  readonly address: string
  freeze(): void
  thaw(): void
}

export async function startRelay(to: string): Promise<FreezableRelay> {
  const [host = '', port] = to.split(':')
  const sockets = new Set<Socket>()
  let isFrozen = false
  const server = createServer(client => {
    const far = connect({ host, port: Number(port) })
    for (const [from, into] of [
      [client, far],
      [far, client],
    ] as const) {
      sockets.add(from)
      from
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(from)
          into.destroy()
        })
      from.on('data', (bytes: Buffer) => void into.write(bytes))
      if (isFrozen) from.pause()
    }
  })
  server.listen({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const bound = server.address()
  const set = (frozen: boolean) => {
    isFrozen = frozen
    for (const socket of sockets) frozen ? socket.pause() : socket.resume()
  }
  return {
    address: `127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}`,
    freeze: () => set(true),
    thaw: () => set(false),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
