import { once } from 'node:events'
import { connect, type Server, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'

/** The port of a server that listens. */
export function portOf(server: Server): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen')
  return address.port
}

/** A port at which the kernel answers nobody, as behind a firewall that drops. */
export interface FilteredPort extends AsyncDisposable {
  readonly port: number
}

/** Listens, never accepts: the event loop stands still from then on. */
const DEAF = `
const { createServer } = require('node:net')
const { parentPort } = require('node:worker_threads')
const server = createServer()
server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
  parentPort.postMessage(server.address().port)
  setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 50)
})
`
/** Connections are taken to be dropped when none stands after so many milliseconds. */
const SILENCE_MS = 400

/** Makes a port whose queue of connections is full: Linux drops every further SYN. */
export async function filteredPort(): Promise<FilteredPort> {
  const worker = new Worker(DEAF, { eval: true })
  const [port] = await once(worker, 'message')
  if (typeof port !== 'number') throw new Error('the deaf listener did not tell its port')
  // It stands still from now on; what came before would have been accepted.
  await new Promise(resolve => setTimeout(resolve, 150))
  const fillers: Socket[] = []
  for (let full = false; !full && fillers.length < 16; ) {
    const socket = connect({ host: '127.0.0.1', port }).on('error', () => {})
    fillers.push(socket)
    full = await Promise.race([
      once(socket, 'connect').then(() => false),
      new Promise<boolean>(resolve => setTimeout(resolve, SILENCE_MS, true)),
    ])
  }
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of fillers) socket.destroy()
      await worker.terminate()
    },
  }
}
