import { connect, createServer, isIPv6, type Socket } from 'node:net'
import { DataLink } from './data-link.ts'
import type { Dialogue } from './dialogue.ts'
import { within } from './within.ts'

const LIMIT_MS = 10_000

/** A passive port that a server has promised. */
export interface PassivePort {
  readonly host: string
  readonly port: number
}

/** A port at which a server is awaited. */
export interface ActivePort extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** Resolves when the server has come. */
  accept(): Promise<DataLink>
}

/** Asks for a passive port. @throws {Error} when it is refused */
export async function passive(dialogue: Dialogue, command: 'EPSV' | 'PASV' = 'EPSV'): Promise<PassivePort> {
  if (command === 'EPSV') {
    const { text } = await dialogue.ask('EPSV', 229)
    const port = Number(/\(\|\|\|(\d+)\|\)/.exec(text)?.[1])
    return { host: dialogue.target.host, port }
  }
  const { text } = await dialogue.ask('PASV', 227)
  const [, host = '', high, low] = /\((\d+,\d+,\d+,\d+),(\d+),(\d+)\)/.exec(text) ?? []
  return { host: host.replaceAll(',', '.'), port: Number(high) * 256 + Number(low) }
}

/** Connects to a passive port. @param from - our address; default that of the control connection */
export async function dial({ host, port }: PassivePort, from: string): Promise<DataLink> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const raw = connect({ host, port, localAddress: from, allowHalfOpen: true, noDelay: true })
  raw.once('connect', () => resolve(raw))
  raw.once('error', reject)
  return new DataLink(await within(promise, LIMIT_MS, `connecting to passive port ${port}`))
}

/** Listens at our address of the control connection. Nothing is sent yet. */
export async function listen(dialogue: Dialogue): Promise<ActivePort> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true })
  const arrived = Promise.withResolvers<Socket>()
  const sockets = new Set<Socket>()
  server.on('connection', socket => {
    sockets.add(socket)
    arrived.resolve(socket)
  })
  const host = dialogue.from
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port: 0 }, resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the listener has no port')
  return {
    host,
    port: address.port,
    accept: async () =>
      new DataLink(await within(arrived.promise, LIMIT_MS, 'the server at our active port')),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** The command that announces an active port. */
export function announcement(
  command: 'PORT' | 'EPRT',
  { host, port }: { host: string; port: number },
): string {
  if (command === 'EPRT') return `EPRT |${isIPv6(host) ? 2 : 1}|${host}|${port}|`
  return `PORT ${host.replaceAll('.', ',')},${port >> 8},${port & 255}`
}
