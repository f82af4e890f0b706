import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket, type TcpNetConnectOpts } from 'node:net'
import { adoptSocket } from './connection.ts'
import type { DataConnection } from './data-connection.ts'
import { PortRange } from './port-range.ts'

/** Both ends of one TCP connection on loopback. */
export interface LoopbackPair extends AsyncDisposable {
  /** Accepted, paused. */
  readonly server: Socket
  /** Dialled. Errors are swallowed: look at `closed`. */
  readonly client: Socket
}

/** Makes a TCP connection on loopback. */
export async function loopback(options: Partial<TcpNetConnectOpts> = {}): Promise<LoopbackPair> {
  const listener = createServer({ allowHalfOpen: true, pauseOnConnect: true })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const client = connect({ port: portOf(listener), host: '127.0.0.1', allowHalfOpen: true, ...options })
  client.on('error', () => {})
  const [server]: Socket[] = await once(listener, 'connection')
  if (!server) throw new Error('no connection')
  server.on('error', () => {})
  listener.close()
  if (client.connecting) await once(client, 'connect')
  return {
    server,
    client,
    async [Symbol.asyncDispose]() {
      client.destroy()
      server.destroy()
    },
  }
}

/** A data connection on loopback and the peer's socket. */
export interface DataPair extends AsyncDisposable {
  readonly data: DataConnection
  readonly client: Socket
  /** Resolves when the descriptor of the data connection is closed. */
  readonly closed: Promise<void>
}

export async function dataPair(options: Partial<TcpNetConnectOpts> = {}): Promise<DataPair> {
  const { server, client } = await loopback(options)
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  const data = adoptSocket(server, {
    mode: 'passive',
    peer: 'client',
    local: { address: '127.0.0.1', port: server.localPort ?? 0 },
    remote: { address: '127.0.0.1', port: server.remotePort ?? 0 },
    because: { code: 'test', text: 'a test' },
    closed: resolve,
  })
  return {
    data,
    client,
    closed,
    async [Symbol.asyncDispose]() {
      client.destroy()
      await data[Symbol.asyncDispose]()
    },
  }
}

export function portOf(listener: { address(): AddressInfo | string | null }): number {
  const address = listener.address()
  if (typeof address !== 'object' || address === null) throw new Error('not listening')
  return address.port
}

/**
 * As many ports in a row as wanted, free at this moment, below those that Linux gives to outgoing connections, and below
 * those that tests with whole servers take: a look would hold them for a moment.
 */
export async function freeRange(numberOfPorts: number): Promise<PortRange> {
  for (;;) {
    const basePort = 8_100 + Math.floor(Math.random() * (3_800 - numberOfPorts))
    const range = PortRange.of({ basePort, numberOfPorts })
    const probes = await Promise.all(
      Array.from(range.ports(), async port => {
        const probe = createServer()
        const free = new Promise<boolean>(resolve => {
          probe.once('error', () => resolve(false)).listen(port, '0.0.0.0', () => resolve(true))
        })
        const result = await free
        if (result) await new Promise(resolve => probe.close(resolve))
        return result
      }),
    )
    if (probes.every(Boolean)) return range
  }
}

/** Options of a pump that never runs into a bound. */
export function unbounded() {
  return { signal: new AbortController().signal, stallMs: 60_000 }
}

/** The most bytes that {@link pattern} gives. */
const LONGEST = 32 * 1024 * 1024
let random: Buffer | undefined

/** Bytes of which every place can be told from the others. The same ones at every call: not to be written to. */
export function pattern(length: number): Buffer {
  random ??= randomBytes(LONGEST)
  if (length > LONGEST) throw new RangeError(`no pattern of ${length} bytes`)
  return random.subarray(0, length)
}

/** A source that reads from memory. */
export function sourceOf(bytes: Buffer) {
  let at = 0
  return {
    async read(into: Buffer): Promise<number> {
      const count = bytes.copy(into, 0, at)
      at += count
      return count
    },
  }
}

/** A sink that keeps copies. */
export function collector() {
  const chunks: Buffer[] = []
  return {
    chunks,
    get bytes(): Buffer {
      return Buffer.concat(chunks)
    },
    async write(chunk: Buffer): Promise<void> {
      chunks.push(Buffer.from(chunk))
    },
  }
}

/** Everything that a socket receives until its peer ends; rejects when the peer resets. */
export async function readToEnd(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  return Buffer.concat(chunks)
}
